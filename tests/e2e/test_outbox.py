"""The outbox and the mails in a real browser: nothing for axe to find, nothing wider than a phone."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.test import Client as Browser
from playwright.sync_api import Page, expect

from interventions.mails import leaving
from interventions.mails.carrier import Carrier
from interventions.models import Mail
from interventions.states import Action
from tests import factories
from tests.factories import World

pytestmark = pytest.mark.django_db(transaction=True)
SCHEMES = ("light", "dark")


@pytest.fixture
def world() -> World:
    return factories.a_world_today()


@pytest.fixture
def mail(world: World) -> Mail:
    """The mail that asks the client to validate a visit, as it left."""
    world.act(world.visit(), Action.COMPLETE, world.as_intervenant, comment="Douche plus longue.")
    leaving.sweep(world.agence, Carrier(), lambda: world.now + timedelta(minutes=11))
    return Mail.objects.get(to=world.client.user.email)


@pytest.fixture
def desk(world: World, page: Page, live_server: Any) -> Page:
    """A browser of the gestionnaire."""
    browser = Browser()
    browser.force_login(world.gestionnaire.user)
    cookie = browser.cookies[settings.SESSION_COOKIE_NAME]
    page.context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": live_server.url}])
    return page


def _found(page: Page) -> list[str]:
    return [violation["id"] for violation in Axe().run(page).response["violations"]]


@pytest.mark.parametrize("width", [390, 1440])
@pytest.mark.parametrize("scheme", SCHEMES)
def test_the_outbox_passes_axe(desk: Page, live_server: Any, mail: Mail, scheme: Any, width: int) -> None:
    desk.emulate_media(color_scheme=scheme)
    desk.set_viewport_size({"width": width, "height": 900})
    refused: list[str] = []
    desk.on("console", lambda message: refused.append(message.text) if message.type == "error" else None)
    for path in ("", f"{mail.public_id}/"):
        desk.goto(f"{live_server.url}/gestion/envois/{path}")
        assert _found(desk) == []
    inside = desk.frame_locator("iframe")
    expect(inside.get_by_role("heading", level=1)).to_have_text("Cette visite a-t-elle bien eu lieu ?")
    assert refused == []


@pytest.mark.parametrize("width", [390, 600])
@pytest.mark.parametrize("scheme", SCHEMES)
def test_a_mail_reads_well_in_its_readers_window(
    page: Page, mail: Mail, tmp_path: Path, scheme: Any, width: int
) -> None:
    file = tmp_path / "mail.html"
    file.write_text(mail.html, encoding="utf-8")
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(file.as_uri())
    assert page.evaluate("document.documentElement.scrollWidth") == width
    # The landmarks of a page are not a mail's; all else holds.
    assert [one for one in _found(page) if one not in ("region", "landmark-one-main")] == []


def test_without_javascript_the_list_is_narrowed_all_the_same(
    browser: Any, world: World, live_server: Any, mail: Mail
) -> None:
    signed_in = Browser()
    signed_in.force_login(world.gestionnaire.user)
    context = browser.new_context(java_script_enabled=False)
    cookie = signed_in.cookies[settings.SESSION_COOKIE_NAME]
    context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": live_server.url}])
    page = context.new_page()
    page.goto(f"{live_server.url}/gestion/envois/")
    page.get_by_label("Adresse").fill(mail.to)
    page.get_by_role("button", name="Chercher", exact=True).click()
    expect(page.locator("tbody tr")).to_have_count(1)
    page.get_by_role("link", name="En attente").click()
    expect(page.get_by_text("Aucun mail ne répond à cette recherche")).to_be_visible()
    context.close()
