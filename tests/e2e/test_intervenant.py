"""The intervenant's portal in a real browser: a day in two taps, a double press, two tabs, axe on every page."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings as configured
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from interventions.guards import Facts
from interventions.models import Intervention
from interventions.states import Action, Status
from tests.factories import NOW, World, a_world

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def world(settings: Any, transactional_db: None) -> World:
    """An agency with one of each; the clock stands at NOW."""
    settings.CLOCK_OFFSET_SECONDS = (NOW - datetime.now(UTC)).total_seconds()
    return a_world(name="Agence Rivage")


def signed_in(context: BrowserContext, live_server: Any, world: World) -> None:
    session = Client()
    assert world.intervenant.user is not None
    session.force_login(world.intervenant.user)
    name = configured.SESSION_COOKIE_NAME
    context.add_cookies([{"name": name, "value": session.cookies[name].value, "url": live_server.url}])


@pytest.fixture(params=[True, False], ids=["with JavaScript", "without JavaScript"])
def phone(
    request: pytest.FixtureRequest, browser: Browser, live_server: Any, world: World
) -> Iterator[BrowserContext]:
    """The intervenant's phone, with JavaScript and without."""
    context = browser.new_context(java_script_enabled=request.param, viewport={"width": 390, "height": 844})
    signed_in(context, live_server, world)
    yield context
    context.close()


def on_list(phone: BrowserContext, live_server: Any) -> Page:
    page = phone.new_page()
    page.goto(f"{live_server.url}/intervenant/interventions/")
    return page


def statuses(*visits: Intervention) -> list[str]:
    return [Intervention.objects.get(pk=visit.pk).status for visit in visits]


def six_visits(world: World) -> list[Intervention]:
    return [world.visit(start=f"{8 + n * 2:02d}:00", minutes=45) for n in range(6)]


class Thumb:
    """Counts what a thumb does at 390 px; what it types once a field is open is typing, not a tap."""

    def __init__(self, page: Page) -> None:
        self.page, self.taps = page, 0

    def tap(self, place: Locator) -> None:
        """Touch something."""
        place.click()
        self.taps += 1

    def enter(self, place: Locator, text: str) -> None:
        """Touch a field and type."""
        self.tap(place)
        place.fill(text)


def test_a_day_of_six_visits_in_two_taps(live_server: Any, world: World, phone: BrowserContext) -> None:
    day = six_visits(world)
    page = on_list(phone, live_server)
    whole_day = Thumb(page)
    whole_day.tap(page.get_by_role("button", name="Tout est conforme"))
    expect(page.get_by_role("radio", name="Réalisé", checked=True)).to_have_count(6)
    whole_day.tap(page.get_by_role("button", name="Valider"))
    expect(page.get_by_text("6 interventions enregistrées")).to_be_visible()
    assert (whole_day.taps, statuses(*day)) == (2, [Status.DONE] * 6)


def test_hours_other_than_planned_take_five_taps(live_server: Any, world: World, phone: BrowserContext) -> None:
    visit = six_visits(world)[2]
    page = on_list(phone, live_server)
    thumb, card = Thumb(page), page.locator(f"#visite-{visit.public_id}")
    thumb.tap(card.get_by_text("Modifier"))
    thumb.enter(card.get_by_label("Fin"), "13:15")
    thumb.tap(card.get_by_text("Circulation difficile"))
    thumb.tap(card.get_by_text("Réalisé", exact=True))
    thumb.tap(page.get_by_role("button", name="Valider"))
    expect(page.get_by_text("1 intervention enregistrée")).to_be_visible()
    made = Intervention.objects.get(pk=visit.pk)
    assert (thumb.taps, made.status, made.comment) == (5, Status.DONE, "Circulation difficile.")


def test_a_declaration_is_corrected_in_five_taps(live_server: Any, world: World, phone: BrowserContext) -> None:
    visit = world.visit()
    world.act(visit, Action.COMPLETE, world.as_intervenant)
    page = on_list(phone, live_server)
    thumb = Thumb(page)
    thumb.tap(page.get_by_role("link", name="Corriger"))
    thumb.enter(page.get_by_label("Fin"), "10:45")
    thumb.tap(page.get_by_text("Soins plus longs que prévu"))
    thumb.tap(page.get_by_role("button", name="Corriger"))
    expect(page.get_by_text("1 intervention enregistrée")).to_be_visible()
    declared = Intervention.objects.get(pk=visit.pk).declared
    assert declared is not None
    assert (thumb.taps, declared.end - declared.start) == (4, timedelta(minutes=105))


def test_one_visit_is_corrected_and_another_kept_on_screen(
    live_server: Any, world: World, phone: BrowserContext
) -> None:
    longer, kept = world.visit(start="08:00"), world.visit(start="14:00")
    page = on_list(phone, live_server)
    first, second = page.locator(f"#visite-{longer.public_id}"), page.locator(f"#visite-{kept.public_id}")
    first.get_by_text("Modifier").click()
    first.get_by_label("Fin").fill("09:40")
    first.get_by_text("Réalisé", exact=True).click()
    second.get_by_text("Modifier").click()
    second.get_by_label("Commentaire").fill("À compléter.")
    page.get_by_role("button", name="Valider").click()
    expect(page.get_by_role("alert").get_by_text("40 minutes de plus que prévu.")).to_be_visible()
    expect(first.get_by_text("40 minutes de plus que prévu.")).to_be_visible()
    expect(second.get_by_label("Commentaire")).to_have_value("À compléter.")
    assert statuses(longer) == [Status.PLANNED]
    first.get_by_text("Soins plus longs que prévu").click()
    page.get_by_role("button", name="Valider quand même").click()
    expect(page.get_by_text("reste à N/B")).to_be_visible()
    expect(second.get_by_label("Commentaire")).to_have_value("À compléter.")
    assert statuses(longer, kept) == [Status.DONE, Status.PLANNED]


def test_a_double_press_is_one_press(live_server: Any, world: World, phone: BrowserContext) -> None:
    visit = world.visit()
    page = on_list(phone, live_server)
    page.locator("article").get_by_text("Réalisé", exact=True).click()
    page.get_by_role("button", name="Valider").dblclick()
    expect(page.get_by_text("intervention enregistrée")).to_be_visible()
    assert (statuses(visit), Intervention.objects.get().version) == ([Status.DONE], visit.version + 1)


def test_what_two_tabs_do_to_each_other_is_said(live_server: Any, world: World, phone: BrowserContext) -> None:
    visit = world.visit()
    here, there = on_list(phone, live_server), on_list(phone, live_server)
    there.locator("article").get_by_text("Annulé", exact=True).click()
    there.get_by_role("button", name="Valider").click()
    expect(there.get_by_text("1 intervention enregistrée")).to_be_visible()
    here.locator("article").get_by_text("Réalisé", exact=True).click()
    here.get_by_role("button", name="Valider").click()
    expect(here.get_by_text("Cette visite a changé depuis que vous l’avez affichée").first).to_be_visible()
    assert statuses(visit) == [Status.CANCELLED]


def test_accepter_and_refuser(live_server: Any, world: World, phone: BrowserContext) -> None:
    taken, left = (contested(world, start) for start in ("08:00", "14:00"))
    page = phone.new_page()
    page.goto(f"{live_server.url}/intervenant/refusees/")
    page.locator(f"#visite-{taken.public_id}").get_by_role("button", name="Accepter").click()
    expect(page.get_by_text("Modification acceptée")).to_be_visible()
    page.locator(f"#visite-{left.public_id}").get_by_label("Commentaire").fill("J’étais là.")
    page.locator(f"#visite-{left.public_id}").get_by_role("button", name="Refuser").click()
    expect(page.get_by_role("heading", name="En attente de la décision de l’agence")).to_be_visible()
    assert statuses(taken, left) == [Status.VALIDATED, Status.ARBITRATION]


def contested(world: World, start: str) -> Intervention:
    visit = world.visit(start=start)
    world.act(visit, Action.COMPLETE, world.as_intervenant)
    facts = Facts(visit.retained_start, visit.retained_end - timedelta(minutes=15), visit.retained_km)
    motif = world.motif(kind="refus", opens_hours=True)
    world.act(visit, Action.CONTEST, world.as_client, facts=facts, motif_id=motif.pk, comment="Partie plus tôt.")
    return visit


def test_every_page_passes_axe(live_server: Any, world: World, page: Page) -> None:
    signed_in(page.context, live_server, world)
    page.set_viewport_size({"width": 390, "height": 844})
    waiting, refused = world.visit(start="10:00"), contested(world, "08:00")
    done, gone = world.visit(start="14:00"), world.visit(start="16:00", contrat_id=None)
    world.act(done, Action.COMPLETE, world.as_intervenant, comment="Bien.")
    world.act(gone, Action.CANCEL, world.as_manager, motif_id=world.motif().pk)
    sheets = [f"interventions/{visit.public_id}/" for visit in (waiting, refused, done, gone)]
    views = [f"?vue={vue}&date=2026-11-24" for vue in ("jour", "semaine", "mois")]
    added = ("interventions/nouvelle/", "refusees/", "historique/", "calendrier/")
    for path in (*views, *sheets, "interventions/", *added):
        page.goto(f"{live_server.url}/intervenant/{path}")
        for folded in page.locator("main details").all():
            folded.evaluate("element => element.open = true")
        results = Axe().run(page)
        assert results.violations_count == 0, (path, results.generate_report())
