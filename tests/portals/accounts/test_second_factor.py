"""One's second factors: added, seen, renamed, taken away, by their owner alone and told by mail."""

from __future__ import annotations

import re
from typing import Any

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from django.conf import settings as product
from django.core.management import call_command
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoCaptureOnCommitCallbacks

from interventions.models import Mail, MailKind, User
from portals.accounts.second import sealed
from tests import factories
from tests.portals.accounts.factors import (
    LOGIN_URL,
    PASSWORD,
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
OWN, APPLICATION, KEYS, CODES = (
    f"/compte/deuxieme-facteur/{part}" for part in ("", "application/", "cles/", "codes/")
)
FILE = f"{CODES}codes-de-secours.txt"


def entered(user: User) -> Any:
    """Return a browser that gave the password of an account without a second factor."""
    browser: Any = Browser()
    assert browser.post(LOGIN_URL, {"login": user.email, "password": PASSWORD}).url == "/"
    return browser


def types_of(user: User) -> list[str]:
    return sorted(Authenticator.objects.filter(user=user).values_list("type", flat=True))


def shown_secret(page: Any) -> str:
    found = re.search(r'<p class="secret">([A-Z2-7]{32})</p>', page.text)
    assert found is not None
    return found.group(1)


def test_an_application_is_added_and_its_code_asked_for_from_then_on(
    person: User, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    here = entered(person)
    page = here.get(APPLICATION)
    assert 'src="data:image/svg+xml;base64,' in page.text
    secret = shown_secret(page)
    wrong = here.post(APPLICATION, {"code": wrong_for(secret)})
    assert (wrong.status_code, shown_secret(wrong), types_of(person)) == (422, secret, [])
    assert "Ce n’est pas le bon code" in wrong.text
    with django_capture_on_commit_callbacks(execute=True):
        assert here.post(APPLICATION, {"code": code_of(secret)}).url == CODES
    assert types_of(person) == ["recovery_codes", "totp"]
    told = Mail.objects.get()
    assert (told.kind, told.to) == (MailKind.SECURITY, person.email)
    assert "application d’authentification a été ajoutée" in told.text
    assert secret not in told.text + told.html
    codes = here.get(CODES)
    assert len(re.findall(r"<li>\d{4} \d{4}</li>", codes.text)) == 10
    spent = at_the_step(person).post(STEP_URL, {"code": code_of(secret)})
    assert spent.status_code == 422  # the code that added it serves for nothing else


def test_an_application_added_twice_at_once_is_there_once(person: User, monkeypatch: pytest.MonkeyPatch) -> None:
    here = signed_in(person, an_application(person))
    monkeypatch.setattr("allauth.mfa.totp.views.is_mfa_enabled", lambda *_args: False)  # as the other press saw it
    added = here.post(APPLICATION, {"code": code_of(shown_secret(here.get(APPLICATION)))})
    assert (added.status_code, added.url, types_of(person)) == (302, OWN, ["totp"])


def test_taking_the_last_factor_away_takes_the_codes_too(
    person: User, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    secret = an_application(person)
    recovery_codes(person)
    here = signed_in(person, secret)
    assert "votre seul deuxième facteur" in here.get(f"{APPLICATION}retrait/").text
    with django_capture_on_commit_callbacks(execute=True):
        assert here.post(f"{APPLICATION}retrait/").url == OWN
    assert types_of(person) == []
    assert "application d’authentification a été retirée" in Mail.objects.get().text
    entered(person)


def test_a_passkey_is_renamed_and_taken_away(person: User) -> None:
    secret, key = an_application(person), a_key(person)
    here = signed_in(person, secret)
    assert "Mon téléphone" in here.get(OWN).text
    refused = here.post(f"{KEYS}{key.pk}/", {"name": ""})
    assert (refused.status_code, "Donnez un nom" in refused.text) == (422, True)
    assert here.post(f"{KEYS}{key.pk}/", {"name": "<Ma clé>"}).url == OWN
    assert "&lt;Ma clé&gt;" in here.get(OWN).text
    assert "seul deuxième facteur" not in here.get(f"{KEYS}{key.pk}/retrait/").text
    assert here.post(f"{KEYS}{key.pk}/retrait/").url == OWN
    assert types_of(person) == ["totp"]


def test_the_keys_of_others_do_not_exist(person: User) -> None:
    other = with_password(factories.a_world().client.user)
    theirs = a_key(other)
    here = signed_in(person, an_application(person))
    for path in (f"{KEYS}{theirs.pk}/", f"{KEYS}{theirs.pk}/retrait/", f"{KEYS}{'9' * 30}/"):
        assert [here.get(path).status_code, here.post(path, {"name": "à moi"}).status_code] == [404, 404]
    theirs.refresh_from_db()
    assert theirs.data["name"] == "Mon téléphone"
    for path in (CODES, FILE):
        assert here.get(path).status_code == 404  # somebody has some, this person has none


def test_what_no_device_sends_adds_nothing(person: User) -> None:
    here = entered(person)
    here.get(KEYS)
    for sent in ("", "null", "[]", "{}", '{"id": 1}', '{"id": "x", "response": {"clientDataJSON": "x"}}'):
        assert (sent, here.post(KEYS, {"credential": sent, "name": "x"}).status_code) == (sent, 422)
    assert types_of(person) == []


def test_the_codes_of_recovery_as_a_file_and_made_anew(person: User) -> None:
    secret, former = an_application(person), recovery_codes(person)
    here = signed_in(person, secret)
    file = here.get(FILE)
    assert (file["Content-Type"].partition(";")[0], file["Content-Disposition"]) == (
        "text/plain",
        'attachment; filename="codes-de-secours.txt"',
    )
    assert f"{former[0][:4]} {former[0][4:]}\n" in file.text
    assert "no-store" in file["Cache-Control"]
    assert here.post(f"{CODES}autres/").url == CODES
    assert at_the_step(person).post(STEP_URL, {"code": former[1]}).status_code == 422


def test_no_codes_of_recovery_without_a_factor(person: User) -> None:
    refused = entered(person).post(f"{CODES}autres/")
    assert (refused.status_code, types_of(person)) == (422, [])


def test_a_change_asks_anew_who_it_is_by_the_strongest_means(person: User) -> None:
    """A session left open shows no codes and changes nothing; a password does not stand in for the second factor."""
    with time_machine.travel(factories.NOW, tick=False) as clock:
        secret = an_application(person)
        recovery_codes(person)
        here = signed_in(person, secret)
        clock.shift(301)
        for path in (APPLICATION, f"{APPLICATION}retrait/", KEYS, CODES, f"{CODES}autres/", FILE):
            asked = here.post(path) if path.endswith("retrait/") else here.get(path)
            if path == APPLICATION:
                assert asked.url == f"/compte/confirmation/code/?next={path.replace('/', '%2F')}"
            assert (path, asked.url.split("?")[0]) == (path, "/compte/confirmation/code/")
        assert here.post("/compte/confirmation/", {"password": PASSWORD}).url.startswith("/compte/confirmation/code/")
        confirm = f"/compte/confirmation/code/?next={CODES}"
        assert here.post(confirm, {"code": wrong_for(secret)}).status_code == 422
        assert here.post(confirm, {"code": code_of(secret)}).url == CODES
        assert here.get(CODES).status_code == 200


def test_without_a_factor_a_password_is_asked_for_anew(person: User) -> None:
    with time_machine.travel(factories.NOW, tick=False) as clock:
        here = entered(person)
        assert here.get(APPLICATION).status_code == 200
        clock.shift(301)
        asked = here.get(APPLICATION)
        assert asked.url.startswith("/compte/confirmation/?next=")
        assert here.post(asked.url, {"password": "pas-le-bon-mot"}).status_code == 422
        assert here.post(asked.url, {"password": PASSWORD}).url == APPLICATION
        assert here.get(APPLICATION).status_code == 200


def test_nobody_is_sent_away_by_a_confirmation(person: User) -> None:
    here = signed_in(person, an_application(person))
    code = recovery_codes(person)[0]
    assert here.post("/compte/confirmation/code/?next=https://evil.example/", {"code": code}).url == "/"


def test_a_session_from_before_the_factor_changes_nothing_either(person: User) -> None:
    before = entered(person)
    an_application(person)
    assert before.get(f"{APPLICATION}retrait/").url.startswith("/compte/confirmation/code/")


def test_the_page_costs_the_same_with_many_keys(person: User) -> None:
    here = signed_in(person, an_application(person))

    def statements() -> int:
        with CaptureQueriesContext(connection) as seen:
            assert here.get(OWN).status_code == 200
        return len(seen)

    a_key(person)
    few = statements()
    for n in range(20):
        a_key(person, f"Clé {n}")
    assert statements() == few


def test_secrets_are_sealed_anew_with_a_new_key(person: User, settings: Any) -> None:
    secret, former = an_application(person), product.SECRET_KEY
    recovered = recovery_codes(person)
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "x" * 50, [former]
    assert sealed.seal_anew() == (2, 0)
    settings.SECRET_KEY_FALLBACKS = []
    signed_in(person, secret)
    assert at_the_step(person).post(STEP_URL, {"code": recovered[0]}).url == "/"
    settings.SECRET_KEY = "y" * 50
    assert sealed.seal_anew() == (0, 2)


def test_the_operator_seals_anew_and_takes_a_lost_factor_off(person: User, capsys: pytest.CaptureFixture[str]) -> None:
    secret = an_application(person)
    here = signed_in(person, secret)
    call_command("second_factor", "seal")
    call_command("second_factor", "reset", person.email.upper())
    assert types_of(person) == []
    assert here.get("/client/").status_code == 302
    assert "réinitialisé" in Mail.objects.get().text
    assert capsys.readouterr().out.splitlines()[0] == "1 sealed, 0 that no key opens"
    entered(person)
