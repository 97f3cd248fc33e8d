"""The choice of rhythm and the page of what runs by itself, in a real browser: with JavaScript and without."""

from __future__ import annotations

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.test import Client as Browser
from playwright.sync_api import Page, expect

from interventions import clock
from interventions.models import JobRun, MailPreference
from tests import factories
from tests.factories import World

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
