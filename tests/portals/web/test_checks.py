"""No address of the product leads to a view without its guard."""

from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client as Browser
from django.urls import get_resolver, include, path, reverse

from interventions.models import User
from portals.web.checks import OPEN, SIGNED_IN, every_view_is_guarded, walk
from tests import factories

PRODUCT = list(walk(get_resolver()))


def bare(request: HttpRequest) -> HttpResponse:
    return HttpResponse("anybody reads this")


urlpatterns = [path("ouvert/", include(([path("page/", bare, name="page")], "open")))]


def test_the_product_has_no_unguarded_view() -> None:
    assert every_view_is_guarded(None) == []


# Of one passkey, by its number.
OF_A_KEY = {"mfa_edit_webauthn", "mfa_remove_webauthn"}


@pytest.mark.urls(__name__)
def test_a_view_without_its_guard_is_named() -> None:
    [message] = every_view_is_guarded(None)
    assert message.msg == "/ouvert/page/ has no role guard."


def test_the_lists_name_only_what_exists() -> None:
    names = {pattern.name for _route, pattern in PRODUCT}
    assert (OPEN | SIGNED_IN) - names == set()


@pytest.mark.django_db
@pytest.mark.parametrize("name", sorted(SIGNED_IN))
def test_what_needs_a_sign_in_asks_for_it(name: str) -> None:
    url = reverse(name, args=[1] if name in OF_A_KEY else [])
    for answer in (Browser().get(url), Browser().post(url)):
        assert (answer.status_code, answer.headers.get("Location", "")[:18]) in [
            (302, "/compte/connexion/"),
            (405, ""),
        ]


@pytest.mark.django_db
def test_the_operator_s_site_is_for_the_operator() -> None:
    there: Any = Browser()
    assert there.get("/operateur/").url.startswith("/operateur/login/")
    assert there.get("/operateur/login/?next=/operateur/").url.startswith("/compte/connexion/?next=")
    there.force_login(factories.a_world().gestionnaire.user)
    assert there.get("/operateur/", follow=True).status_code == 403
    there.force_login(User.objects.create_superuser("operateur@service.example"))
    for page in ("", "interventions/agence/", "interventions/agence/add/", "interventions/user/"):
        assert there.get(f"/operateur/{page}").status_code == 200
