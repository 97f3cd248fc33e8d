"""A world in which the client's side looks at visits, at one moment."""

from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.test import Client as Browser

from interventions.models import User
from tests import factories


@pytest.fixture(autouse=True)
def the_moment() -> Iterator[None]:
    """Stand at the factories' moment: the visits of the days before are past."""
    with time_machine.travel(factories.NOW, tick=False):
        yield


@pytest.fixture
def world(db: None) -> factories.World:
    """An agency with one of each kind of person."""
    return factories.a_world()


@pytest.fixture
def client_page(world: factories.World) -> Any:
    """The client, signed in."""
    return signed_in(world.client.user)


@pytest.fixture
def proche_page(world: factories.World) -> Any:
    """The proche, signed in."""
    return signed_in(world.proche.user)


def signed_in(user: User | None) -> Any:
    """Return a browser in which this person is signed in."""
    assert user is not None
    browser = Browser()
    browser.force_login(user)
    return browser
