"""Mon planning under a finger; the intervenant's other pages without a script."""

import re
from decimal import Decimal
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from interventions.states import Action, Status
from tests.e2e.phone import sign_in
from tests.e2e.test_offline import status, world
from tests.factories import World

__all__ = ["world"]
pytestmark = pytest.mark.django_db(transaction=True)
DAY = "/intervenant/?vue=jour&date=2026-11-25"


def phone_page(browser: Browser, url: str, world: World, **options: Any) -> Page:
    """Open a phone of the intervenant."""
    context = browser.new_context(viewport={"width": 390, "height": 844}, base_url=url, **options)
    sign_in(context, url, world.intervenant)
    return context.new_page()


def swipe(page: Page, across: int, along: int = 0) -> None:
    """Draw a finger over the planning."""
    touch = page.context.new_cdp_session(page)
    start = {"x": 200, "y": 400}
    end = {"x": 200 + across, "y": 400 + along}
    touch.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [start]})
    touch.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": [end]})
    touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})


def test_a_swipe_goes_to_the_next_day_and_back(live_server: Any, world: World, browser: Browser) -> None:
    page = phone_page(browser, live_server.url, world, has_touch=True)
    page.goto(DAY)
    swipe(page, -30)
    swipe(page, -100, along=160)
    expect(page).to_have_url(re.compile("date=2026-11-25"))
    swipe(page, -140)
    expect(page).to_have_url(re.compile("date=2026-11-26"))
    swipe(page, 140)
    expect(page).to_have_url(re.compile("date=2026-11-25"))
    page.context.close()


def test_the_hours_against_the_contract_follow_the_week(live_server: Any, world: World, browser: Browser) -> None:
    world.visit(minutes=90)
    page = phone_page(browser, live_server.url, world)
    page.goto("/intervenant/?vue=semaine&date=2026-11-25")
    expect(page.get_by_text("1 visite · 1 h 30 sur 35 h au contrat")).to_be_visible()
    page.get_by_role("link", name="Suivant").click()
    expect(page.get_by_text(re.compile(r"0 visites? · 0.h sur 35.h au contrat"))).to_be_visible()
    page.get_by_role("link", name="Mois").click()
    expect(page.get_by_text("Décembre 2026").first).to_be_visible()
    expect(page.get_by_text("au contrat")).to_have_count(0)
    page.context.close()


def test_what_differs_from_the_plan_is_said_as_it_is_typed(live_server: Any, world: World, browser: Browser) -> None:
    visit = world.visit(km=Decimal("2.4"))
    page = phone_page(browser, live_server.url, world)
    page.goto("/intervenant/interventions/")
    card = page.locator(f"#visite-{visit.public_id}")
    said = card.locator("[data-summary]")
    expect(said).to_have_text("Comme prévu · 2,4 km", use_inner_text=True)
    card.get_by_text("Modifier").click()
    for field, typed, words in (
        ("Fin", "10:15", "Prévu 9 h 00 – 10 h 00 +15 min · 2,4 km"),
        ("Kilomètres", "12", "Prévu 9 h 00 – 10 h 00 +15 min · 2,4 km +9,6 km"),
        ("Fin", "10:00", "Prévu 9 h 00 – 10 h 00 · 2,4 km +9,6 km"),
        ("Kilomètres", "2,4", "Comme prévu · 2,4 km"),
    ):
        card.get_by_label(field).fill(typed)
        card.get_by_label(field).press("Tab")
        expect(said).to_have_text(words, use_inner_text=True)
    card.get_by_label("Fin").fill("10:15")
    page.on("dialog", lambda asked: asked.accept())  # something typed would be left: yes
    page.reload()
    expect(page.get_by_text("Votre saisie a été reprise.")).to_be_visible()
    expect(said).to_have_text("Prévu 9 h 00 – 10 h 00 +15 min · 2,4 km", use_inner_text=True)
    page.context.close()


def test_months_calendar_and_sheet_without_a_script(live_server: Any, world: World, browser: Browser) -> None:
    visit = world.visit()
    world.act(visit, Action.COMPLETE, world.as_intervenant)
    page = phone_page(browser, live_server.url, world, java_script_enabled=False)
    page.goto("/intervenant/historique/")
    page.get_by_role("link", name="Octobre 2026").click()
    expect(page.get_by_text("Aucune visite ce mois-là")).to_be_visible()
    page.get_by_role("link", name="Novembre 2026").click()
    page.get_by_role("main").get_by_role("link", name="Quéré").first.click()
    page.get_by_text("Corriger ce que j’ai déclaré").click()
    page.get_by_role("textbox", name="Kilomètres").fill("3")
    page.get_by_role("button", name="Corriger").click()
    expect(page.get_by_text("1 intervention enregistrée")).to_be_visible()
    page.goto("/intervenant/calendrier/")
    page.get_by_role("button", name="Créer mon adresse").click()
    assert page.get_by_label("Adresse à copier").input_value().startswith("http")
    page.context.close()


def test_a_visit_is_added_without_a_script(live_server: Any, world: World, browser: Browser) -> None:
    visit = world.visit()
    page = phone_page(browser, live_server.url, world, java_script_enabled=False)
    page.goto("/intervenant/interventions/nouvelle/")
    page.get_by_label("Client", exact=True).select_option(label="Mme Yvonne Quéré")
    page.get_by_label("Début").fill("07:10")
    page.get_by_label("Fin").fill("07:40")
    page.get_by_role("button", name="Ajouter").click()
    expect(page.get_by_text("1 intervention enregistrée")).to_be_visible()
    assert status(visit) == Status.PLANNED
    page.context.close()
