"""The desk in a real browser: nothing for axe to find, every act with JavaScript and without, a press repeated."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.test import Client as Signed
from playwright.sync_api import Browser, Page, expect

from interventions.guards import Facts
from interventions.models import Intervention
from interventions.states import Action, Status
from tests import factories
from tests.factories import World

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def world() -> World:
    return factories.a_world_today()


def disputed(world: World) -> Intervention:
    """Return a visit that waits for a decision."""
    visit = world.visit()
    world.act(visit, Action.COMPLETE, world.as_intervenant, comment="Rangé la cuisine.")
    shorter = Facts(visit.retained_start, visit.retained_end - timedelta(minutes=15), visit.retained_km)
    motif = world.motif("départ", kind="refus")
    world.act(visit, Action.CONTEST, world.as_client, facts=shorter, motif_id=motif.pk, comment="Partie plus tôt.")
    world.act(visit, Action.REFUSE_CHANGE, world.as_intervenant, comment="J’ai rendu la clé à 10 h.")
    return visit


@pytest.fixture(params=[True, False], ids=["javascript", "without"])
def desk(request: Any, browser: Browser, world: World, live_server: Any) -> Iterator[Page]:
    """A browser of the gestionnaire, with JavaScript and without."""
    context = browser.new_context(base_url=f"{live_server.url}/gestion/", java_script_enabled=request.param)
    signed = Signed()
    signed.force_login(world.gestionnaire.user)
    cookie = signed.cookies[settings.SESSION_COOKIE_NAME]
    context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": live_server.url}])
    yield context.new_page()
    context.close()


def with_javascript(test: Any) -> Any:
    """Run a test once, in a browser with JavaScript."""
    return pytest.mark.parametrize("desk", [True], indirect=True, ids=["javascript"])(test)


@with_javascript
@pytest.mark.parametrize(("width", "scheme"), [(390, "dark"), (820, "light"), (1440, "light"), (1440, "dark")])
def test_axe_finds_nothing_and_nothing_is_too_wide(desk: Page, world: World, width: int, scheme: Any) -> None:
    arbitration, planned = disputed(world), world.visit(start="14:00", contrat_id=None)
    desk.emulate_media(color_scheme=scheme)
    desk.set_viewport_size({"width": width, "height": 900})
    client, visit = f"clients/{world.client.public_id}/", f"interventions/{planned.public_id}/"
    paths = [
        "",
        "?sujet=passees",
        "clients/",
        "clients/?q=personne",
        client,
        f"{client}?onglet=planning",
        "intervenants/",
    ]
    paths += [f"{client}interventions/nouvelle/", f"intervenants/{world.intervenant.public_id}/", "deliberations/"]
    paths += [visit, f"{visit}realisation/", f"{visit}horaire/", f"{visit}annulation/", "parametres/"]
    paths += [f"interventions/{arbitration.public_id}/{page}" for page in ("", "deliberation/")]
    refused: list[str] = []
    desk.on("console", lambda message: refused.append(message.text) if message.type == "error" else None)
    for path in paths:
        desk.goto(path)
        found = [violation["id"] for violation in Axe().run(desk).response["violations"]]
        assert (path, found) == (path, [])
        assert desk.evaluate("document.documentElement.scrollWidth") == width, path
    assert refused == []


def test_a_contrat_is_attached_in_the_window(desk: Page, world: World) -> None:
    visit = world.visit(contrat_id=None)
    desk.goto(f"clients/{world.client.public_id}/?onglet=planning&vue=jour&date={visit.day}")
    desk.get_by_role("link", name="Aïcha").click()
    desk.get_by_label("Contrat", exact=True).select_option(str(world.contrat.pk))
    desk.get_by_role("button", name="Rattacher", exact=True).click()
    expect(desk.get_by_role("status")).to_contain_text("Contrat rattaché")
    expect(desk.get_by_role("complementary")).to_contain_text(f"Contrat\u00a0: {world.contrat.number}")


def test_validating_for_the_client_asks_for_a_ground(desk: Page, world: World) -> None:
    visit = world.visit()
    world.act(visit, Action.COMPLETE, world.as_intervenant)
    desk.goto(f"interventions/{visit.public_id}/")
    desk.get_by_role("link", name="Valider à la place du client").click()
    desk.get_by_label("Téléphone").check()
    desk.get_by_role("button", name="Valider à la place du client").click()
    expect(desk.get_by_role("status")).to_contain_text("Validée à la place du client")
    visit.refresh_from_db()
    assert visit.status == Status.VALIDATED


def test_a_third_version_is_decided(desk: Page, world: World) -> None:
    visit = disputed(world)
    desk.goto("deliberations/")
    desk.get_by_role("main").get_by_role("link", name="Délibérer").click()
    desk.get_by_label("Une troisième, saisie ici").check()
    desk.get_by_label("Fin", exact=True).fill("09:50")
    desk.get_by_label("Motivation, envoyée aux deux parties").fill("La voisine confirme.")
    desk.get_by_role("button", name="Délibérer").click()
    expect(desk.get_by_role("status")).to_contain_text("Délibération")
    visit.refresh_from_db()
    assert (visit.retained_end - visit.retained_start) == timedelta(minutes=50)


def test_a_visit_is_created_from_the_fiche(desk: Page, world: World) -> None:
    desk.goto(f"clients/{world.client.public_id}/")
    desk.get_by_role("main").get_by_role("link", name="Créer une visite").click()
    desk.get_by_label("Début").fill("09:00")
    desk.get_by_label("Fin", exact=True).fill("10:30")
    desk.get_by_label("Prestation").select_option(str(world.prestation.pk))
    desk.get_by_role("button", name="Créer la visite").click()
    expect(desk.get_by_role("status")).to_contain_text("Planifiée")
    assert Intervention.objects.get().status == Status.DRAFT


@with_javascript
def test_going_back_offers_nothing_to_repeat(desk: Page, world: World) -> None:
    visit = world.visit()
    world.act(visit, Action.COMPLETE, world.as_intervenant)
    desk.goto(f"interventions/{visit.public_id}/renvoi/")
    desk.get_by_label("Pourquoi").fill("Mauvais jour")
    desk.get_by_role("button", name="Renvoyer").click()
    expect(desk.get_by_role("status")).to_contain_text("Renvoyée par l’agence")
    desk.go_back()
    expect(desk.get_by_text("L’état de cette visite ne permet plus cette action.")).to_be_visible()
    expect(desk.get_by_role("button", name="Renvoyer")).to_have_count(0)
    assert visit.journal.count() == 3


@with_javascript
def test_the_search_narrows_while_typing(desk: Page, world: World) -> None:
    factories.a_client(world.agence, last_name="Kerbrat", first_name="Paul")
    desk.goto("clients/")
    expect(desk.get_by_role("row")).to_have_count(3)
    desk.get_by_label("Nom ou numéro").press_sequentially("kerb")
    expect(desk.get_by_role("row")).to_have_count(2)
    assert desk.url.endswith("?q=kerb")
