"""The choice of rhythm and the page of what runs by itself, in a real browser: with JavaScript and without."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.test import Client as Browser
from playwright.sync_api import Page, expect

from interventions import clock
from interventions.models import JobRun, MailPreference, MailStyle
from tests import factories
from tests.factories import World
from tests.images import a_png

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def world() -> World:
    made = factories.a_world(name="Agence Rivage")
    JobRun.objects.create(agence=made.agence, name="remind", started_at=clock.now(), ended_at=clock.now(), done=3)
    return made


def _enter(page: Page, live_server: Any, person: Any) -> None:
    browser = Browser()
    browser.force_login(person.user)
    cookie = browser.cookies[settings.SESSION_COOKIE_NAME]
    page.context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": live_server.url}])


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_for_axe_and_nothing_wider_than_the_screen(
    world: World, page: Page, live_server: Any, scheme: Any
) -> None:
    page.emulate_media(color_scheme=scheme)
    pages = {
        "/client/mails/": world.client,
        "/intervenant/mails/": world.intervenant,
        "/gestion/mails/": world.gestionnaire,
        "/gestion/automatismes/": world.gestionnaire,
        "/gestion/parametres/mails/": world.gestionnaire,
    }
    for path, person in pages.items():
        page.context.clear_cookies()
        _enter(page, live_server, person)
        for width in (390, 820, 1440):
            page.set_viewport_size({"width": width, "height": 900})
            page.goto(live_server.url + path)
            assert page.evaluate("document.documentElement.scrollWidth") <= width, (path, width)
            found = [violation["id"] for violation in Axe().run(page).response["violations"]]
            assert found == [], (path, width, found)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1440])
def test_a_preview_without_javascript(
    world: World, browser: Any, live_server: Any, width: int, scheme: Any, tmp_path: Path
) -> None:
    logo = tmp_path / "logo.png"
    logo.write_bytes(a_png(120, 40))
    size = {"width": width, "height": 900}
    context = browser.new_context(java_script_enabled=False, viewport=size, color_scheme=scheme)
    page = context.new_page()
    _enter(page, live_server, world.gestionnaire)
    page.goto(f"{live_server.url}/gestion/parametres/")
    page.get_by_role("link", name="Les mails de l’agence").click()
    page.get_by_label("Signature").fill("L’équipe de {agence}")
    page.get_by_label("Logo").set_input_files(logo)
    page.get_by_role("button", name="Voir l’aperçu").click()
    for title in ("Étroit, clair", "Étroit, sombre", "Large, clair", "Large, sombre"):
        framed = page.frame_locator(f'iframe[title="{title}"]')
        expect(framed.get_by_text("L’équipe de Agence Rivage")).to_be_attached()
        expect(framed.get_by_role("img", name="Agence Rivage")).to_be_attached()
    page.get_by_role("button", name="Enregistrer").click()
    expect(page.get_by_text("Les mails partiront ainsi.")).to_be_visible()
    assert MailStyle.objects.get(agence=world.agence).logo is not None
    page.get_by_role("button", name="M’envoyer un essai").click()
    expect(page.get_by_text("L’essai part à")).to_be_visible()
    context.close()


def test_a_preview_has_nothing_for_axe(world: World, page: Page, live_server: Any) -> None:
    _enter(page, live_server, world.gestionnaire)
    for width in (390, 820, 1440):
        page.set_viewport_size({"width": width, "height": 900})
        page.goto(f"{live_server.url}/gestion/parametres/mails/")
        page.get_by_role("button", name="Voir l’aperçu").click()
        page.get_by_role("heading", name="Aperçu").wait_for()
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        axe = Axe().run(page, options={"iframes": False})
        found = [violation["id"] for violation in axe.response["violations"]]
        assert found == [], (width, found)


def test_two_presses_without_javascript(world: World, browser: Any, live_server: Any) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    _enter(page, live_server, world.client)
    page.goto(f"{live_server.url}/client/")
    page.get_by_role("link", name="Quand recevoir les mails").click()
    page.get_by_role("button", name="Une fois par jour").click()
    expect(page.get_by_text("C’est votre choix.")).to_be_visible()
    assert MailPreference.objects.get(user=world.client.user).rhythm == "day"
    context.close()
