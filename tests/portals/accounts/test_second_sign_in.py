"""The second factor at sign-in: asked whatever the first was, taken once, its tries counted."""

from __future__ import annotations

import logging
import re
from typing import Any

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from django.core.cache import cache
from django.test import Client as Browser

from interventions.models import Mail, User
from tests import factories
from tests.portals.accounts.factors import (
    LOGIN_URL,
    STEP_URL,
    a_key,
    an_application,
    at_the_step,
    code_of,
    recovery_codes,
    signed_in,
    with_password,
    wrong_for,
)

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.portals.mounted")]


@pytest.fixture
def secret(person: User) -> str:
    return an_application(person)


def test_a_password_alone_opens_nothing(person: User, secret: str) -> None:
    there = at_the_step(person)
    assert there.get("/client/").status_code == 302
    assert there.get("/compte/").status_code == 302
    assert there.get("/compte/deuxieme-facteur/").status_code == 302
    assert "Code de votre application" in there.get(STEP_URL).text
    assert there.post(STEP_URL, {"code": code_of(secret)}).url == "/"
    assert there.get("/client/").status_code == 200


def test_a_code_by_mail_alone_opens_nothing_either(person: User, secret: str) -> None:
    there: Any = Browser()
    there.post("/compte/connexion/code/", {"email": person.email, "next": "/client/cadre/"})
    found = re.search(r"^\d{6}$", Mail.objects.get().text, re.MULTILINE)
    assert found is not None
    step = there.post("/compte/connexion/code/verification/", {"code": found.group(), "next": "/client/cadre/"})
    assert step.url.startswith(STEP_URL)
    assert there.get("/client/").status_code == 302
    assert there.post(step.url, {"code": code_of(secret), "next": "/client/cadre/"}).url == "/client/cadre/"


def test_nobody_comes_to_the_step_without_the_first(person: User, secret: str) -> None:
    there: Any = Browser()
    assert there.get(STEP_URL).url == LOGIN_URL
    assert there.post(STEP_URL, {"code": code_of(secret)}).url == LOGIN_URL
    assert there.get("/client/").status_code == 302


def test_another_address_begins_anew(person: User, secret: str) -> None:
    there = at_the_step(person)
    there.post("/compte/deconnexion/", {"next": LOGIN_URL})
    assert there.get(STEP_URL).url == LOGIN_URL


@pytest.mark.parametrize("emptied", [False, True])
def test_a_code_serves_once_even_after_the_cache_is_lost(person: User, secret: str, emptied: bool) -> None:
    with time_machine.travel(factories.NOW, tick=False) as clock:
        signed_in(person, secret)
        if emptied:
            cache.clear()
        clock.shift(35)  # the code is the former one, and still within tolerance
        again = at_the_step(person)
        refused = again.post(STEP_URL, {"code": code_of(secret, later=-1)})
        assert refused.status_code == 422
        assert "il a déjà servi" in refused.text
        assert again.get("/client/").status_code == 302
        assert again.post(STEP_URL, {"code": code_of(secret)}).url == "/"


def test_of_two_codes_the_earlier_is_not_taken_after_the_later(person: User, secret: str) -> None:
    with time_machine.travel(factories.NOW, tick=False):
        signed_in(person, secret, later=1)
        assert at_the_step(person).post(STEP_URL, {"code": code_of(secret)}).status_code == 422


@pytest.mark.parametrize("later", [-2, 2])
def test_a_code_of_another_minute_is_not_taken(person: User, secret: str, later: int) -> None:
    with time_machine.travel(factories.NOW, tick=False):
        assert at_the_step(person).post(STEP_URL, {"code": code_of(secret, later)}).status_code == 422


def test_a_code_of_somebody_else_is_not_taken(person: User, secret: str) -> None:
    other = with_password(factories.a_world().client.user)
    theirs = an_application(other)
    assert at_the_step(person).post(STEP_URL, {"code": code_of(theirs)}).status_code == 422


def test_a_code_of_recovery_serves_once(person: User, secret: str) -> None:
    first, second = recovery_codes(person)[:2]
    assert at_the_step(person).post(STEP_URL, {"code": f"{first[:4]} {first[4:]}"}).url == "/"
    assert at_the_step(person).post(STEP_URL, {"code": first}).status_code == 422
    assert at_the_step(person).post(STEP_URL, {"code": second}).url == "/"


def test_too_many_wrong_codes_close_the_door_to_the_right_one(person: User, secret: str) -> None:
    for _ in range(5):
        assert at_the_step(person).post(STEP_URL, {"code": wrong_for(secret)}).status_code == 422
    refused = at_the_step(person).post(STEP_URL, {"code": code_of(secret)})
    assert "Trop d’essais" in refused.text
    assert refused.status_code == 422
    other = with_password(factories.a_world().client.user)
    signed_in(other, an_application(other))


def test_thirty_tries_are_all_that_a_day_has(person: User, secret: str) -> None:
    with time_machine.travel(factories.NOW, tick=False) as clock:
        for _ in range(6):
            there = at_the_step(person)
            for _ in range(5):
                there.post(STEP_URL, {"code": wrong_for(secret)})
            clock.shift(301)
        there = at_the_step(person)
        assert "Trop d’essais" in there.post(STEP_URL, {"code": code_of(secret)}).text
        clock.shift(24 * 3600)
        signed_in(person, secret)


def test_what_no_device_sends_is_refused_in_words(person: User) -> None:
    a_key(person)
    recovery_codes(person)
    for sent in ("", "null", "[]", "{}", '{"id": 1}', '{"id": "x", "response": {"clientDataJSON": "x"}}', "\x00"):
        answer = at_the_step(person).post(STEP_URL, {"credential": sent})
        assert (sent, answer.status_code in (400, 422)) == (sent, True)


def test_a_key_that_the_server_sealed_with_a_lost_secret_takes_no_code(person: User, settings: Any) -> None:
    secret, recovered = an_application(person), recovery_codes(person)
    settings.SECRET_KEY = "another-secret-of-at-least-fifty-characters-for-these-tests"
    for code in ("", "000000", code_of(secret), recovered[0], code_of("")):
        assert at_the_step(person).post(STEP_URL, {"code": code}).status_code == 422


def test_no_secret_stands_in_the_database_or_a_log(person: User, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    secret, recovered = an_application(person), recovery_codes(person)
    code = code_of(secret)
    signed_in(person, secret)
    at_the_step(person).post(STEP_URL, {"code": recovered[0]})
    at_the_step(person).post(STEP_URL, {"code": wrong_for(secret)})
    stored = " ".join(str(data) for data in Authenticator.objects.values_list("data", flat=True))
    for hidden in (secret, *recovered, code):
        assert hidden not in stored
        assert hidden not in caplog.text
