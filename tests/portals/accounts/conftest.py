"""What the tests of sign-in share: no attempts from earlier tests, and hashes that cost nothing."""

import pytest
from django.core.cache import cache
from pytest_django.fixtures import Settings


@pytest.fixture(autouse=True)
def afresh(db: None, settings: Settings) -> None:
    """Forget earlier attempts; hash fast."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    cache.clear()
