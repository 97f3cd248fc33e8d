"""What a phone says without a network and after it: notices and the screen of both sides, for eyes and for axe."""

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, Page, expect

from interventions.states import Action, Status
from tests.e2e.phone import enter, open_list, until, valider
from tests.e2e.test_offline import phone, presses, status, world
from tests.factories import World

__all__ = ["phone", "world"]
pytestmark = pytest.mark.django_db(transaction=True)


def fit(page: Page) -> None:
    """Find nothing with axe and nothing too wide, light and dark."""
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        found = [(each["id"], each["nodes"][0]["html"]) for each in Axe().run(page).response["violations"]]
        assert (scheme, found) == (scheme, [])
        assert page.evaluate("document.documentElement.scrollWidth") == 390


def test_every_notice_of_the_phone_is_fit_for_everybody(live_server: Any, world: World, phone: BrowserContext) -> None:
    visit = world.visit()
    page = open_list(phone, live_server.url)
    until(page, "() => navigator.serviceWorker.controller !== null")
    phone.set_offline(True)
    page.reload()
    expect(page.get_by_text("Hors connexion, vu le")).to_be_visible()
    enter(page, visit, Fin="10:10", Commentaire="Douche.")
    valider(page)
    expect(page.get_by_text("1 visite est gardée")).to_be_visible()
    fit(page)
    world.act(visit, Action.CANCEL, world.as_manager, motif_id=world.motif().pk)
    phone.set_offline(False)
    expect(page.get_by_text("1 envoi est à revoir.")).to_be_visible()
    fit(page)
    page.get_by_role("button", name="Revoir").click()
    expect(page.get_by_role("heading", name="Une visite a changé avant votre envoi")).to_be_visible()
    fit(page)


def test_a_review_says_once_what_was_saved(live_server: Any, world: World, phone: BrowserContext) -> None:
    visit, gone = world.visit(), world.visit(start="14:00")
    page = open_list(phone, live_server.url)
    phone.set_offline(True)
    enter(page, visit)
    enter(page, gone)
    valider(page)
    expect(page.get_by_text("2 visites sont gardées sur ce téléphone.")).to_be_visible()
    world.act(gone, Action.CANCEL, world.as_manager, motif_id=world.motif().pk)
    phone.set_offline(False)
    page.get_by_role("button", name="Revoir").click()
    expect(page.get_by_role("heading", name="Une visite a changé avant votre envoi")).to_be_visible()
    expect(page.get_by_text("intervention enregistrée")).to_have_count(1)
    expect(page.get_by_text("déjà enregistrée")).to_have_count(0)
    assert (status(visit), status(gone), presses(world)) == (Status.DONE, Status.CANCELLED, 1)
