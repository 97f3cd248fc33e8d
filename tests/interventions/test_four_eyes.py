"""Four eyes: who took part in a visit does not arbitrate it, where the agency asks for that."""

from collections.abc import Callable
from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries

from interventions import operations
from interventions.actor import Actor
from interventions.guards import Guard
from interventions.models import Intervention
from interventions.operations import Change, NewVisit
from interventions.states import Action, Choice, Ground
from tests.factories import World, a_gestionnaire, a_world, actor_of, key, local, visit_of
from tests.interventions import acts

pytestmark = pytest.mark.django_db
type Way = Callable[[World, Actor], Intervention]
DECIDES: dict[str, Any] = {"choice": Choice.INTERVENANT, "reason": "Le carnet le dit."}


def planned(world: World, who: Actor) -> Intervention:
    plan = world.visit()
    new = NewVisit(
        client_id=world.client.pk,
        prestation_id=world.prestation.pk,
        start=local(plan.day, "14:00"),
        end=local(plan.day, "15:00"),
        intervenant_id=world.intervenant.pk,
        contrat_id=world.contrat.pk,
    )
    made = operations.apply([Change(Action.PLAN, new=new)], actor=who, at=world.now, key=key())
    return refused_by_the_carer(world, contested_by_the_client(world, declared(world, visit_of(made))))


def moved(world: World, who: Actor) -> Intervention:
    visit = world.visit()
    world.act(visit, Action.MOVE, who, facts=acts.earlier(visit.planned), reason="x")
    return refused_by_the_carer(world, contested_by_the_client(world, declared(world, visit)))


def completed(world: World, who: Actor) -> Intervention:
    visit = world.visit()
    world.act(visit, Action.COMPLETE_FOR_INTERVENANT, who, reason="Sans téléphone")
    return refused_by_the_carer(world, contested_by_the_client(world, visit))


def contested(world: World, who: Actor) -> Intervention:
    visit = declared(world, world.visit())
    motif = world.motif(kind="refus", opens_hours=True)
    facts = acts.longer(visit.declared, -15)
    world.act(visit, Action.CONTEST, who, motif_id=motif.pk, facts=facts, ground=Ground.PHONE)
    return refused_by_the_carer(world, visit)


def sent_back(world: World, who: Actor) -> Intervention:
    visit = declared(world, world.visit())
    world.act(visit, Action.SEND_BACK, who, reason="Mauvais jour")
    return refused_by_the_carer(world, contested_by_the_client(world, declared(world, visit)))


def escalated(world: World, who: Actor) -> Intervention:
    visit = contested_by_the_client(world, declared(world, world.visit()))
    world.act(visit, Action.ESCALATE, who, reason="Elle est partie")
    return visit


def declared(world: World, visit: Intervention) -> Intervention:
    world.act(visit, Action.COMPLETE, world.as_intervenant)
    return visit


def contested_by_the_client(world: World, visit: Intervention) -> Intervention:
    motif = world.motif(kind="refus", opens_hours=True)
    world.act(visit, Action.CONTEST, world.as_client, motif_id=motif.pk, facts=acts.longer(visit.declared, -15))
    return visit


def refused_by_the_carer(world: World, visit: Intervention) -> Intervention:
    world.act(visit, Action.REFUSE_CHANGE, world.as_intervenant, comment="Non")
    return visit


WAYS: list[Way] = [planned, moved, completed, contested, sent_back, escalated]


@pytest.fixture
def world() -> World:
    return a_world(four_eyes=True)


@pytest.mark.parametrize("way", WAYS)
def test_who_took_part_may_not_decide_and_a_colleague_may(world: World, way: Way) -> None:
    visit = way(world, world.as_manager)
    assert visit.status == "arbitration"
    mine = operations.possibilities([visit.pk], world.as_manager, world.now)[visit.pk]
    assert mine.blocked[Action.ARBITRATE] is Guard.FOUR_EYES
    acts.refused(world, visit, Action.ARBITRATE, world.as_manager, "four_eyes", **DECIDES)
    colleague = actor_of(a_gestionnaire(world.agence))
    theirs = operations.possibilities([visit.pk], colleague, world.now)[visit.pk]
    assert Action.ARBITRATE in theirs.actions
    assert not world.act(visit, Action.ARBITRATE, colleague, **DECIDES).refused
    assert visit.status == "validated"


@pytest.mark.parametrize("way", WAYS)
def test_off_changes_nothing(way: Way) -> None:
    world = a_world()
    assert world.agence.four_eyes is False
    visit = way(world, world.as_manager)
    assert Action.ARBITRATE in operations.possibilities([visit.pk], world.as_manager, world.now)[visit.pk].actions
    assert not world.act(visit, Action.ARBITRATE, world.as_manager, **DECIDES).refused


def test_in_a_batch_row_by_row(world: World) -> None:
    mine, free = contested(world, world.as_manager), acts.arbitration(world, start="14:00")
    changes = [Change(Action.ARBITRATE, visit.pk, seen=visit.version, **DECIDES) for visit in (mine, free)]
    judged = operations.preview(changes, actor=world.as_manager, at=world.now)
    outcome = operations.apply(changes, actor=world.as_manager, at=world.now, key=key())
    assert [row.refusal for row in judged.answers] == [Guard.FOUR_EYES, None]
    assert [row.refusal for row in outcome.rows] == [Guard.FOUR_EYES, None]


def test_what_somebody_did_to_other_visits_keeps_them_from_nothing(world: World) -> None:
    moved(world, world.as_manager)
    visit = acts.arbitration(world, start="14:00")
    assert Action.ARBITRATE in operations.possibilities([visit.pk], world.as_manager, world.now)[visit.pk].actions


def test_other_acts_are_not_taking_part(world: World) -> None:
    """Attaching a contrat says nothing about what took place."""
    visit = acts.arbitration(world)
    world.act(visit, Action.ATTACH, world.as_manager, contrat_id=world.contrat.pk)
    assert Action.ARBITRATE in operations.possibilities([visit.pk], world.as_manager, world.now)[visit.pk].actions


def test_one_statement_more_however_many(world: World, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    visits = [acts.arbitration(world, start=f"{hour:02}:00").pk for hour in range(6, 12)]
    for some in (visits[:1], visits):
        with django_assert_num_queries(3):
            operations.possibilities(some, world.as_manager, world.now)
    world.agence.four_eyes = False
    with django_assert_num_queries(2):
        operations.possibilities(visits, world.as_manager, world.now)
