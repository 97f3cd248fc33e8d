"""What an act may choose, at the edges: nothing of another agency, nothing that was put away, nothing twice."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from interventions import operations
from interventions.actor import system
from interventions.guards import Facts, Guard
from interventions.models import Batch, Contrat, Intervention, Motif
from interventions.operations import Change
from interventions.operations.possibilities import blocker
from interventions.states import Action, Origin, Via
from tests.factories import (
    World,
    a_client,
    a_contrat,
    a_gestionnaire,
    a_secteur,
    a_world,
    actor_of,
    an_intervenant,
    visit_of,
)
from tests.interventions import acts
from tests.interventions.acts import press

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)


@pytest.fixture
def world() -> World:
    return a_world()


def refusals(world: World, changes: list[Change], actor: Any) -> list[str | None]:
    """Return why each of these acts is refused, in one press."""
    return [row.refusal and str(row.refusal) for row in press(world, changes, actor).rows]


def test_what_whoever_prepared_a_lot_left_alone_is_left_alone_and_named(world: World) -> None:
    left, goes = world.visit(), world.visit(start="14:00")
    before = acts.row_of(left)
    changes = [Change(Action.COMPLETE, left.pk, refusal=Guard.STOPPED), Change(Action.COMPLETE, goes.pk)]
    assert refusals(world, changes, world.as_intervenant) == ["stopped", None]
    assert acts.row_of(left) == before
    assert [row["guard"] for row in Batch.objects.get(entries__intervention=goes, role="intervenant").refused] == [
        "stopped"
    ]


def test_no_act_but_those_that_bring_a_visit_into_being_does(world: World) -> None:
    world.visit()
    new = acts.a_report(world)
    counted = Intervention.objects.count()
    tried = [Change(action, new=new) for action in (Action.COMPLETE, Action.CORRECT)]
    assert refusals(world, tried, world.as_intervenant) == ["facts", "facts"]
    moved = [Change(action, new=new) for action in (Action.MOVE, Action.ASSIGN)]
    assert refusals(world, moved, world.as_manager) == ["facts", "facts"]
    assert Intervention.objects.count() == counted


def test_nothing_of_another_agency_can_be_chosen_for_a_visit(world: World) -> None:
    other, visit = a_world(), world.visit()
    bare = world.visit(start="14:00", contrat_id=None)
    chosen: list[tuple[Change, str]] = [
        (Change(Action.ATTACH, visit.pk, contrat_id=other.contrat.pk), "contrat"),
        (Change(Action.MOVE, visit.pk, intervenant_id=other.intervenant.pk), "intervenant"),
        (Change(Action.MOVE, bare.pk, client_id=other.client.pk), "unknown"),
        (Change(Action.MOVE, visit.pk, prestation_id=other.prestation.pk), "unknown"),
        (Change(Action.CANCEL, visit.pk, motif_id=other.motif().pk), "motif"),
        # A visit with a contrat stays with the client of that contrat.
        (Change(Action.MOVE, visit.pk, client_id=a_client(world.agence).pk), "contrat"),
    ]
    for change, why in chosen:
        assert refusals(world, [change], world.as_manager) == [why], change
    motif = world.motif()
    Motif.objects.filter(pk=motif.pk).update(archived_at=world.now)
    assert refusals(world, [Change(Action.CANCEL, visit.pk, motif_id=motif.pk)], world.as_manager) == ["motif"]
    assert acts.row_of(visit)["version"] == acts.row_of(bare)["version"] == 1


def test_nothing_of_another_agency_can_be_chosen_for_a_new_visit(world: World) -> None:
    other, known = a_world(), world.visit(number="N-1")
    new = replace(acts.a_report(world), origin=Origin.PLANNING)
    beyond = a_contrat(a_client(world.agence), world.prestation)
    wrong: list[tuple[dict[str, Any], str]] = [
        ({"client_id": other.client.pk}, "unknown"),
        ({"prestation_id": other.prestation.pk}, "unknown"),
        ({"intervenant_id": other.intervenant.pk}, "intervenant"),
        ({"contrat_id": other.contrat.pk}, "contrat"),
        ({"contrat_id": beyond.pk}, "contrat"),
        ({"end": new.start}, "facts"),
        ({"km": Decimal("-0.1")}, "facts"),
        ({"number": known.number}, "number"),
    ]
    changes = [Change(Action.PLAN, new=replace(new, **fields)) for fields, _why in wrong]
    assert refusals(world, changes, world.as_manager) == [why for _fields, why in wrong]
    twice = [Change(Action.PLAN, new=replace(new, number="N-2")) for _ in range(2)]
    assert refusals(world, twice, world.as_manager) == [None, "number"]


def test_a_new_visit_is_what_was_asked_for_and_nothing_more(world: World) -> None:
    new = replace(acts.a_report(world), origin=Origin.PLANNING, number="N-3")
    whole = replace(new, intervenant_id=world.intervenant.pk, contrat_id=world.contrat.pk, number="N-4")
    changes = [Change(Action.PLAN, new=new), Change(Action.PLAN, new=whole, ordre_de_mission=" Deux clés ")]
    outcome = press(world, changes, world.as_manager)
    rows = [acts.row_of(visit_of(outcome, place)) for place in range(2)]
    facts = {
        **acts.version("planned", new.facts),
        **acts.version("retained", new.facts),
        **acts.version("declared", None),
        "day": new.start.date(),
        "client_id": world.client.pk,
        "prestation_id": world.prestation.pk,
        "series_id": None,
        "origin": "planning",
        "done_at": None,
        "declared_at": None,
        "billable_checked": False,
        "version": 1,
        "step": 1,
        "last_action": "plan",
        "last_role": "manager",
        "last_actor_id": world.gestionnaire.user_id,
        "last_at": world.now,
    }
    bare = {"status": "draft", "number": "N-3", "intervenant_id": None, "contrat_id": None, "ordre_de_mission": ""}
    given = {
        "status": "planned",
        "number": "N-4",
        "intervenant_id": world.intervenant.pk,
        "contrat_id": world.contrat.pk,
        "ordre_de_mission": "Deux clés",
    }
    for row, own in zip(rows, (bare, given), strict=True):
        expected = facts | own
        assert {name: row[name] for name in expected} == expected


@pytest.mark.parametrize("action", [Action.REPORT, Action.REPORT_UNATTACHED])
def test_what_a_carer_adds_is_theirs_and_declared(world: World, action: Action) -> None:
    world.visit()
    attached = action is Action.REPORT
    Contrat.objects.filter(pk=world.contrat.pk).update(billable=attached)
    new = acts.a_report(world)
    other = Action.REPORT_UNATTACHED if attached else Action.REPORT
    why = "no_billable" if attached else "billable"
    assert refusals(world, [Change(other, new=new)], world.as_intervenant) == [why]
    row = acts.row_of(acts.born(press(world, [Change(action, new=new, comment=" Chute ")], world.as_intervenant)))
    expected = {
        **acts.version("planned", None),
        **acts.version("declared", new.facts),
        **acts.version("retained", new.facts),
        "day": new.start.date(),
        "status": "done" if attached else "draft",
        "intervenant_id": world.intervenant.pk,
        "contrat_id": world.contrat.pk if attached else None,
        "origin": "intervenant",
        "comment": "Chute",
        "declared_at": world.now,
        "done_at": world.now if attached else None,
        "billable_checked": attached,
        "declared_on_behalf": False,
    }
    assert {name: row[name] for name in expected} == expected


def test_what_a_carer_may_not_add(world: World) -> None:
    world.visit()
    new, stranger = acts.a_report(world), a_client(world.agence)
    today = replace(new, start=world.now - HOUR, end=world.now - HOUR / 2)
    wrong = [
        (replace(new, client_id=stranger.pk), "own_client"),
        (replace(new, start=world.now + HOUR, end=world.now + 2 * HOUR), "past"),
        (replace(new, end=new.start), "facts"),
        (today, None if world.agence.same_day_allowed else "past"),
    ]
    changes = [Change(Action.REPORT, new=one) for one, _why in wrong]
    assert refusals(world, changes, world.as_intervenant) == [why for _one, why in wrong]


def test_who_has_no_secteur_sees_no_visit_and_may_do_nothing(world: World) -> None:
    visit, nobody = world.visit(), actor_of(a_gestionnaire(world.agence, secteurs=[]))
    assert operations.possibilities([visit.pk], nobody, world.now) == {}
    change = Change(Action.CANCEL, visit.pk, reason="Non", seen=visit.version)
    assert refusals(world, [change], nobody) == ["unknown"]


def test_a_draft_is_given_to_somebody_and_one_that_was_declared_is_not(world: World) -> None:
    plain, declared = acts.draft(world), acts.unattached(world)
    may = operations.possibilities([plain.pk, declared.pk], world.as_manager, world.now)
    assert [Action.ASSIGN in may[visit.pk].actions for visit in (plain, declared)] == [True, False]


def test_a_press_says_no_ground_and_no_lot_that_it_was_not_given(world: World) -> None:
    visit = world.visit()
    batch = world.act(visit, Action.COMPLETE, world.as_intervenant).batch
    batch.refresh_from_db()
    assert (batch.on_behalf, batch.ground, batch.ground_text, batch.act) == ("", "", "", "")


def test_what_was_said_with_an_act_is_kept_where_it_belongs(world: World) -> None:
    visit = world.visit(ordre_de_mission="Avant")
    longer = acts.longer(visit.planned)
    for action, comment, kept in (
        (Action.COMPLETE, " Fait ", "Fait"),
        (Action.CORRECT, " ", "Fait"),
        (Action.CORRECT, "Plus long", "Plus long"),
        (Action.WITHDRAW, "Non", "Plus long"),
        (Action.CANCEL, "Absente", "Absente"),
    ):
        facts = longer if action is Action.CORRECT else None
        assert not world.act(visit, action, world.as_intervenant, comment=comment, facts=facts).refused
        assert visit.comment == kept
    assert visit.ordre_de_mission == "Avant"
    by_office = world.visit(start="14:00")
    world.act(by_office, Action.CANCEL, world.as_manager, comment="Dit au bureau", motif_id=world.motif().pk)
    assert (by_office.status, by_office.comment) == ("cancelled", "")


def test_moving_asks_for_hours_that_can_be_and_leaves_what_was_declared(world: World) -> None:
    visit, added = (
        world.visit(),
        acts.unattached(world, start=world.now - 5 * HOUR * 24, end=world.now - 5 * HOUR * 24 + HOUR),
    )
    wrong = Facts(visit.retained.end, visit.retained.start, visit.retained.km)
    assert refusals(world, [Change(Action.MOVE, visit.pk, facts=wrong)], world.as_manager) == ["facts"]
    moved = Change(Action.MOVE, added.pk, facts=acts.longer(added.retained))
    assert refusals(world, [moved], world.as_manager) == ["nothing_declared"]


def test_who_was_put_away_or_belongs_to_another_secteur_is_planned_by_no_person(world: World) -> None:
    secteur = a_secteur(world.agence)
    limited = actor_of(a_gestionnaire(world.agence, secteurs=[secteur]))
    away, there = a_client(world.agence, archived_at=world.now), a_client(world.agence, secteur=secteur)
    gone = an_intervenant(world.agence, archived_at=world.now)
    plan = replace(acts.a_report(world), origin=Origin.PLANNING)
    tried = [
        replace(plan, client_id=away.pk),
        replace(plan, intervenant_id=gone.pk),
        replace(plan, client_id=there.pk),
        plan,
    ]
    changes = [Change(Action.PLAN, new=one) for one in tried]
    assert refusals(world, changes, world.as_manager) == ["unknown", "intervenant", None, None]
    assert refusals(world, changes, limited) == ["unknown", "unknown", None, "unknown"]
    assert refusals(world, changes, system(world.agence, Via.IMPORT)) == [None] * 4


def test_what_stops_an_act_whatever_is_entered(world: World) -> None:
    planned, added = world.visit(), acts.unattached(world)
    lectrice = actor_of(a_gestionnaire(world.agence, may_manage=False))
    found = operations.possibilities([planned.pk, added.pk], world.as_manager, world.now)
    rows = {key: possibility.row for key, possibility in found.items()}
    assert blocker(Action.CANCEL, rows[planned.pk], lectrice, world.now) is Guard.RIGHT
    assert blocker(Action.MOVE, rows[planned.pk], world.as_manager, world.now) is None
    assert blocker(Action.MOVE, rows[added.pk], world.as_manager, world.now) is Guard.NOTHING_DECLARED
    assert blocker(Action.ADMIT, rows[added.pk], world.as_manager, world.now) is None
    rows[added.pk].intervenant_id = None
    assert blocker(Action.ADMIT, rows[added.pk], world.as_manager, world.now) is Guard.INTERVENANT
