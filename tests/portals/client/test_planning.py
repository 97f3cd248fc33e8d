"""Mon planning: the same visit with the same facts, and nothing that the client's side may not read."""

from datetime import timedelta
from typing import Any

from interventions import operations
from interventions.models import Intervention
from interventions.states import Action
from tests import factories
from tests.factories import World, local
from tests.portals.client.test_prestations import words
from tests.portals.client.visits import YESTERDAY, a_done_visit, at, facts_of

DAY = f"/client/planning/?vue=jour&date={YESTERDAY}"


def test_the_planning_shows_what_counts_today(world: World, client_page: Any) -> None:
    visit = a_done_visit(world, comment="Pharmacie de garde.", ordre_de_mission="Courses")
    world.act(visit, Action.CORRECT, world.as_intervenant, facts=facts_of(visit, "09:00", "10:45"))
    for view in ("jour", "semaine", "mois"):
        answer = client_page.get("/client/planning/", {"vue": view, "date": str(YESTERDAY)})
        assert answer.status_code == 200
        assert at(visit) in answer.text
        assert "Aïcha L." in words(answer)
    said = words(client_page.get(DAY))
    for fact in ("9 h 00 – 10 h 45", "Courses", "Pharmacie de garde."):
        assert fact in said


def test_a_visit_that_was_added_shows_at_once_and_names_nobody_in_full(world: World, client_page: Any) -> None:
    world.visit(day=YESTERDAY + timedelta(days=3))
    new = operations.NewVisit(
        world.client.pk, factories.a_prestation(world.agence).pk, local(YESTERDAY, "15:00"), local(YESTERDAY, "16:00")
    )
    report = operations.Change(Action.REPORT_UNATTACHED, new=new)
    outcome = operations.apply([report], actor=world.as_intervenant, at=world.now, key=factories.key())
    assert not outcome.refused
    answer = client_page.get(DAY)
    assert "Ajoutée par Aïcha L. le 25/11/2026" in words(answer)
    assert "Héritier" not in answer.text
    visit = Intervention.objects.get(pk=outcome.done[0].intervention_id or 0)
    assert "Héritier" not in client_page.get(at(visit)).text
    world.act(visit, Action.WITHDRAW, world.as_intervenant)
    assert at(visit) not in client_page.get(DAY).text
    assert client_page.get(at(visit)).status_code == 404


def test_another_clients_planning_is_not_there(world: World, client_page: Any) -> None:
    other = factories.a_world()
    visit = a_done_visit(other)
    assert at(visit) not in client_page.get(DAY).text


def test_a_visit_to_come_shows_with_nothing_to_answer(world: World, client_page: Any) -> None:
    visit = world.visit(day=YESTERDAY + timedelta(days=3))
    said = words(client_page.get(at(visit)))
    assert "Cette visite n’a pas encore été déclarée." in said
    assert "Valider" not in said
