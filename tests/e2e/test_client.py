"""The client's portal in a real browser, with JavaScript and without: answer visits, follow what was asked."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings as product
from django.test import Client as Session
from playwright.sync_api import Browser, Locator, Page, expect

from interventions.models import Intervention, Proposition
from interventions.states import Action, Ground
from tests import factories
from tests.factories import World
from tests.portals.client.visits import YESTERDAY, a_done_visit, at, facts_of

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(params=[True, False], ids=["with JavaScript", "without JavaScript"])
def tab(request: pytest.FixtureRequest, browser: Browser, live_server: Any, world: World) -> Iterator[Page]:
    """A tablet on which the client is signed in, with JavaScript and without."""
    context = browser.new_context(
        java_script_enabled=request.param, viewport={"width": 820, "height": 1180}, base_url=live_server.url
    )
    session = Session()
    assert world.client.user is not None
    session.force_login(world.client.user)
    name = product.SESSION_COOKIE_NAME
    context.add_cookies([{"name": name, "value": session.cookies[name].value, "url": live_server.url}])
    yield context.new_page()
    context.close()


def card(tab: Page, visit: Intervention) -> Locator:
    """Return the block of one visit."""
    return tab.locator(f"#visite-{visit.public_id}")


def choose(tab: Page, motif: str) -> None:
    """Choose a motif de refus; without JavaScript a press brings the fields."""
    tab.get_by_label(motif, exact=True).check()
    further = tab.get_by_role("button", name="Continuer")
    if further.count():
        further.click()


def test_three_visits_answered_in_three_ways_and_taken_back(tab: Page, world: World) -> None:
    first, second, third = (a_done_visit(world, start=f"{hour:02d}:00") for hour in (8, 10, 12))
    tab.goto("/client/")
    expect(tab.get_by_text("3 visites à valider.")).to_be_visible()

    card(tab, first).get_by_role("button", name="Valider").click()
    expect(card(tab, first).get_by_text("Visite validée.")).to_be_visible()
    expect(tab.get_by_role("button", name="Valider toute la semaine (2 visites")).to_be_visible()

    card(tab, second).get_by_role("link", name="Modifier").click()
    choose(tab, "L’heure de départ n’est pas la bonne")
    tab.get_by_role("button", name="Valider la modification").click()
    expect(tab.get_by_text("Changez au moins une des valeurs").first).to_be_visible()
    tab.get_by_label("Heure de départ", exact=True).fill("10:45")
    tab.get_by_label("Un mot d’explication").fill("Elle est partie plus tôt.")
    tab.get_by_role("button", name="Valider la modification").click()
    expect(card(tab, second).get_by_text("Modification envoyée. Aïcha L. doit répondre.")).to_be_visible()

    card(tab, third).get_by_role("link", name="Annuler").click()
    tab.get_by_role("button", name="Valider l’annulation").click()
    expect(tab.get_by_text("Choisissez un motif.").first).to_be_visible()
    tab.get_by_label("La visite n’a pas eu lieu").check()
    tab.get_by_role("button", name="Valider l’annulation").click()
    expect(card(tab, third).get_by_text("Visite annulée.")).to_be_visible()
    expect(tab.get_by_text("Rien à valider")).to_be_visible()

    tab.get_by_role("link", name="Mes demandes").click()
    expect(tab.get_by_text("Elle est partie plus tôt.")).to_be_visible()
    card(tab, third).get_by_role("button", name="Reprendre").click()
    expect(tab.get_by_text("La visite attend de nouveau votre réponse.")).to_be_visible()
    statuses = Intervention.objects.order_by("retained_start").values_list("status", flat=True)
    assert list(statuses) == ["validated", "contested", "done"]
    assert Proposition.objects.get(intervention=second).end == factories.local(second.day, "10:45")


def test_a_week_in_one_press_with_one_row_that_changed(tab: Page, world: World) -> None:
    kept, changed = a_done_visit(world, start="08:00"), a_done_visit(world, start="10:00")
    tab.goto("/client/")
    world.act(changed, Action.CORRECT, world.as_intervenant, facts=facts_of(changed, "10:00", "12:00"))
    tab.get_by_role("button", name="Valider toute la semaine (2 visites").click()
    expect(tab.get_by_text("1 visite validée. Merci.")).to_be_visible()
    expect(tab.get_by_text("Cette visite a changé depuis que vous l’avez affichée")).to_be_visible()
    expect(card(tab, changed).get_by_text("de 10 h à 12 h")).to_be_visible()
    expect(card(tab, kept).get_by_text("Visite validée.")).to_be_visible()


def test_ten_visits_in_two_presses(tab: Page, world: World) -> None:
    """Two weeks of five visits: one press a week, counted; hours and visits are said before."""
    visits = [
        a_done_visit(world, day=YESTERDAY - timedelta(days=7 * week), start=f"{8 + n:02d}:00")
        for week in (1, 0)
        for n in range(5)
    ]
    tab.goto("/client/")
    whole = tab.get_by_role("button", name="Valider toute la semaine (5 visites, 5 h)")
    presses = 0
    for left in (1, 0):
        whole.first.click()
        presses += 1
        expect(whole).to_have_count(left)
    assert presses == 2
    assert Intervention.objects.filter(status="validated").count() == len(visits) == 10
    expect(tab.get_by_text("Rien à valider")).to_be_visible()


def test_valider_is_the_widest_of_the_three(tab: Page, world: World) -> None:
    visit = a_done_visit(world)
    tab.goto("/client/")
    buttons = [card(tab, visit).get_by_text(name, exact=True) for name in ("Valider", "Modifier", "Annuler")]
    boxes = [box for button in buttons if (box := button.bounding_box())]
    widths, heights = [box["width"] for box in boxes], [box["height"] for box in boxes]
    assert len(boxes) == len(buttons)
    assert widths[0] >= max(widths)
    assert min(heights) >= 56


def test_two_carers_at_once_validated_by_one_press(tab: Page, world: World) -> None:
    other = factories.an_intervenant(world.agence, first_name="Karim", last_name="Benali", civility="M.")
    first, second = a_done_visit(world), world.visit(intervenant_id=other.pk)
    world.act(second, Action.COMPLETE, factories.actor_of(other))
    tab.goto("/client/")
    together = tab.get_by_role("group", name="Aïcha L. et Karim B. étaient là en même temps")
    expect(together.get_by_role("article")).to_have_count(2)
    together.get_by_role("button", name="Valider les deux").click()
    expect(tab.get_by_text("2 visites validées. Merci.")).to_be_visible()
    expect(card(tab, first).get_by_text("Visite validée.")).to_be_visible()


def test_another_motif_keeps_the_hours_typed(tab: Page, world: World) -> None:
    visit = a_done_visit(world)
    tab.goto("/client/")
    card(tab, visit).get_by_role("link", name="Modifier").click()
    choose(tab, "L’heure de départ n’est pas la bonne")
    tab.get_by_label("Heure de départ", exact=True).fill("09:50")
    tab.get_by_label("Un mot d’explication").fill("Partie plus tôt.")
    choose(tab, "L’heure d’arrivée n’est pas la bonne")
    expect(tab.get_by_label("Heure de départ", exact=True)).to_have_value("09:50")
    expect(tab.get_by_label("Un mot d’explication")).to_have_value("Partie plus tôt.")
    tab.get_by_role("button", name="Valider la modification").click()
    expect(card(tab, visit).get_by_text("Modification envoyée.")).to_be_visible()
    assert Proposition.objects.get(intervention=visit).end == factories.local(visit.day, "09:50")


def test_the_list_read_aloud(tab: Page, world: World) -> None:
    """Names and order as a screen reader meets them: the sentence, what it compares with, then the three answers."""
    a_done_visit(world, declared=facts_of(world.visit(start="18:00"), "08:05", "09:10"), start="08:00")
    tab.goto("/client/")
    expect(tab.get_by_role("main")).to_match_aria_snapshot("""
        - heading "Mes prestations" [level=1]
        - paragraph: 1 visite à valider. Dites-nous si elle a bien eu lieu.
        - region "Semaine du 23 au 29 novembre":
          - heading "Semaine du 23 au 29 novembre" [level=2]
          - 'article /Mardi 24 novembre, Aïcha L. est venue de 8.h.05 à 9.h.10 \\(prévu.: 8.h à 9.h\\)/':
            - heading [level=3]
            - paragraph: 5 minutes de plus que prévu
            - button "Valider"
            - link "Modifier"
            - link "Annuler"
    """)


def test_a_stale_page_is_told_so_in_the_visits_place(tab: Page, world: World) -> None:
    visit = a_done_visit(world)
    tab.goto("/client/")
    world.act(visit, Action.VALIDATE, world.as_proche)
    card(tab, visit).get_by_role("button", name="Valider").click()
    expect(card(tab, visit).get_by_text("Cette visite a changé")).to_be_visible()


def test_a_validation_on_behalf_is_contested(tab: Page, world: World) -> None:
    visit = a_done_visit(world)
    world.act(visit, Action.VALIDATE_FOR_CLIENT, world.as_manager, ground=Ground.PHONE)
    tab.goto("/client/demandes/")
    card(tab, visit).get_by_role("link", name="Contester").click()
    choose(tab, "La visite n’a pas eu lieu")
    tab.get_by_role("button", name="Envoyer à l’agence").click()
    expect(tab.get_by_text("C’est envoyé. L’agence va décider")).to_be_visible()
    visit.refresh_from_db()
    assert visit.status == "arbitration"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(live_server: Any, browser: Browser, world: World, scheme: Any) -> None:
    visits = [a_done_visit(world, start=f"{hour:02d}:00", comment="Tout va bien.") for hour in (8, 10, 12)]
    motif = world.motif(kind="refus", opens_hours=True, opens_km=True)
    cancelled = world.visit(start="14:00")
    world.act(cancelled, Action.CANCEL, world.as_intervenant, comment="Porte close.")
    world.act(visits[2], Action.VALIDATE_FOR_CLIENT, world.as_manager, ground=Ground.PHONE)
    context = browser.new_context(color_scheme=scheme, bypass_csp=True, viewport={"width": 390, "height": 844})
    session = Session()
    session.force_login(world.proche.user)
    name = product.SESSION_COOKIE_NAME
    context.add_cookies([{"name": name, "value": session.cookies[name].value, "url": live_server.url}])
    page = context.new_page()
    for address in (
        "/client/",
        "/client/demandes/",
        "/client/planning/",
        "/client/historique/",
        at(visits[0]),
        at(visits[0], "modification") + f"?motif={motif.public_id}",
        at(visits[0], "annulation"),
        at(visits[2], "contestation") + "?motif=aucune",
        at(cancelled, "contestation"),
    ):
        page.goto(live_server.url + address)
        found = Axe().run(page)
        assert found.violations_count == 0, (address, found.generate_report())
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide == 0, address
    context.close()
