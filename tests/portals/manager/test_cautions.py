"""What is pointed out after an act and never refused, and what a closed month says."""

from __future__ import annotations

import pytest

from interventions import operations
from interventions.states import Status
from tests import factories
from tests.factories import World
from tests.portals.manager.conftest import Desk, words
from tests.portals.manager.test_new_visits import create

pytestmark = pytest.mark.django_db


def test_an_overlap_is_pointed_out(desk: Desk, world: World) -> None:
    other = factories.a_client(world.agence, last_name="Kerbrat")
    contrat = factories.a_contrat(other, world.prestation)
    world.visit(day=world.now.date().replace(month=12, day=2), client_id=other.pk, contrat_id=contrat.pk)
    answer = create(desk, world, intervenant=world.intervenant.pk)
    page = words(desk.browser.get(answer.url))
    assert "Au même moment : Mme Kerbrat et Aïcha L., 9 h 00 – 10 h 00." in page


def test_a_contrat_of_another_prestation_is_pointed_out(desk: Desk, world: World) -> None:
    visit = world.visit()
    contrat = factories.a_contrat(world.client, factories.a_prestation(world.agence, "Courses"))
    answer = desk.post(f"interventions/{visit.public_id}/contrat/", visit, contrat=contrat.pk)
    page = words(desk.browser.get(answer.url))
    assert f"Le contrat {contrat.number} est d’une autre prestation que la visite" in page


def test_nothing_odd_is_not_mentioned(desk: Desk, world: World) -> None:
    answer = create(desk, world, intervenant=world.intervenant.pk)
    assert "Au même moment" not in words(desk.browser.get(answer.url))


def test_a_closed_month_is_said_once_and_stands_still(desk: Desk, world: World) -> None:
    visit = world.visit()
    operations.close_month(world.as_manager, visit.day.replace(day=1), world.now)
    page = words(desk.get(f"interventions/{visit.public_id}/"))
    assert page.count("Mois clôturé : cette visite ne change plus tant que le mois n’est pas rouvert.") == 1
    assert "Retirer l’intervenant" not in page
    refused = desk.post(f"interventions/{visit.public_id}/retrait/", visit, reason="En arrêt")
    assert refused.status_code == 422
    assert "Mois clôturé" in words(refused)
    visit.refresh_from_db()
    assert visit.status == Status.PLANNED
