"""Presses that meet: two at once, one repeated, one on a page no longer true. Each says so, nothing is lost."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.conf import settings as product
from django.test import Client as Session
from playwright.sync_api import Browser, BrowserContext, Page, expect

from interventions.models import Intervention, JournalEntry, User
from interventions.states import Action
from tests.factories import World

pytestmark = pytest.mark.django_db(transaction=True)

CHANGED = "Cette visite a changé depuis que vous l’avez affichée"
both = pytest.mark.parametrize("script", [True, False], ids=["with JavaScript", "without JavaScript"])


@dataclass
class Windows:
    """Opens windows of signed-in people."""

    browser: Browser
    url: str
    opened: list[BrowserContext]

    def open(self, user: User | None, address: str, *, script: bool = True) -> Page:
        """Open a page as this person, in a browser of its own."""
        context = self.browser.new_context(base_url=self.url, java_script_enabled=script)
        self.opened.append(context)
        session, name = Session(), product.SESSION_COOKIE_NAME
        assert user is not None
        session.force_login(user)
        context.add_cookies([{"name": name, "value": session.cookies[name].value, "url": self.url}])
        page = context.new_page()
        page.goto(address)
        return page


@pytest.fixture
def windows(browser: Browser, live_server: Any, world: World) -> Iterator[Windows]:
    made = Windows(browser, live_server.url, [])
    yield made
    for context in made.opened:
        context.close()


def journal(visit: Intervention) -> list[str]:
    """Return what happened to a visit, in order."""
    return list(JournalEntry.objects.filter(intervention=visit).order_by("version").values_list("action", flat=True))


def done(world: World, start: str = "09:00") -> Intervention:
    """Return a visit that waits for the client."""
    visit = world.visit(start=start)
    world.act(visit, Action.COMPLETE, world.as_intervenant)
    return visit


def without_waiting(page: Page, name: str) -> Callable[[], None]:
    """Press a button of a page without waiting for its answer, and return what waits for it."""
    button = page.get_by_role("button", name=name).first
    button.evaluate("button => { button.form.dataset.there = '1' }")
    button.click(no_wait_after=True)
    return lambda: expect(page.locator("form[data-there]")).to_have_count(0)


@both
def test_client_and_proche_validate_the_same_week_at_once(world: World, windows: Windows, script: bool) -> None:
    visits = [done(world, f"{hour:02d}:00") for hour in (8, 10, 12)]
    client, proche = (windows.open(person.user, "/client/", script=script) for person in (world.client, world.proche))
    waits = [without_waiting(page, "Valider toute la semaine (3 visites") for page in (client, proche)]
    for wait in waits:
        wait()
    said = client.get_by_role("status").inner_text() + proche.get_by_role("status").inner_text()
    assert said.count(CHANGED) + said.count("L’état de cette visite ne permet plus") == 3
    assert "visites validées. Merci." in said or said.count("visite validée. Merci.") == 1
    assert [journal(visit) for visit in visits] == [["plan", "complete", "validate"]] * 3


@both
def test_manager_and_client_act_on_one_visit_at_once(world: World, windows: Windows, script: bool) -> None:
    visit = done(world)
    client = windows.open(world.client.user, "/client/", script=script)
    manager = windows.open(world.gestionnaire.user, f"/gestion/interventions/{visit.public_id}/renvoi/", script=script)
    manager.get_by_label("Pourquoi").fill("Mauvais jour")
    waits = [without_waiting(client, "Valider"), without_waiting(manager, "Renvoyer")]
    for wait in waits:
        wait()
    visit.refresh_from_db()
    if visit.status == "validated":
        expect(manager.get_by_text(CHANGED).or_(manager.get_by_text("L’état de cette visite")).first).to_be_visible()
        assert journal(visit) == ["plan", "complete", "validate"]
    else:
        expect(client.get_by_text(CHANGED).or_(client.get_by_text("L’état de cette visite")).first).to_be_visible()
        assert journal(visit) == ["plan", "complete", "send_back"]


@both
def test_a_double_click_is_one_press(world: World, windows: Windows, script: bool) -> None:
    visit = done(world)
    page = windows.open(world.client.user, "/client/", script=script)
    page.get_by_role("button", name="Valider", exact=True).dblclick()
    expect(page.get_by_text("Visite validée.")).to_be_visible()
    assert journal(visit) == ["plan", "complete", "validate"]


@both
def test_back_and_press_again_is_told_that_it_was_done(world: World, windows: Windows, script: bool) -> None:
    first, second = done(world, "08:00"), done(world, "10:00")
    page = windows.open(world.gestionnaire.user, "/suivi/?statut=done", script=script)
    for box in page.get_by_role("checkbox", name="Quéré").all():
        box.check()
    page.get_by_role("button", name="Valider à la place du client").click()
    page.get_by_label("Téléphone").check()
    page.get_by_role("button", name="Valider les 2 visites").click()
    expect(page.get_by_role("heading", name="2 visites validées")).to_be_visible()
    page.go_back()
    expect(page.get_by_role("heading", name="Aucune de ces visites n’est concernée")).to_be_visible()
    expect(page.get_by_role("button", name="Valider les 2 visites")).to_have_count(0)
    assert journal(first) == journal(second) == ["plan", "complete", "validate_for_client"]


@both
def test_reloading_the_answer_to_a_press_presses_nothing(world: World, windows: Windows, script: bool) -> None:
    visit = world.visit()
    page = windows.open(world.intervenant.user, "/intervenant/interventions/", script=script)
    page.locator("article").get_by_text("Réalisé", exact=True).click()
    page.get_by_role("button", name="Valider").click()
    expect(page.get_by_text("1 intervention enregistrée")).to_be_visible()
    page.reload()
    expect(page.get_by_role("heading", name="Mes interventions")).to_be_visible()
    expect(page.get_by_text("1 intervention enregistrée")).to_have_count(0)
    assert journal(visit) == ["plan", "complete"]


def test_the_same_form_sent_again_says_that_it_was_recorded(world: World, windows: Windows) -> None:
    visit = done(world)
    address = f"/gestion/interventions/{visit.public_id}/renvoi/"
    page = windows.open(world.gestionnaire.user, address)
    page.get_by_label("Pourquoi").fill("Mauvais jour")
    form = page.locator("form[data-guard]").evaluate("form => Object.fromEntries(new FormData(form))")
    page.get_by_role("button", name="Renvoyer").click()
    expect(page.get_by_role("status")).to_contain_text("1 intervention enregistrée")
    again = page.request.post(address, form=form, headers={"Referer": page.url})
    assert again.status == 200
    assert "Cette demande était déjà enregistrée" in again.text()
    assert journal(visit) == ["plan", "complete", "send_back"]


@both
def test_a_page_that_is_no_longer_true(world: World, windows: Windows, script: bool) -> None:
    visit = done(world)
    stale = f"/intervenant/interventions/{visit.public_id}/"
    carer = windows.open(world.intervenant.user, stale, script=script)
    tracking = windows.open(world.gestionnaire.user, "/suivi/?statut=done", script=script)
    tracking.get_by_role("checkbox", name="Quéré").check()
    tracking.get_by_role("button", name="Valider à la place du client").click()
    tracking.get_by_label("Téléphone").check()
    world.act(visit, Action.VALIDATE, world.as_client)
    tracking.get_by_role("button", name="Valider la visite").click()
    expect(tracking.get_by_role("heading", name="Aucune visite faite, 1 laissée")).to_be_visible()
    expect(tracking.locator("tbody tr")).to_contain_text("Laissée")
    carer.get_by_text("Corriger ce que j’ai déclaré").click()
    carer.get_by_role("textbox", name="Kilomètres").fill("9")
    carer.get_by_role("button", name="Corriger").click()
    expect(carer.get_by_text(CHANGED).first).to_be_visible()
    assert journal(visit) == ["plan", "complete", "validate"]
