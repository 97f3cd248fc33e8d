"""Every test of the tracking stands at the moment of the factories."""

import pytest
from django.conf import LazySettings

from tests.tracking.browsing import at


@pytest.fixture(autouse=True)
def _clock(settings: LazySettings) -> None:
    at(settings)
