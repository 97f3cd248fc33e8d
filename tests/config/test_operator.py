"""The operator's site: for superusers, with their second factor where the environment says so."""

from __future__ import annotations

from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.test import Client as Browser
from pytest_django.fixtures import Settings

from interventions.models import Mail, RegistryEntry, User
from tests import factories
from tests.portals.accounts.factors import an_application, signed_in, with_password

pytestmark = pytest.mark.django_db


@pytest.fixture
def operator() -> User:
    cache.clear()
    return with_password(User.objects.create_superuser("operatrice@service.example"))


def led(browser: Any, path: str = "/operateur/") -> str:
    """Return where somebody comes to who asks for a page of the site."""
    return str(browser.get(path, follow=True).redirect_chain[-1][0])


def test_without_the_setting_a_password_is_enough(operator: User) -> None:
    browser: Any = Browser()
    browser.force_login(operator)
    assert browser.get("/operateur/").status_code == 200


def test_with_it_an_operator_adds_one_and_shows_it(operator: User, settings: Settings) -> None:
    settings.OPERATOR_SECOND_FACTOR = True
    browser: Any = Browser()
    browser.force_login(operator)
    for path in ("/operateur/", "/operateur/interventions/user/"):
        assert led(browser, path).startswith("/compte/deuxieme-facteur/?next=")
    assert browser.post("/operateur/interventions/user/add/", {"email": "x@y.example"}).status_code == 302
    assert not User.objects.filter(email="x@y.example").exists()
    assert browser.get("/compte/deuxieme-facteur/").status_code == 200
    here = signed_in(operator, an_application(operator))
    assert here.get("/operateur/interventions/user/").status_code == 200
    assert led(browser).startswith("/compte/confirmation/code/?next=")
    assert here.get("/operateur/login/?next=/operateur/interventions/user/").url == "/operateur/interventions/user/"
    assert here.get("/operateur/login/?next=https://evil.example/").url == "/operateur/"


def test_a_manager_is_no_operator_whatever_they_show(settings: Settings) -> None:
    settings.OPERATOR_SECOND_FACTOR = True
    cache.clear()
    user = with_password(factories.a_world().gestionnaire.user)
    here = signed_in(user, an_application(user))
    assert here.get("/operateur/", follow=True).status_code == 403


def test_a_lost_factor_is_reset_for_each_desk_that_the_account_opens(operator: User) -> None:
    here, there = factories.a_gestionnaire(factories.an_agence()), factories.an_agence()
    also = factories.a_gestionnaire(there, user=here.user)
    an_application(here.user)
    call_command("second_factor", "reset", here.user.email)
    assert not Authenticator.objects.exists()
    entries = RegistryEntry.objects.order_by("row_id").values_list("row_id", "agence", "step", "actor_name")
    by = ("factor", "L’opérateur du service")
    assert list(entries) == [(here.pk, here.agence_id, *by), (also.pk, there.pk, *by)]
    assert sorted(Mail.objects.values_list("agence", flat=True)) == sorted([here.agence_id, there.pk])
    an_application(operator)
    call_command("second_factor", "reset", operator.email)
    assert not Authenticator.objects.exists()
    with pytest.raises(CommandError):
        call_command("second_factor", "reset", "nobody@ailleurs.example")
