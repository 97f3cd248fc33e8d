"""What was typed and never sent: back with the page for whoever typed it, gone once saved, signed out or another's."""

from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from interventions.models import Intervention
from interventions.states import Action, Status
from tests.e2e.phone import LIST, enter, open_list, sign_in, until, valider
from tests.e2e.test_offline import phone, world
from tests.factories import World, a_world

__all__ = ["phone", "world"]
pytestmark = pytest.mark.django_db(transaction=True)
RESTORED = "Votre saisie a été reprise."
DRAFT = "() => sessionStorage.getItem('contreseing')"


def left_and_back(page: Page) -> None:
    """Leave by a link of the page, then press Back."""
    page.get_by_role("link", name="Mon planning").first.click()
    expect(page.get_by_role("heading", level=1)).not_to_have_text("Mes interventions")
    page.go_back()


def test_what_was_typed_is_there_after_back_and_gone_once_saved(
    live_server: Any, world: World, phone: BrowserContext
) -> None:
    visit, other = world.visit(), world.visit(start="14:00")
    page = open_list(phone, live_server.url)
    page.locator(f"#visite-{visit.public_id}").get_by_text("Modifier").click()
    page.locator(f"#visite-{visit.public_id}").get_by_label("Commentaire").fill("Douche.")
    page.locator(f"#visite-{visit.public_id}").get_by_text("Circulation difficile").click()
    enter(page, other, "Annulé")
    left_and_back(page)
    expect(page.get_by_text(RESTORED)).to_be_visible()
    card = page.locator(f"#visite-{visit.public_id}")
    expect(card.get_by_label("Commentaire")).to_have_value("Douche.")
    expect(card.get_by_role("checkbox", name="Circulation difficile")).to_be_checked()
    expect(card.get_by_role("checkbox", checked=True)).to_have_count(1)
    expect(page.locator(f"#visite-{other.public_id}").get_by_role("radio", name="Annulé")).to_be_checked()
    card.get_by_text("Réalisé", exact=True).click()
    valider(page)
    expect(page.get_by_text("2 interventions enregistrées")).to_be_visible()
    left_and_back(page)
    expect(page.get_by_text("Tout est validé")).to_be_visible()
    assert page.evaluate(DRAFT) is None
    made = Intervention.objects.get(pk=visit.pk)
    assert (made.status, made.comment) == (Status.DONE, "Douche. Circulation difficile.")


def test_what_was_typed_without_a_network_is_there_after_a_reload_without_one(
    live_server: Any, world: World, phone: BrowserContext
) -> None:
    visit, other = world.visit(), world.visit(start="14:00")
    page = open_list(phone, live_server.url)
    phone.set_offline(True)
    enter(page, visit, Début="09:05", Fin="10:10", Kilomètres="12", Commentaire="Douche.")
    enter(page, other, "Annulé")
    for _reload in range(2):
        page.reload()
        expect(page.get_by_text("Hors connexion", exact=True)).to_be_visible()
        expect(page.get_by_text(RESTORED)).to_be_visible()
        card = page.locator(f"#visite-{visit.public_id}")
        fields = ("Début", "09:05"), ("Fin", "10:10"), ("Kilomètres", "12"), ("Commentaire", "Douche.")
        for label, value in fields:
            expect(card.get_by_label(label)).to_have_value(value)
        expect(card.get_by_role("radio", name="Réalisé")).to_be_checked()
        expect(page.locator(f"#visite-{other.public_id}").get_by_role("radio", name="Annulé")).to_be_checked()
    phone.set_offline(False)
    expect(card.get_by_label("Commentaire")).to_have_value("Douche.")
    valider(page)
    expect(page.get_by_text("2 interventions enregistrées")).to_be_visible()
    made = Intervention.objects.get(pk=visit.pk)
    assert (made.status, made.comment, made.declared_km) == (Status.DONE, "Douche.", 12)


def test_a_draft_can_be_thrown_away(live_server: Any, world: World, phone: BrowserContext) -> None:
    visit = world.visit()
    page = open_list(phone, live_server.url)
    enter(page, visit, Commentaire="Non.")
    left_and_back(page)
    page.get_by_role("button", name="Effacer ma saisie").click()
    expect(page.locator(f"#visite-{visit.public_id}").get_by_label("Commentaire")).to_have_value("")
    expect(page.get_by_text(RESTORED)).to_be_hidden()
    assert page.evaluate(DRAFT) is None


def test_a_draft_of_a_visit_that_changed_meanwhile_is_said(
    live_server: Any, world: World, phone: BrowserContext
) -> None:
    visit = world.visit()
    page = open_list(phone, live_server.url)
    enter(page, visit, Commentaire="Douche.")
    world.act(visit, Action.CANCEL, world.as_intervenant)
    world.act(visit, Action.REOPEN, world.as_manager, reason="Erreur de saisie.")
    left_and_back(page)
    expect(page.get_by_text(RESTORED)).to_be_visible()
    valider(page)
    expect(page.get_by_text("Cette visite a changé depuis que vous l’avez affichée").first).to_be_visible()
    expect(page.locator(f"#visite-{visit.public_id}").get_by_label("Commentaire")).to_have_value("Douche.")


def test_an_added_visit_survives_the_back_button(live_server: Any, world: World, phone: BrowserContext) -> None:
    world.visit()
    page = phone.new_page()
    page.goto(f"{live_server.url}{LIST}nouvelle/")
    page.get_by_label("Début").fill("07:10")
    left_and_back(page)
    expect(page.get_by_text(RESTORED)).to_be_visible()
    expect(page.get_by_label("Début")).to_have_value("07:10")


def test_a_correction_survives_a_reload_and_goes_once_sent(
    live_server: Any, world: World, phone: BrowserContext
) -> None:
    visit = world.visit()
    world.act(visit, Action.COMPLETE, world.as_intervenant)
    page = phone.new_page()
    page.goto(f"{live_server.url}{LIST}{visit.public_id}/")
    page.get_by_text("Corriger ce que j’ai déclaré").click()
    page.get_by_label("Commentaire").fill("Douche.")
    page.get_by_role("textbox", name="Kilomètres").fill("7")
    page.reload()
    expect(page.get_by_text(RESTORED)).to_be_visible()
    expect(page.get_by_label("Commentaire")).to_have_value("Douche.")
    expect(page.get_by_role("textbox", name="Kilomètres")).to_have_value("7")
    page.get_by_role("button", name="Corriger", exact=True).click()
    expect(page.get_by_text("enregistrée").first).to_be_visible()
    page.reload()
    expect(page.get_by_text(RESTORED)).to_be_hidden()
    assert page.evaluate(DRAFT) is None
    assert Intervention.objects.get(pk=visit.pk).comment == "Douche."


def test_signing_out_and_another_person_leave_nothing_of_a_draft(
    live_server: Any, world: World, phone: BrowserContext
) -> None:
    visit, other = world.visit(), a_world(name="Agence Colline")
    page = open_list(phone, live_server.url)
    enter(page, visit, Commentaire="Douche.")
    assert "Douche." in page.evaluate(DRAFT)
    account = phone.new_page()
    account.goto(f"{live_server.url}/compte/")
    account.get_by_role("button", name="Se déconnecter").click()
    expect(account.get_by_role("heading", name="Connexion")).to_be_visible()
    until(page, "async () => sessionStorage.getItem('contreseing') === null")
    phone.clear_cookies()
    sign_in(phone, live_server.url, world.intervenant)
    page.goto(f"{live_server.url}{LIST}")
    enter(page, visit, Commentaire="Encore.")
    phone.clear_cookies()
    sign_in(phone, live_server.url, other.intervenant)
    page.goto(f"{live_server.url}{LIST}")
    expect(page.get_by_text("Tout est validé")).to_be_visible()
    assert page.evaluate(DRAFT) is None
