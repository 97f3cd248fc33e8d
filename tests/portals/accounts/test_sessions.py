"""Sessions: seen, ended everywhere, ended by a new password."""

from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.test import Client as Browser

from interventions.models import Mail, MailKind, User
from portals.web.devices import end_sessions
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.portals.mounted")]

PASSWORD, NEW = "un-mot-de-passe-sûr", "un-autre-mot-de-passe"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
ANDROID = "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0 Mobile Safari/537.36"


@pytest.fixture
def person() -> User:
    user = factories.a_world().client.user
    assert user is not None
    user.set_password(PASSWORD)
    user.save()
    return user


def signed_in(user: User, agent: str = FIREFOX) -> Any:
    there: Any = Browser(headers={"User-Agent": agent})
    assert there.post("/compte/connexion/", {"login": user.email, "password": PASSWORD}).url == "/"
    assert there.get("/client/").status_code == 200
    return there


def told(user: User) -> list[str]:
    """What the mails about the account's protection say, each in the line after the greeting."""
    return [mail.text.splitlines()[2] for mail in Mail.objects.filter(user=user, kind=MailKind.SECURITY)]


def test_the_devices_are_listed_in_words(person: User) -> None:
    signed_in(person, ANDROID)
    page = signed_in(person).get("/compte/appareils/").text
    assert "2 appareils sont connectés" in page
    assert "Chrome sur téléphone ou tablette Android" in page
    assert 'Firefox sur ordinateur Linux</span> <span class="hint">(celui-ci)' in page


def test_signing_out_everywhere_ends_every_session(person: User) -> None:
    first, second = signed_in(person), signed_in(person, ANDROID)
    other = signed_in_other()
    assert first.post("/compte/appareils/").url == "/compte/connexion/"
    for there in (first, second):
        assert there.get("/client/").status_code == 302
    assert other.get("/client/").status_code == 200


def signed_in_other() -> Any:
    user = factories.a_world().client.user
    assert user is not None
    user.set_password(PASSWORD)
    user.save()
    return signed_in(user)


def test_ending_the_sessions_of_somebody_leaves_no_row(person: User) -> None:
    there = signed_in(person)
    assert Session.objects.count() == 1
    end_sessions(person)
    assert not Session.objects.exists()
    assert there.get("/client/").status_code == 302


def test_a_new_password_ends_the_other_sessions_and_renews_this_one(person: User) -> None:
    here, there = signed_in(person), signed_in(person)
    before = here.session.session_key
    answer = here.post("/compte/mot-de-passe/", {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW})
    assert answer.url == "/compte/"
    assert told(person) == ["Le mot de passe de votre compte a été changé."]
    assert here.session.session_key != before
    assert here.get("/client/").status_code == 200
    assert there.get("/client/").status_code == 302
    end_sessions(person)
    assert here.get("/client/").status_code == 302


def test_the_old_password_is_asked_for_and_a_short_one_refused(person: User) -> None:
    here = signed_in(person)
    wrong = here.post("/compte/mot-de-passe/", {"oldpassword": "autre", "password1": NEW, "password2": NEW})
    assert "Ce n’est pas votre mot de passe actuel." in wrong.text
    short = here.post("/compte/mot-de-passe/", {"oldpassword": PASSWORD, "password1": "court", "password2": "court"})
    assert short.context["form"].errors["password1"]
    person.refresh_from_db()
    assert person.check_password(PASSWORD)


def test_who_came_in_by_a_code_replaces_a_forgotten_password(person: User) -> None:
    here = signed_in(person)
    session = here.session
    for record in session["account_authentication_methods"]:
        record["method"] = "code"
    session.save()
    assert here.post("/compte/mot-de-passe/", {"password1": NEW, "password2": NEW}).url == "/compte/"
    person.refresh_from_db()
    assert person.check_password(NEW)


def test_a_first_password_needs_no_other(person: User) -> None:
    here = signed_in(person)
    person.set_unusable_password()
    person.save()
    here.force_login(person)
    assert here.get("/compte/mot-de-passe/").url == "/compte/mot-de-passe/choisir/"
    assert here.post("/compte/mot-de-passe/choisir/", {"password1": NEW, "password2": NEW}).url == "/compte/"
    assert told(person) == ["Un mot de passe a été choisi pour votre compte."]
    person.refresh_from_db()
    assert person.check_password(NEW)


def test_the_account_leads_to_its_pages(person: User) -> None:
    page = signed_in(person).get("/compte/").text
    for path in ("/client/", "/compte/mot-de-passe/", "/compte/appareils/", "/compte/deconnexion/"):
        assert f'"{path}"' in page
