"""A world at the tests' NOW, and its intervenant signed in."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client

from interventions.models import Intervenant
from tests.factories import NOW, World, a_world

type SignIn = Callable[[Intervenant], Client]


@pytest.fixture
def world(db: None, settings: Any) -> World:
    """An agency with one of each; the clock stands at NOW."""
    settings.CLOCK_OFFSET_SECONDS = (NOW - datetime.now(UTC)).total_seconds()
    return a_world()


@pytest.fixture
def signed_in() -> SignIn:
    """Return a client of the tests in which an intervenant is signed in."""

    def sign_in(intervenant: Intervenant) -> Client:
        made = Client()
        assert intervenant.user is not None
        made.force_login(intervenant.user)
        return made

    return sign_in


@pytest.fixture
def portal(world: World, signed_in: SignIn) -> Client:
    """The world's intervenant, signed in."""
    return signed_in(world.intervenant)
