"""Signing in by code or password, and what nobody may learn or do on the way."""

import re
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.test import Client as Browser

from interventions.models import Fate, Mail, MailKind, User
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.portals.mounted")]

PASSWORD = "un-mot-de-passe-sûr"
CODE_URL, CHECK_URL, LOGIN_URL = (
    "/compte/connexion/code/",
    "/compte/connexion/code/verification/",
    "/compte/connexion/",
)


@pytest.fixture
def world() -> factories.World:
    return factories.a_world()


@pytest.fixture
def person(world: factories.World) -> User:
    user = world.client.user
    assert user is not None
    user.set_password(PASSWORD)
    user.save()
    return user


def browser() -> Any:
    return Browser()


def code_in(sent: Mail) -> str:
    found = re.search(r"^\d{6}$", sent.text, re.MULTILINE)
    assert found is not None
    return found.group()


def test_a_code_signs_in_through_the_outbox(world: factories.World, person: User) -> None:
    there = browser()
    asked = there.post(CODE_URL, {"email": person.email.upper(), "next": "/client/cadre/"})
    assert asked.url == f"{CHECK_URL}?next=%2Fclient%2Fcadre%2F"
    sent = Mail.objects.get()
    assert (sent.kind, sent.fate, sent.user, sent.to) == (MailKind.SIGN_IN, Fate.QUEUED, person, person.email)
    assert (sent.agence, sent.subject) == (world.agence, "Votre code de connexion")
    assert sent.due_at == sent.created_at
    assert code_in(sent) in sent.html
    assert mail.outbox == []
    page = there.get(asked.url)
    assert "Valable jusqu’à" in page.text
    assert code_in(sent) not in page.text
    entered = there.post(CHECK_URL, {"code": code_in(sent), "next": "/client/cadre/"})
    assert entered.url == "/client/cadre/"
    assert there.get("/client/").json()["client"] == world.client.pk
    assert not EmailAddress.objects.exists()  # who has an address is said by User alone


def test_the_code_works_once_and_only_in_the_browser_that_asked(person: User) -> None:
    there, elsewhere = browser(), browser()
    there.post(CODE_URL, {"email": person.email})
    code = code_in(Mail.objects.get())
    assert elsewhere.post(CHECK_URL, {"code": code}).url == CODE_URL
    assert there.post(CHECK_URL, {"code": code}).url == "/"
    there.post("/compte/deconnexion/")
    assert there.post(CHECK_URL, {"code": code}).url == CODE_URL


def test_a_mistyped_address_is_typed_again(person: User) -> None:
    there = browser()
    there.post(CODE_URL, {"email": "mistyped@ailleurs.example"})
    assert there.get(LOGIN_URL).url == CHECK_URL
    there.post(CODE_URL, {"email": person.email})
    assert person.email in there.get(CHECK_URL).text
    assert there.post(CHECK_URL, {"code": code_in(Mail.objects.get())}).url == "/"


def test_three_wrong_codes_end_the_attempt(person: User) -> None:
    there = browser()
    there.post(CODE_URL, {"email": person.email})
    right = code_in(Mail.objects.get())
    wrong = f"{(int(right) + 1) % 1_000_000:06d}"
    first = there.post(CHECK_URL, {"code": wrong})
    assert "Ce n’est pas le bon code" in first.text
    assert 'aria-invalid="true"' in first.text
    there.post(CHECK_URL, {"code": wrong})
    assert there.post(CHECK_URL, {"code": wrong}).url == CODE_URL
    assert there.post(CHECK_URL, {"code": right}).url == CODE_URL


def test_another_code_replaces_the_first(person: User) -> None:
    there = browser()
    there.post(CODE_URL, {"email": person.email})
    there.post(CHECK_URL, {"action": "resend"})
    first, second = Mail.objects.order_by("pk")
    assert there.post(CHECK_URL, {"code": code_in(second)}).url == "/"
    assert first.message_id != second.message_id


@pytest.mark.parametrize("kind", ["unknown", "without a role", "inactive"])
def test_who_gets_no_code_sees_the_same_pages(kind: str, person: User) -> None:
    other = "inconnue@ailleurs.example"
    if kind != "unknown":
        User.objects.create_user(other, is_active=kind != "inactive")

    def walk(email: str) -> list[str]:
        there = browser()
        asked = there.post(CODE_URL, {"email": email})
        pages = [str(asked.status_code), asked.url, there.get(asked.url).text]
        pages += [there.post(CHECK_URL, {"code": "wrong"}).text]
        changing = r'value="\w{64}"|Token": "\w+"|nonce="[\w-]+"|\d+\u202fh\u202f\d+'
        return [re.sub(changing, "", page).replace(email, "") for page in pages]

    for seen, known in zip(walk(other), walk(person.email), strict=True):
        assert seen.splitlines() == known.splitlines()
    assert set(Mail.objects.values_list("to", flat=True)) == {person.email}


def test_a_password_signs_in(person: User, world: factories.World) -> None:
    there = browser()
    entered = there.post(LOGIN_URL, {"login": person.email, "password": PASSWORD, "next": "/client/cadre/"})
    assert entered.url == "/client/cadre/"
    assert there.get("/client/").json()["client"] == world.client.pk
    assert there.get(LOGIN_URL).url == "/"


def test_a_wrong_password_and_an_unknown_address_read_alike(person: User) -> None:
    said = [
        browser().post(LOGIN_URL, {"login": email, "password": "pas-le-bon-mot"}).context["form"].errors
        for email in (person.email, "inconnue@ailleurs.example")
    ]
    assert said[0] == said[1]
    assert "ne vont pas ensemble" in str(said[0])


@pytest.mark.parametrize(
    "target",
    ["https://evil.example/", "//evil.example/", "javascript:alert(1)", "/\\evil.example", "http:///evil.example"],
)
def test_nobody_is_sent_away_after_signing_in(target: str, person: User, world: factories.World) -> None:
    entered = browser().post(LOGIN_URL, {"login": person.email, "password": PASSWORD, "next": target})
    assert entered.url == "/"
    there = browser()
    there.force_login(person)
    chosen = there.post("/compte/espaces/", {"door": f"client:{world.client.pk}", "next": target})
    assert chosen.url == "/client/"


def test_nobody_signs_up_or_changes_their_address() -> None:
    for path in ("inscription", "signup", "email", "confirm-email", "password/reset", "3rdparty"):
        assert browser().get(f"/compte/{path}/").status_code == 404


def test_signing_out_asks_first_and_ends_the_session(person: User) -> None:
    there = browser()
    there.force_login(person)
    assert there.get("/client/").status_code == 200
    assert "Se déconnecter" in there.get("/compte/deconnexion/").text
    assert there.get("/client/").status_code == 200
    there.post("/compte/deconnexion/")
    assert there.get("/client/").status_code == 302


def test_too_many_codes_are_refused_in_words(person: User) -> None:
    answers = [browser().post(CODE_URL, {"email": person.email}) for _ in range(4)]
    assert [answer.status_code for answer in answers] == [302, 302, 302, 200]
    assert "Trop d’essais" in answers[-1].text
    assert Mail.objects.count() == 3


def test_too_many_wrong_passwords_close_the_door_to_the_right_one(person: User) -> None:
    for _ in range(5):
        browser().post(LOGIN_URL, {"login": person.email, "password": "pas-le-bon-mot"})
    answer = browser().post(LOGIN_URL, {"login": person.email, "password": PASSWORD})
    assert answer.status_code == 200
    assert "Trop d’essais" in answer.text


def test_too_many_pages_of_sign_in_are_refused_with_a_page() -> None:
    answers = [browser().post(LOGIN_URL, {}) for _ in range(31)]
    assert answers[-1].status_code == 429
    assert "Attendez quelques minutes" in answers[-1].text
