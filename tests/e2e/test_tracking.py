"""The table of the tracking in a browser: suggestions by keys, ticks that stay, a visit beside it, the way back."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings as product
from django.test import Client as Session
from playwright.sync_api import Browser, Page, expect

from interventions.models import Client
from tests import factories
from tests.factories import NOW, World
from tests.tracking.browsing import done, planned

pytestmark = pytest.mark.django_db(transaction=True)

both = pytest.mark.parametrize("script", [True, False], ids=["with JavaScript", "without JavaScript"])


@pytest.fixture
def world(settings: Any) -> World:
    """An agency at the factories' moment with 70 visits of four clients."""
    settings.CLOCK_OFFSET_SECONDS = (NOW - datetime.now(UTC)).total_seconds()
    made = factories.a_world()
    planned(made, 70, first=NOW.date() - timedelta(days=20), days=10)
    return made


@pytest.fixture
def opened(browser: Browser, live_server: Any, world: World) -> Iterator[Callable[..., Page]]:
    """Open the table as the gestionnaire, with JavaScript or without."""
    contexts = []

    def open_table(query: str = "", *, script: bool = True) -> Page:
        context = browser.new_context(base_url=live_server.url, java_script_enabled=script, reduced_motion="reduce")
        contexts.append(context)
        session, name = Session(), product.SESSION_COOKIE_NAME
        session.force_login(world.gestionnaire.user)
        context.add_cookies([{"name": name, "value": session.cookies[name].value, "url": live_server.url}])
        page = context.new_page()
        page.set_viewport_size({"width": 1440, "height": 900})
        page.goto(f"/suivi/{query}")
        return page

    yield open_table
    for context in contexts:
        context.close()


def faults(page: Page) -> list[str]:
    return [violation["id"] for violation in Axe().run(page).response["violations"]]


def test_a_name_is_found_by_keys_and_the_address_holds_the_id(opened: Callable[..., Page]) -> None:
    page = opened()
    field = page.get_by_role("combobox", name="Client", exact=True)
    field.press_sequentially("zo")
    option = page.get_by_role("option", name="Zola")
    expect(option).to_be_visible()
    assert faults(page) == []
    field.press("ArrowDown")
    expect(option).to_have_attribute("aria-selected", "true")
    expect(field).to_have_attribute("aria-activedescendant", option.get_attribute("id") or "")
    field.press("Enter")
    expect(option).to_be_hidden()
    zola = Client.objects.get(last_name="Zola")
    page.wait_for_url(f"**client={zola.public_id}**")
    assert "nom" not in page.url
    expect(page.locator("tbody th").first).to_contain_text("Zola")
    assert set(page.locator("tbody th").all_inner_texts()) == {str(zola)}
    field.press_sequentially(" x")
    field.press("Escape")
    field.fill("")
    field.press("Enter")
    expect(page.locator("#resume")).to_contain_text("70 visites")


def test_without_a_script_a_name_is_typed_and_read(opened: Callable[..., Page]) -> None:
    page = opened(script=False)
    page.get_by_role("searchbox", name="Client", exact=True).fill("zola")
    page.get_by_role("button", name="Filtrer", exact=True).click()
    page.wait_for_url("**client=*")
    assert "nom" not in page.url
    expect(page.get_by_role("searchbox", name="Client", exact=True)).to_have_value("Zola Yvonne")
    expect(page.locator("tbody th").first).to_contain_text("Zola")


@both
def test_ticks_stay_over_pages_sorts_and_the_way_back(opened: Callable[..., Page], script: bool) -> None:
    page = opened(script=script)
    boxes = page.locator("tbody input[type=checkbox]")
    boxes.nth(0).check()
    boxes.nth(2).check()
    if script:
        expect(page.get_by_text("2 visites cochées")).to_be_visible()
    page.get_by_role("button", name="Suivantes").click()
    expect(boxes).to_have_count(20)
    expect(page.get_by_text("2 visites cochées")).to_be_visible()
    expect(page.get_by_text("2 hors de cette page")).to_be_visible()
    boxes.nth(5).check()
    page.get_by_role("button", name="Client", exact=True).click()
    page.wait_for_url("**tri=client**")
    expect(page.get_by_text("3 visites cochées")).to_be_visible()
    page.go_back()
    expect(boxes).to_have_count(20)
    expect(boxes.nth(5)).to_be_checked()
    page.go_back()
    expect(boxes).to_have_count(50)
    for n in range(4):
        expect(boxes.nth(n)).to_be_checked(checked=n in (0, 2))
    page.get_by_role("button", name="Cocher tout ce qui correspond").click()
    expect(page.get_by_text("70 visites cochées")).to_be_visible()
    page.get_by_role("button", name="Tout décocher").click()
    expect(page.get_by_text("Aucune visite cochée")).to_be_visible()
    expect(boxes.nth(0)).not_to_be_checked()


def test_the_page_s_own_box_ticks_the_page(opened: Callable[..., Page]) -> None:
    page = opened()
    page.get_by_role("checkbox", name="Cocher toutes les visites de la page").check()
    expect(page.get_by_text("50 visites cochées")).to_be_visible()


def test_a_visit_opens_beside_the_table_and_escape_closes_it(opened: Callable[..., Page], world: World) -> None:
    visit = done(world)
    page = opened("?statut=done")
    page.get_by_role("link", name="Quéré Yvonne").click()
    title = page.get_by_role("heading", name="Mme Yvonne Quéré")
    expect(title).to_be_focused()
    assert f"visite={visit.public_id}" in page.url
    assert "statut=done" in page.url
    assert faults(page) == []
    expect(page.locator("tr[aria-current]")).to_have_count(1)
    address = page.url
    page.keyboard.press("Escape")
    expect(title).to_have_count(0)
    expect(page.get_by_role("link", name="Quéré Yvonne")).to_be_focused()
    assert "visite=" not in page.url
    page.go_back()
    expect(title).to_be_visible()
    page.goto(address)
    expect(title).to_be_visible()
    page.get_by_role("link", name="Fermer le détail").click()
    expect(title).to_have_count(0)


def test_without_a_script_a_row_opens_the_visit_s_own_page(opened: Callable[..., Page], world: World) -> None:
    visit = done(world)
    page = opened("?statut=done", script=False)
    page.get_by_role("link", name="Quéré Yvonne").click()
    page.wait_for_url(f"**/gestion/interventions/{visit.public_id}/")
    shared = opened(f"?statut=done&visite={visit.public_id}", script=False)
    expect(shared.get_by_role("heading", name="Mme Yvonne Quéré")).to_be_visible()
    shared.get_by_role("link", name="Fermer le détail").click()
    expect(shared.get_by_role("heading", name="Mme Yvonne Quéré")).to_have_count(0)
    expect(shared.locator("tbody tr")).to_have_count(1)


@both
def test_columns_and_views_are_kept(opened: Callable[..., Page], script: bool) -> None:
    page = opened("?statut=planned", script=script)
    page.get_by_text("Colonnes", exact=True).click()
    if script:
        assert faults(page) == []
    page.get_by_label("Kilomètres").check()
    page.get_by_label("Attente", exact=True).uncheck()
    page.get_by_role("button", name="Garder ces colonnes").click()
    heads = [text.strip() for text in page.locator("thead th").all_inner_texts()]
    assert "Kilomètres" in heads
    assert "Attente" not in heads
    page.get_by_text("Vues", exact=True).click()
    page.get_by_role("link", name="Garder ou gérer des vues").click()
    page.get_by_label("Nom de la vue").fill("À réaliser")
    page.get_by_label("Ouvrir le tableau sur cette vue").check()
    page.get_by_role("button", name="Garder cette vue").click()
    expect(page.get_by_text("La vue «\u00a0À réaliser\u00a0» est gardée.")).to_be_visible()
    page.goto("/suivi/")
    assert "statut=planned" in page.url
