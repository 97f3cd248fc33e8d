"""The search of every page and the keys, as somebody without a mouse uses them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.test import Client as Signed
from playwright.sync_api import Browser, Page, expect

from tests import factories
from tests.factories import World

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def world() -> World:
    return factories.a_world_today()


@pytest.fixture
def desk(browser: Browser, world: World, live_server: Any) -> Iterator[Page]:
    context = browser.new_context(base_url=f"{live_server.url}/gestion/")
    signed = Signed()
    signed.force_login(world.gestionnaire.user)
    cookie = signed.cookies[settings.SESSION_COOKIE_NAME]
    context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": live_server.url}])
    yield context.new_page()
    context.close()


def violations(page: Page) -> list[str]:
    return [found["id"] for found in Axe().run(page).response["violations"]]


def test_the_search_from_the_keyboard(desk: Page, world: World) -> None:
    other = factories.a_client(world.agence, last_name="Queffélec")
    desk.goto("contrats/")
    desk.keyboard.press("/")
    field = desk.get_by_role("combobox", name="Client, intervenant ou numéro de visite")
    expect(field).to_be_focused()
    desk.keyboard.type("QUE")
    options = desk.get_by_role("listbox", name="Ce qui répond").get_by_role("option")
    expect(options).to_have_count(2)
    expect(field).to_have_value("QUE")
    assert violations(desk) == []
    desk.keyboard.press("Escape")
    expect(options.first).to_be_hidden()
    desk.keyboard.press("ArrowDown")
    expect(options.first).to_have_attribute("aria-selected", "true")
    desk.keyboard.press("Enter")
    desk.wait_for_url(f"**/clients/{other.public_id}/")
    # Nothing typed: what was seen just now.
    desk.keyboard.press("/")
    expect(desk.get_by_role("option", name="Queffélec Yvonne")).to_be_visible()
    desk.keyboard.type("quere")
    desk.keyboard.press("Enter")
    desk.wait_for_url(f"**/clients/{world.client.public_id}/")


def test_the_keys_act_only_where_nobody_types_and_can_be_turned_off(desk: Page, world: World) -> None:
    desk.goto("")
    desk.keyboard.press("c")
    desk.wait_for_url("**/gestion/clients/")
    field = desk.get_by_label("Nom ou numéro", exact=True)
    field.focus()
    desk.keyboard.type("pad?/")
    expect(field).to_have_value("pad?/")
    assert desk.url.partition("?")[0].endswith("/gestion/clients/")
    desk.goto("clients/")
    for with_one in ("Control+p", "Alt+p", "Meta+p"):
        desk.keyboard.press(with_one)
    desk.keyboard.press("?")
    dialog = desk.get_by_role("dialog", name="Touches du clavier")
    expect(dialog).to_be_visible()
    assert violations(desk) == []
    desk.keyboard.press("p")
    expect(dialog).to_be_visible()
    switch = dialog.get_by_role("checkbox", name="Ces touches agissent sur cet appareil")
    expect(switch).to_be_checked()
    switch.uncheck()
    desk.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    planning = desk.get_by_role("link", name="Planning", exact=True)
    expect(planning).not_to_have_attribute("aria-keyshortcuts", "p")
    for key in ("p", "?", "/"):
        desk.keyboard.press(key)
    expect(dialog).to_have_count(0)
    desk.reload()
    desk.keyboard.press("p")
    expect(desk.get_by_role("heading", name="Clients", exact=True)).to_be_visible()
    desk.get_by_role("link", name="Touches du clavier").click()
    dialog.get_by_role("checkbox", name="Ces touches agissent sur cet appareil").check()
    dialog.get_by_role("button", name="Fermer").click()
    expect(planning).to_have_attribute("aria-keyshortcuts", "p")
    desk.keyboard.press("p")
    desk.wait_for_url("**/gestion/planning/")


def test_the_acts_of_a_visit_and_the_days_of_a_planning(desk: Page, world: World) -> None:
    visit = world.visit()
    desk.goto(f"interventions/{visit.public_id}/")
    first = desk.locator("[data-acts] a").first
    title = first.inner_text()
    desk.keyboard.press("1")
    expect(desk.locator("#acte").get_by_role("heading", name=title)).to_be_focused()
    desk.goto("planning/?vue=jour&date=2026-11-24")
    desk.keyboard.press("j")
    desk.wait_for_url("**date=2026-11-25**")
    expect(desk.get_by_text("Mercredi 25 novembre").first).to_be_visible()
    desk.keyboard.press("k")
    desk.wait_for_url("**date=2026-11-24**")
