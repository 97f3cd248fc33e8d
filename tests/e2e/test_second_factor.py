"""A second factor in a real browser: an application and a passkey added, then each of them signs in."""

from __future__ import annotations

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, expect

from interventions.models import User
from tests.factories import World
from tests.portals.accounts.factors import PASSWORD, a_key, an_application, code_of, recovery_codes, with_password

pytestmark = pytest.mark.django_db(transaction=True)
DEVICE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture
def person(world: World) -> User:
    return with_password(world.gestionnaire.user)


def a_phone(browser: Browser, url: str, **options: Any) -> tuple[BrowserContext, Page, list[str]]:
    """Return a phone's page, and what its console complains of."""
    context = browser.new_context(
        base_url=url, viewport={"width": 390, "height": 844}, reduced_motion="reduce", **options
    )
    page, complaints = context.new_page(), []
    page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    return context, page, complaints


def give_password(page: Page, user: User) -> None:
    page.goto("/compte/connexion/")
    page.locator("summary").click()
    page.locator("#id_login").fill(user.email)
    page.locator("#id_password").fill(PASSWORD)
    page.get_by_role("button", name="Se connecter", exact=True).click()


def sign_out(page: Page) -> None:
    page.goto("/compte/")
    page.get_by_role("button", name="Se déconnecter", exact=True).click()
    expect(page.get_by_role("heading", name="Connexion")).to_be_visible()


def fit(page: Page) -> None:
    """See that axe has nothing to say, and nothing is wider than the phone, light and dark."""
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        assert [(one["id"], one["nodes"][0]["target"]) for one in Axe().run(page).response["violations"]] == []
        assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


def test_an_application_and_a_passkey_are_added_and_sign_in(live_server: Any, browser: Browser, person: User) -> None:
    context, page, complaints = a_phone(browser, live_server.url)
    device = context.new_cdp_session(page)
    device.send("WebAuthn.enable")
    device.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})
    give_password(page, person)
    page.goto("/compte/")
    page.get_by_role("link", name="Deuxième facteur").click()
    fit(page)
    page.get_by_role("link", name="Ajouter une application").click()
    fit(page)
    assert page.locator("img.square").evaluate("image => image.complete && image.naturalWidth > 0")
    secret = page.locator(".secret").inner_text()
    page.get_by_label("Code de six chiffres").fill(code_of(secret))
    page.get_by_role("button", name="Ajouter").click()
    expect(page.locator(".secrets li")).to_have_count(10)
    fit(page)
    page.get_by_role("link", name="Revenir au deuxième facteur").click()
    page.get_by_role("link", name="Ajouter une clé d’accès").click()
    fit(page)
    page.get_by_label("Nom de la clé").fill("Téléphone de Claire")
    page.get_by_role("button", name="Ajouter").click()
    expect(page.get_by_text("La clé d’accès est ajoutée.")).to_be_visible()
    expect(page.get_by_text("Téléphone de Claire")).to_be_visible()
    fit(page)

    sign_out(page)
    give_password(page, person)
    expect(page.get_by_role("heading", name="Deuxième facteur")).to_be_visible()
    fit(page)
    page.get_by_role("button", name="Utiliser ma clé d’accès").click()
    page.wait_for_url("**/gestion/")

    sign_out(page)
    give_password(page, person)
    page.get_by_label("Code de votre application").fill(code_of(secret, later=1))
    page.get_by_role("button", name="Se connecter").click()
    page.wait_for_url("**/gestion/")
    assert complaints == []
    context.close()


def test_a_device_that_says_no_is_told_of(live_server: Any, browser: Browser, person: User) -> None:
    context, page, _complaints = a_phone(browser, live_server.url)
    device = context.new_cdp_session(page)
    device.send("WebAuthn.enable")
    device.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE | {"isUserVerified": False}})
    a_key(person)  # which this device does not know
    give_password(page, person)
    page.get_by_role("button", name="Utiliser ma clé d’accès").click()
    expect(page.get_by_text("L’appareil n’a rien donné")).to_be_visible()
    expect(page.locator("[data-refused]")).to_be_focused()
    fit(page)
    context.close()


def test_without_a_script_a_code_signs_in_and_a_passkey_says_why_not(
    live_server: Any, browser: Browser, person: User
) -> None:
    an_application(person)
    a_key(person)
    codes = recovery_codes(person)
    context, page, complaints = a_phone(browser, live_server.url, java_script_enabled=False)
    give_password(page, person)
    expect(page.get_by_text("Une clé d’accès demande JavaScript")).to_be_visible()
    expect(page.get_by_role("button", name="Utiliser ma clé d’accès")).to_be_hidden()
    page.get_by_label("Code de votre application").fill(codes[0])
    page.get_by_role("button", name="Se connecter").click()
    page.wait_for_url("**/gestion/")
    page.goto("/compte/deuxieme-facteur/cles/")
    expect(page.get_by_text("Une clé d’accès demande JavaScript")).to_be_visible()
    page.goto("/compte/deuxieme-facteur/application/retrait/")
    page.get_by_role("button", name="Retirer").click()
    expect(page.get_by_text("L’application d’authentification est retirée.")).to_be_visible()
    assert complaints == []
    context.close()
