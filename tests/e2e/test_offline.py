"""Without a network: what was seen opens, what is entered waits, and is saved once whatever happens to it."""

import re
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

from interventions.models import Batch, Intervention
from interventions.states import Action, Status
from tests.e2e.phone import KEPT, LIST, REPORT, VALIDER, enter, is_kept, open_list, sign_in, traces, until, valider
from tests.factories import NOW, World, a_world

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def world(settings: Any, transactional_db: None) -> World:
    """An agency with one of each; the clock stands at NOW."""
    settings.CLOCK_OFFSET_SECONDS = (NOW - datetime.now(UTC)).total_seconds()
    return a_world(name="Agence Rivage")


@pytest.fixture
def phone(browser: Browser, live_server: Any, world: World) -> Iterator[BrowserContext]:
    """The intervenant's phone."""
    context = browser.new_context(viewport={"width": 390, "height": 844}, locale="fr-FR")
    sign_in(context, live_server.url, world.intervenant)
    yield context
    context.close()
    time.sleep(0.5)  # what the worker had asked for is still being answered


def status(visit: Intervention) -> str:
    return Intervention.objects.get(pk=visit.pk).status


def presses(world: World) -> int:
    return Batch.objects.filter(actor_id=world.intervenant.user_id).count()


def test_entered_offline_kept_over_a_reload_and_saved_once(
    live_server: Any, world: World, phone: BrowserContext
) -> None:
    visit, other = world.visit(), world.visit(start="14:00")
    page = open_list(phone, live_server.url)
    phone.set_offline(True)
    page.reload()
    expect(page.get_by_text("Hors connexion, vu le mercredi 25 novembre à 12 h 00.")).to_be_visible()
    enter(page, visit, Commentaire="Douche.")
    valider(page)
    expect(page.get_by_text("1 visite est gardée sur ce téléphone.")).to_be_visible()
    # Chromium 150 forgets at a reload that Playwright has cut the network: navigator.onLine says true, where a phone's
    # says false. Either sentence promises the same.
    why = re.compile(r"Envoi automatique au retour du réseau\.|un nouvel essai se fera tout seul\.")
    expect(page.locator("[data-why]:visible").filter(has_text=why)).to_have_count(1)
    page.reload()
    expect(page.get_by_text("1 visite est gardée sur ce téléphone.")).to_be_visible()
    card = page.locator(f"#visite-{visit.public_id}")
    expect(card.get_by_role("radio", name="Réalisé")).to_be_disabled()
    expect(card.get_by_label("Commentaire")).to_have_value("Douche.")
    assert (status(visit), presses(world)) == (Status.PLANNED, 0)
    enter(page, other, "Annulé")
    valider(page)
    expect(page.get_by_text("2 visites sont gardées sur ce téléphone.")).to_be_visible()
    phone.set_offline(False)
    expect(page.get_by_text("intervention enregistrée").first).to_be_visible()
    expect(page.get_by_text("gardées sur ce téléphone")).to_be_hidden()
    assert (status(visit), status(other), presses(world)) == (Status.DONE, Status.CANCELLED, 2)
    assert Intervention.objects.get(pk=visit.pk).comment == "Douche."


def test_killed_between_send_and_answer_it_is_one_act(live_server: Any, world: World, phone: BrowserContext) -> None:
    visit = world.visit()
    page = open_list(phone, live_server.url)

    def killed(route: Route) -> None:
        route.fetch()  # the server does it, and nobody hears of it
        route.abort()

    page.route(f"**{VALIDER}", killed)
    enter(page, visit)
    with page.expect_event("requestfailed"):
        valider(page)
    assert (status(visit), presses(world)) == (Status.DONE, 1)
    page.close()
    again = phone.new_page()
    again.goto(f"{live_server.url}{LIST}")
    expect(again.get_by_text("Tout est validé")).to_be_visible()
    until(again, "() => contreseing.entries().then((kept) => !kept.length)")
    expect(again.get_by_text("gardée sur ce téléphone")).to_be_hidden()
    assert (presses(world), Intervention.objects.get(pk=visit.pk).version) == (1, visit.version + 1)


def test_a_session_that_ended_meanwhile_keeps_the_queue_and_sends_it_after_sign_in(
    live_server: Any, world: World, phone: BrowserContext
) -> None:
    visit = world.visit()
    page = open_list(phone, live_server.url)
    phone.clear_cookies()
    enter(page, visit)
    valider(page)
    expect(page.get_by_text("Vous n’êtes plus connecté")).to_be_visible()
    expect(page.get_by_role("link", name="Se reconnecter")).to_be_visible()
    page.get_by_role("link", name="Se reconnecter").click()
    expect(page.get_by_text("1 visite est gardée sur ce téléphone")).to_be_visible()
    sign_in(phone, live_server.url, world.intervenant)
    page.goto(f"{live_server.url}{LIST}")
    expect(page.get_by_text("1 intervention enregistrée")).to_be_visible()
    assert (status(visit), presses(world)) == (Status.DONE, 1)


def test_another_person_finds_nothing_of_the_first_and_sends_nothing_of_theirs(
    live_server: Any, world: World, phone: BrowserContext
) -> None:
    visit, other = world.visit(), a_world(name="Agence Colline")
    page = open_list(phone, live_server.url)
    phone.set_offline(True)
    enter(page, visit)
    valider(page)
    expect(page.get_by_text("gardée sur ce téléphone")).to_be_visible()
    phone.clear_cookies()
    sign_in(phone, live_server.url, other.intervenant)
    page.close()
    phone.set_offline(False)
    theirs = phone.new_page()
    theirs.goto(f"{live_server.url}{LIST}")
    expect(theirs.get_by_text("l’envoi d’une autre personne")).to_be_visible()
    expect(theirs.get_by_text("Tout est validé")).to_be_visible()
    for path in (LIST, REPORT):
        until(theirs, is_kept(path))
        kept = theirs.evaluate(f"() => caches.match('{path}').then((answer) => answer.text())")
        assert "Quéré" not in kept
    assert traces(theirs)["entries"] == 0
    assert (status(visit), presses(world), presses(other)) == (Status.PLANNED, 0, 0)


def test_a_conflict_shows_both_sides_and_stays_until_it_was_seen(
    live_server: Any, world: World, phone: BrowserContext
) -> None:
    visit = world.visit()
    page = open_list(phone, live_server.url)
    phone.set_offline(True)
    enter(page, visit, Fin="10:10", Commentaire="Douche.")
    valider(page)
    expect(page.get_by_text("gardée sur ce téléphone")).to_be_visible()
    world.act(visit, Action.CANCEL, world.as_manager, motif_id=world.motif().pk)
    phone.set_offline(False)
    expect(page.get_by_text("1 envoi est à revoir.")).to_be_visible()
    page.get_by_role("button", name="Revoir").click()
    expect(page.get_by_role("heading", name="Une visite a changé avant votre envoi")).to_be_visible()
    expect(page.get_by_text("Réalisé, 9 h 00 – 10 h 10, 2,4 km, « Douche. »")).to_be_visible()
    expect(page.get_by_text("Annulée, 9 h 00 – 10 h 00, 2,4 km")).to_be_visible()
    page.goto(f"{live_server.url}{LIST}")
    expect(page.get_by_text("1 envoi est à revoir.")).to_be_visible()
    page.get_by_role("button", name="Revoir").click()
    page.get_by_role("link", name="J’ai vu").click()
    expect(page.get_by_text("Tout est validé")).to_be_visible()
    expect(page.get_by_text("à revoir")).to_be_hidden()
    assert traces(page)["entries"] == 0
    assert status(visit) == Status.CANCELLED


def test_a_warning_from_the_queue_is_asked_and_then_saved(
    live_server: Any, world: World, phone: BrowserContext
) -> None:
    visit = world.visit()
    page = open_list(phone, live_server.url)
    phone.set_offline(True)
    enter(page, visit, Fin="11:30")
    valider(page)
    expect(page.get_by_text("gardée sur ce téléphone")).to_be_visible()
    phone.set_offline(False)
    page.get_by_role("button", name="Revoir").click()
    expect(page.locator(f"#visite-{visit.public_id}").get_by_label("Fin")).to_have_value("11:30")
    expect(page.get_by_text("de plus que prévu.").first).to_be_visible()
    page.locator(f"#visite-{visit.public_id}").get_by_label("Commentaire").fill("Pansement refait.")
    valider(page)
    expect(page.get_by_text("1 intervention enregistrée")).to_be_visible()
    assert (status(visit), traces(page)["entries"]) == (Status.DONE, 0)


def test_what_waits_can_be_opened_again_and_corrected(live_server: Any, world: World, phone: BrowserContext) -> None:
    visit = world.visit()
    page = open_list(phone, live_server.url)
    phone.set_offline(True)
    enter(page, visit, Commentaire="Non.")
    valider(page)
    page.get_by_role("button", name="Rouvrir").click()
    expect(page.get_by_text("gardée sur ce téléphone")).to_be_hidden()
    page.locator(f"#visite-{visit.public_id}").get_by_label("Commentaire").fill("Oui.")
    valider(page)
    expect(page.get_by_text("1 visite est gardée sur ce téléphone.")).to_be_visible()
    phone.set_offline(False)
    expect(page.get_by_text("1 intervention enregistrée")).to_be_visible()
    assert (presses(world), Intervention.objects.get(pk=visit.pk).comment) == (1, "Oui.")


def test_other_pages_without_a_network_lead_to_the_list(live_server: Any, world: World, phone: BrowserContext) -> None:
    world.visit()
    page = open_list(phone, live_server.url)
    until(page, "() => navigator.serviceWorker.controller !== null")
    phone.set_offline(True)
    page.goto(f"{live_server.url}/intervenant/refusees/")
    expect(page).to_have_url(f"{live_server.url}{LIST}")
    expect(page.get_by_text("Hors connexion", exact=True)).to_be_visible()


def test_signing_out_asks_once_if_something_waits_and_leaves_no_trace(
    live_server: Any, world: World, phone: BrowserContext
) -> None:
    visit = world.visit()
    page = open_list(phone, live_server.url)
    phone.set_offline(True)
    enter(page, visit, Fin="11:30")
    valider(page)
    expect(page.get_by_text("gardée sur ce téléphone")).to_be_visible()
    phone.set_offline(False)
    expect(page.get_by_text("1 envoi est à revoir.")).to_be_visible()
    page.close()
    account = phone.new_page()
    account.goto(f"{live_server.url}/compte/")
    until(account, is_kept(REPORT))
    assert traces(account)["entries"] == 1
    account.get_by_role("button", name="Se déconnecter").click()
    expect(account.get_by_text("1 visite n’est pas encore envoyée.")).to_be_visible()
    assert traces(account)["entries"] == 1
    account.get_by_role("button", name="Se déconnecter").click()
    expect(account.get_by_role("heading", name="Connexion")).to_be_visible()
    assert traces(account) == {"pages": 0, "entries": 0, "owner": None, "workers": 0}


def open_report(phone: BrowserContext, url: str, world: World) -> Page:
    """Open «Ajouter une intervention» on a phone that has the list, and take its network away once it is filled in."""
    world.visit()
    page = open_list(phone, url)
    page.goto(f"{url}{LIST}nouvelle/")
    until(page, "() => navigator.serviceWorker.controller !== null")
    phone.set_offline(True)
    page.get_by_label("Client", exact=True).select_option(label=world.client.full_name)
    page.get_by_label("Début", exact=True).fill("14:00")
    page.get_by_label("Durée").select_option("90")
    return page


def added() -> list[tuple[str, int]]:
    made = Intervention.objects.filter(origin="intervenant")
    return [(visit.status, int((visit.retained_end - visit.retained_start).total_seconds() // 60)) for visit in made]


def test_a_visit_added_offline_waits_over_a_reload_and_is_saved_once(
    live_server: Any, world: World, phone: BrowserContext
) -> None:
    page = open_report(phone, live_server.url, world)
    page.get_by_role("button", name="Ajouter", exact=True).click()
    expect(page.get_by_text("1 visite est gardée sur ce téléphone.")).to_be_visible()
    expect(page.get_by_text(f"{world.client.full_name}, mardi 24 novembre, 14:00")).to_be_visible()
    expect(page.get_by_label("Début")).to_have_value("")
    page.get_by_role("button", name="Ajouter", exact=True).click()  # of an empty form: nothing more is kept
    expect(page.get_by_label("Client", exact=True)).to_be_focused()
    page.reload()
    expect(page.get_by_text("Hors connexion", exact=True)).to_be_visible()
    expect(page.get_by_text("1 visite est gardée sur ce téléphone.")).to_be_visible()
    assert (added(), presses(world)) == ([], 0)
    phone.set_offline(False)
    expect(page.get_by_text("1 intervention enregistrée")).to_be_visible()
    expect(page.get_by_text("gardée sur ce téléphone")).to_be_hidden()
    assert (added(), presses(world), traces(page)["entries"]) == ([(Status.DONE, 90)], 1, 0)


@pytest.mark.parametrize("days", [0, 1], ids=["today's copy", "yesterday's copy"])
def test_ajouter_opens_without_a_network_though_nobody_opened_it(
    live_server: Any, world: World, phone: BrowserContext, days: int
) -> None:
    world.visit()
    page = open_list(phone, live_server.url)
    until(page, is_kept(REPORT))
    until(page, "() => navigator.serviceWorker.controller !== null")
    page.clock.set_fixed_time(NOW + timedelta(days=days))
    phone.set_offline(True)
    page.get_by_role("link", name="Ajouter une intervention").click()
    expect(page.get_by_text("Hors connexion, vu le mercredi 25 novembre à 12 h 00.")).to_be_visible()
    day = page.get_by_label("Date", exact=True)
    # An old copy proposes no date, and lets one be entered that it took for the future.
    expect(day).to_have_value("" if days else "2026-11-24")
    assert day.get_attribute("max") == (None if days else "2026-11-24")
    day.fill("2026-11-24")
    page.get_by_label("Client", exact=True).select_option(label=world.client.full_name)
    page.get_by_label("Début", exact=True).fill("14:00")
    page.get_by_label("Durée").select_option("90")
    page.get_by_role("button", name="Ajouter", exact=True).click()
    expect(page.get_by_text("1 visite est gardée sur ce téléphone.")).to_be_visible()
    phone.set_offline(False)
    expect(page.get_by_text("1 intervention enregistrée")).to_be_visible()
    assert (added(), presses(world), traces(page)["entries"]) == ([(Status.DONE, 90)], 1, 0)


@pytest.mark.parametrize("other", ['data-day="2026-11-24"', 'data-door="another"'])
def test_ajouter_is_kept_anew_on_another_day_and_at_another_door(
    live_server: Any, world: World, phone: BrowserContext, other: str
) -> None:
    world.visit()
    page = open_list(phone, live_server.url)
    until(page, is_kept(REPORT))
    until(
        page,
        f"() => caches.open('{KEPT}').then((all) => all.put('{REPORT}', new Response('{other}'))).then(() => true)",
    )
    page.reload()
    until(page, is_kept(REPORT, "Revenir sans ajouter"))


def test_an_added_visit_that_overlaps_by_then_is_asked_and_then_saved(
    live_server: Any, world: World, phone: BrowserContext
) -> None:
    page = open_report(phone, live_server.url, world)
    page.get_by_role("button", name="Ajouter", exact=True).click()
    expect(page.get_by_text("1 visite est gardée sur ce téléphone.")).to_be_visible()
    world.visit(start="14:30")
    phone.set_offline(False)
    expect(page.get_by_text("1 envoi est à revoir.")).to_be_visible()
    assert added() == []
    page.get_by_role("button", name="Revoir").click()
    expect(page.get_by_text("Chevauche de").first).to_be_visible()
    expect(page.get_by_label("Début")).to_have_value("14:00")
    page.get_by_role("button", name="Ajouter quand même").click()
    expect(page.get_by_text("1 intervention enregistrée")).to_be_visible()
    assert (added(), presses(world), traces(page)["entries"]) == ([(Status.DONE, 90)], 1, 0)
