"""Whether somebody has an account is told neither by an answer (test_sign_in) nor by how much work it takes."""

from typing import Any, ClassVar

import pytest
from django.contrib.auth.hashers import MD5PasswordHasher
from django.test import Client as Browser
from django.test.signals import template_rendered
from pytest_django.fixtures import Settings

from interventions.models import User
from tests import factories

pytestmark = pytest.mark.django_db
UNKNOWN = "inconnue@ailleurs.example"


class Counting(MD5PasswordHasher):
    """Counts how often a password is hashed."""

    algorithm = "counting"
    hashed: ClassVar[list[str]] = []

    def encode(self, password: str, salt: str) -> str:
        """Hash, and note it."""
        self.hashed.append(password)
        return super().encode(password, salt)


def a_person() -> User:
    user = factories.a_world().client.user
    assert user is not None
    return user


def test_a_password_is_hashed_as_often_for_an_unknown_address(settings: Settings) -> None:
    settings.PASSWORD_HASHERS = [f"{__name__}.Counting"]
    user = a_person()
    user.set_password("un-mot-de-passe-sûr")
    user.save()
    counts = []
    for email in (user.email, UNKNOWN):
        Counting.hashed.clear()
        Browser().post("/compte/connexion/", {"login": email, "password": "pas-le-bon-mot"})
        counts.append(len(Counting.hashed))
    assert counts == [1, 1]


@pytest.mark.parametrize("kind", ["unknown", "without a role", "inactive"])
def test_a_letter_is_written_for_whoever_gets_none(kind: str) -> None:
    if kind != "unknown":
        User.objects.create_user(UNKNOWN, is_active=kind != "inactive")
    rendered = []
    for email in (a_person().email, UNKNOWN):
        names: list[str] = []

        def note(template: Any, names: list[str] = names, **_: Any) -> None:
            names.append(str(template.name))

        template_rendered.connect(note)
        Browser().post("/compte/connexion/code/", {"email": email})
        template_rendered.disconnect(note)
        rendered.append(names)
    assert any("sign_in" in name for name in rendered[0])
    assert rendered[0] == rendered[1]
