"""Signing in as people do, in a real browser, with JavaScript and without; and refusals that can be read."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.core.cache import cache
from playwright.sync_api import Browser, Page, expect

from interventions.models import Mail
from tests import factories

pytestmark = pytest.mark.django_db(transaction=True)

CODE = re.compile(r"^\d{6}$", re.MULTILINE)


@pytest.fixture(params=[True, False], ids=["with JavaScript", "without JavaScript"])
def tab(request: pytest.FixtureRequest, browser: Browser) -> Iterator[Page]:
    """A phone, with JavaScript and without."""
    cache.clear()
    context = browser.new_context(java_script_enabled=request.param, viewport={"width": 390, "height": 844})
    yield context.new_page()
    context.close()


def last_code() -> str:
    found = CODE.search(Mail.objects.latest("pk").text)
    assert found is not None
    return found.group()


def a_person_of_many_roles() -> Any:
    world = factories.a_world(name="Agence Rivage")
    user = world.proche.user
    factories.a_proche(factories.a_client(world.agence, last_name="Le Goff"), user=user)
    factories.an_intervenant(factories.an_agence(name="Agence Colline"), user=user)
    return user


def test_a_code_opens_the_choice_of_roles_and_everywhere_is_signed_out(live_server: Any, tab: Page) -> None:
    user = a_person_of_many_roles()
    tab.goto(f"{live_server.url}/compte/")
    tab.get_by_label("Adresse e-mail").first.fill(user.email)
    tab.get_by_role("button", name="Recevoir un code").click()
    expect(tab.get_by_role("heading", name="Entrez votre code")).to_be_visible()
    tab.get_by_label("Code reçu par e-mail").fill("000000" if last_code() != "000000" else "111111")
    tab.get_by_role("button", name="Se connecter").click()
    expect(tab.get_by_text("Ce n’est pas le bon code")).to_be_visible()
    tab.get_by_label("Code reçu par e-mail").fill(last_code())
    tab.get_by_role("button", name="Se connecter").click()
    expect(tab.get_by_role("heading", name="Mon compte")).to_be_visible()
    tab.get_by_role("link", name="Changer d’espace").click()
    for name in ("Intervenant – Aïcha L’Héritier", "Proche de Mme Yvonne Quéré", "Proche de Mme Yvonne Le Goff"):
        expect(tab.get_by_role("button", name=name)).to_be_visible()
    tab.goto(f"{live_server.url}/compte/appareils/")
    tab.get_by_role("button", name="Se déconnecter partout").click()
    expect(tab.get_by_text("Vous êtes déconnecté.")).to_be_visible()
    tab.goto(f"{live_server.url}/client/")
    expect(tab).to_have_url(f"{live_server.url}/compte/connexion/?next=%2Fclient%2F")


def test_a_password_opens_the_account(live_server: Any, tab: Page) -> None:
    user = factories.a_world().gestionnaire.user
    user.set_password("un-mot-de-passe-sûr")
    user.save()
    tab.goto(f"{live_server.url}/compte/")
    tab.get_by_text("Se connecter avec un mot de passe").click()
    tab.get_by_label("Adresse e-mail").last.fill(user.email)
    tab.get_by_label("Mot de passe").fill("un-mot-de-passe-sûr")
    tab.get_by_label("Mot de passe").press("Enter")
    expect(tab.get_by_role("heading", name="Mon compte")).to_be_visible()


def test_the_pages_of_sign_in_pass_axe(live_server: Any, page: Page) -> None:
    cache.clear()
    user = a_person_of_many_roles()

    def check() -> None:
        results = Axe().run(page)
        assert results.violations_count == 0, results.generate_report()

    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{live_server.url}/compte/")
    page.get_by_text("Se connecter avec un mot de passe").click()
    check()
    page.get_by_label("Adresse e-mail").first.fill(user.email)
    page.get_by_role("button", name="Recevoir un code").click()
    expect(page.get_by_role("heading", name="Entrez votre code")).to_be_visible()
    check()
    page.get_by_label("Code reçu par e-mail").fill(last_code())
    page.get_by_role("button", name="Se connecter").click()
    expect(page.get_by_role("heading", name="Mon compte")).to_be_visible()
    for path in (
        "compte/",
        "compte/espaces/",
        "compte/appareils/",
        "compte/mot-de-passe/",
        "compte/deconnexion/",
        "rien/",
    ):
        page.goto(f"{live_server.url}/{path}")
        check()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_what_htmx_is_refused_can_be_read(live_server: Any, page: Page) -> None:
    page.goto(f"{live_server.url}/compte/connexion/")
    page.evaluate("htmx.ajax('GET', '/rien/', '#contenu')")
    expect(page.locator("#refusal")).to_contain_text("Page introuvable")
    expect(page.get_by_role("heading", name="Connexion")).to_be_visible()
    expect(page.locator("[data-unreachable]")).to_be_hidden()
    page.evaluate("htmx.ajax('GET', '/client/', '#contenu')")
    expect(page).to_have_url(re.compile(r"/compte/connexion/\?next=%2Fcompte%2Fconnexion%2F$"))
