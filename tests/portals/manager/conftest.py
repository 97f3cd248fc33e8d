"""A gestionnaire at the desk, at the moment of tests.factories.NOW."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
import time_machine
from django.test import Client as Browser

from interventions.models import Gestionnaire, Intervention
from tests import factories
from tests.factories import World


@dataclass
class Desk:
    """A browser signed in as a gestionnaire, and what a person does with a form in it."""

    browser: Any

    def get(self, path: str, **options: Any) -> Any:
        """Open a page under /gestion/."""
        return self.browser.get(f"/gestion/{path}", **options)

    def post(self, path: str, visit: Intervention | None = None, **typed: Any) -> Any:
        """Send a form under /gestion/ as it was shown for `visit`."""
        seen = {"seen": visit.version} if visit else {}
        return self.browser.post(f"/gestion/{path}", {"key": factories.key(), **seen, **typed})


def words(answer: Any) -> str:
    """Return what a page says, its markup and spaces levelled."""
    text = re.sub(r"<[^>]+>", " ", answer.text)
    return re.sub(r"[\s\u00a0\u202f]+", " ", text.replace("&#x27;", "’").replace("&amp;", "&"))


def desk_of(gestionnaire: Gestionnaire) -> Desk:
    """Sit a gestionnaire down."""
    browser = Browser(raise_request_exception=True)
    browser.force_login(gestionnaire.user)
    return Desk(browser)


@pytest.fixture(autouse=True)
def at_now() -> Iterator[None]:
    """Put the clock to the moment that the factories' visits lie around."""
    with time_machine.travel(factories.NOW, tick=False):
        yield


@pytest.fixture
def world(db: None) -> World:
    """An agency with one of each."""
    return factories.a_world()


@pytest.fixture
def desk(world: World) -> Desk:
    """The desk of the agency's gestionnaire, who has every right."""
    return desk_of(world.gestionnaire)
