"""Planning a visit from the client's fiche, and the field Contrat."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from interventions.models import ContratState, Intervention
from interventions.states import Origin, Status
from tests import factories
from tests.factories import World
from tests.portals.manager.conftest import Desk, desk_of, words

pytestmark = pytest.mark.django_db


def create(desk: Desk, world: World, **typed: Any) -> Any:
    """Send the form of a new visit, with what a person would type."""
    usual = {"day": "2026-12-02", "start": "09:00", "end": "10:30", "km": "2,4", "prestation": world.prestation.pk}
    return desk.post(f"clients/{world.client.public_id}/interventions/nouvelle/", None, **(usual | typed))


def test_a_visit_with_an_intervenant_is_planned(desk: Desk, world: World) -> None:
    answer = create(desk, world, intervenant=world.intervenant.pk, ordre_de_mission="Prendre les clés")
    visit = Intervention.objects.get()
    assert answer.url == f"/gestion/interventions/{visit.public_id}/"
    assert (visit.status, visit.contrat, visit.origin) == (Status.PLANNED, world.contrat, Origin.PLANNING)
    assert visit.ordre_de_mission == "Prendre les clés"
    assert "Prévu : mer. 02/12 9 h 00 – 10 h 30, 2,4 km" in words(desk.browser.get(answer.url))


def test_without_an_intervenant_it_is_a_draft(desk: Desk, world: World) -> None:
    create(desk, world)
    assert Intervention.objects.get().status == Status.DRAFT


def test_a_night_ends_the_next_day(desk: Desk, world: World) -> None:
    create(desk, world, start="22:00", end="06:00")
    visit = Intervention.objects.get()
    assert (visit.retained_end - visit.retained_start).total_seconds() == 8 * 3600


def test_an_hour_that_does_not_exist_is_refused_in_words(desk: Desk, world: World) -> None:
    answer = create(desk, world, day="2027-03-28", start="02:30", end="04:00")
    assert answer.status_code == 422
    assert "02:30 n’existe pas le 28/03/2027" in words(answer)
    assert not Intervention.objects.exists()


def test_the_second_round_of_a_repeated_hour_can_be_picked(desk: Desk, world: World) -> None:
    asked = create(desk, world, day="2026-10-25", start="02:30", end="mauvais")
    assert 'name="second_start"' in asked.text
    create(desk, world, day="2026-10-25", start="02:30", end="04:00", second_start="on")
    visit = Intervention.objects.get()
    assert (visit.retained_end - visit.retained_start).total_seconds() == 90 * 60


def test_an_unsuitable_contrat_is_refused_with_why(desk: Desk, world: World) -> None:
    draft = factories.a_contrat(world.client, world.prestation, state=ContratState.DRAFT)
    answer = create(desk, world, contrat=draft.pk)
    assert answer.status_code == 422
    assert "Il est encore à l’état Brouillon." in words(answer)


def test_a_visit_is_copied_to_another_day(desk: Desk, world: World) -> None:
    visit = world.visit(start="15:00", minutes=45, ordre_de_mission="Prendre les clés")
    path = f"clients/{world.client.public_id}/interventions/nouvelle/?copie={visit.public_id}&date=2026-12-07"
    window = desk.get(f"interventions/{visit.public_id}/").text
    assert f"?copie={visit.public_id}&amp;date={visit.day}" in window
    shown = desk.get(path).text
    for value in ('value="15:00"', 'value="15:45"', 'value="2026-12-07"', 'value="2,4"', "Prendre les clés"):
        assert value in shown
    assert f'value="{world.intervenant.pk}" selected' in shown


def test_only_a_visit_of_this_client_is_copied(desk: Desk, world: World) -> None:
    other = factories.a_client(world.agence)
    visit = world.visit(client_id=other.pk, contrat_id=None, ordre_de_mission="Code 1234")
    shown = desk.get(f"clients/{world.client.public_id}/interventions/nouvelle/?copie={visit.public_id}")
    assert "Code 1234" not in shown.text
    assert desk.get(f"clients/{world.client.public_id}/interventions/nouvelle/?copie=rien").status_code == 200


def test_another_clients_contrat_cannot_be_chosen(desk: Desk, world: World) -> None:
    stranger = factories.a_client(world.agence)
    foreign = factories.a_contrat(stranger, world.prestation)
    assert create(desk, world, contrat=foreign.pk).status_code == 422
    assert not Intervention.objects.exists()


def test_planning_needs_the_right(world: World) -> None:
    reader = desk_of(factories.a_gestionnaire(world.agence, may_manage=False, last_name="Lecture"))
    page = words(reader.get(f"clients/{world.client.public_id}/interventions/nouvelle/"))
    assert "Créer une visite demande le droit de gestion" in page
    assert create(reader, world).status_code == 422
    assert not Intervention.objects.exists()


def test_the_window_offers_what_suits_and_says_why_not_the_rest(desk: Desk, world: World) -> None:
    visit = world.visit(contrat_id=None)
    other = factories.a_prestation(world.agence, "Courses")
    factories.a_contrat(world.client, other, number="CT-AUTRE")
    factories.a_contrat(world.client, world.prestation, number="CT-RECENT", starts_on=date(2026, 6, 1))
    factories.a_contrat(world.client, world.prestation, number="CT-BROUILLON", state=ContratState.DRAFT)
    factories.a_contrat(world.client, world.prestation, number="CT-GRATUIT", billable=False)
    factories.a_contrat(world.client, world.prestation, number="CT-FUTUR", starts_on=date(2027, 1, 1))
    factories.a_contrat(world.client, world.prestation, number="CT-FINI", ends_on=date(2026, 1, 31))
    factories.a_contrat(world.client, world.prestation, number="CT-RESILIE", state=ContratState.TERMINATED)
    answer = desk.get(f"interventions/{visit.public_id}/")
    offered = answer.text.partition('name="contrat"')[2].partition("</select>")[0]
    assert all(number in offered for number in ("CT-AUTRE", "CT-RECENT", world.contrat.number))
    assert not any(number in offered for number in ("BROUILLON", "GRATUIT", "FUTUR", "FINI", "RESILIE"))
    assert "selected" in offered.partition("CT-RECENT")[0].rpartition("<option")[2]
    page = words(answer)
    assert "Proposé : CT-RECENT, de la même prestation." in page
    for reason in (
        "Il est encore à l’état Brouillon.",
        "Il n’est pas facturable.",
        "Il ne commence que le 1er janvier 2027.",
        "Il a fini le 31 janvier.",
        "Il est résilié.",
    ):
        assert reason in page
