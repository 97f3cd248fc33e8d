"""A session ends: after a silence, and in all; and a new one has a new key."""

from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext

from interventions.models import User
from portals.accounts.limits import BEGAN, NOTED_EVERY, OFFICE, OWN, SEEN, Limits
from tests import factories

pytestmark = pytest.mark.django_db
PASSWORD = "un-mot-de-passe-sûr"
CASES = [("gestionnaire", "/gestion/", OFFICE), ("client", "/client/", OWN)]


def signed_in(user: User | None, page: str) -> Any:
    assert user is not None
    browser: Any = Browser()
    browser.force_login(user)
    assert browser.get(page).status_code == 200
    return browser


def some_time_ago(browser: Any, **seconds: int) -> None:
    """Move the session's beginning or last sign of life into the past."""
    session = browser.session
    for name, ago in seconds.items():
        session[name] -= ago
    session.save()


@pytest.fixture
def world() -> factories.World:
    return factories.a_world()


@pytest.mark.parametrize(("role", "path", "limits"), CASES)
@pytest.mark.parametrize("kind", ["idle", "whole"])
def test_it_lasts_so_long_and_no_longer(
    world: factories.World, role: str, path: str, limits: Limits, kind: str
) -> None:
    name, longest = (SEEN, limits.idle) if kind == "idle" else (BEGAN, limits.whole)
    browser = signed_in(getattr(world, role).user, path)
    some_time_ago(browser, **{name: longest - 60})
    assert browser.get(path).status_code == 200
    browser = signed_in(getattr(world, role).user, path)
    some_time_ago(browser, **{name: longest})
    assert browser.get(path).url.startswith("/compte/connexion/")
    assert not Session.objects.filter(session_key=browser.session.session_key).exists()


def test_who_works_goes_on_until_the_day_is_over(world: factories.World) -> None:
    browser = signed_in(world.gestionnaire.user, "/gestion/")
    for _ in range(4):
        some_time_ago(browser, **{SEEN: OFFICE.idle - 60, BEGAN: OFFICE.idle - 60})
        last = browser.get("/gestion/")
    assert last.status_code == 200
    some_time_ago(browser, **{BEGAN: 300})
    assert browser.get("/gestion/").status_code == 302


def test_the_operator_has_the_hours_of_the_office(world: factories.World) -> None:
    user = User.objects.create_superuser("operatrice@service.example", PASSWORD)
    browser = signed_in(user, "/operateur/")
    some_time_ago(browser, **{SEEN: OFFICE.idle})
    assert browser.get("/operateur/").status_code == 302


def test_reading_writes_a_sign_of_life_now_and_then_only(world: factories.World) -> None:
    browser = signed_in(world.client.user, "/client/")

    def writes() -> int:
        with CaptureQueriesContext(connection) as seen:
            assert browser.get("/client/").status_code == 200
        return sum("UPDATE" in query["sql"] and "django_session" in query["sql"] for query in seen)

    assert writes() == 0
    some_time_ago(browser, **{SEEN: NOTED_EVERY})
    assert [writes(), writes()] == [1, 0]


def test_a_key_from_before_signing_in_is_worth_nothing(world: factories.World) -> None:
    user = world.client.user
    assert user is not None
    user.set_password(PASSWORD)
    user.save()
    browser: Any = Browser()
    session = browser.session
    session["planted"] = "by somebody else"
    session.save()
    planted = session.session_key
    browser.post("/compte/connexion/", {"login": user.email, "password": PASSWORD})
    assert browser.session.session_key not in (None, planted)
    thief: Any = Browser()
    thief.cookies["session"] = planted
    assert thief.get("/client/").status_code == 302


def test_a_key_that_somebody_made_up_is_not_taken(world: factories.World) -> None:
    browser: Any = Browser()
    browser.cookies["session"] = "x" * 32
    browser.post("/compte/connexion/code/", {"email": "nobody@ailleurs.example"})
    assert browser.cookies["session"].value != "x" * 32
