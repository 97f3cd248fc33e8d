"""`apply` as a whole: sets of acts, answers row by row, keys, statements, people at the same time."""

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import close_old_connections, connection
from django.test.utils import CaptureQueriesContext

from interventions import operations
from interventions.actor import Actor, system
from interventions.guards import Guard
from interventions.models import Batch, Contrat, Intervention, JournalEntry, Mail
from interventions.operations import Change, NewVisit, Outcome
from interventions.states import Action, Choice, Ground, Origin, Status, Via
from tests.factories import World, a_gestionnaire, a_world, actor_of, key, visit_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return a_world()


def press(world: World, changes: list[Change], actor: Actor, **options: object) -> Outcome:
    return operations.apply(changes, actor=actor, at=world.now, key=key(), **options)  # type: ignore[arg-type]


def refusals(outcome: Outcome) -> list[str | None]:
    return [row.refusal and str(row.refusal) for row in outcome.rows]


def test_one_press_with_six_different_acts_is_one_batch(world: World) -> None:
    visits = [world.visit(start=f"{8 + place:02d}:00", minutes=45) for place in range(5)]
    gone = world.visit(start="18:00", contrat_id=None)
    longer = replace(visits[1].retained, end=visits[1].retained_end + timedelta(minutes=20))
    further = replace(visits[2].retained, km=Decimal("7.5"))
    new = NewVisit(
        world.client.pk,
        world.prestation.pk,
        visits[0].retained_start - timedelta(days=1),
        visits[0].retained_end - timedelta(days=1),
        origin=Origin.INTERVENANT,
    )
    outcome = press(
        world,
        [
            Change(Action.COMPLETE, visits[0].pk),
            Change(Action.COMPLETE, visits[1].pk, facts=longer, comment="Plus long"),
            Change(Action.COMPLETE, visits[2].pk, facts=further),
            Change(Action.CANCEL, visits[3].pk, comment="Absente"),
            Change(Action.COMPLETE, gone.pk),
            Change(Action.REPORT, new=new),
        ],
        world.as_intervenant,
    )
    assert refusals(outcome) == [None, None, None, None, "billable", None]
    assert {entry.batch_id for entry in outcome.batch.entries.all()} == {outcome.batch.pk}
    statuses = [visit_of(outcome, place).status for place in range(6)]
    assert statuses == ["done", "done", "done", "cancelled", "planned", "done"]
    mails = Mail.objects.filter(batch=outcome.batch)
    assert sorted(mail.to for mail in mails) == sorted([world.client.user.email, world.proche.user.email])
    assert [mail.lines.count() for mail in mails] == [5, 5]
    assert [row["guard"] for row in Batch.objects.get(pk=outcome.batch.pk).refused] == ["billable"]


def test_a_reported_visit_says_who_added_it_and_when(world: World) -> None:
    visit = world.visit()
    new = NewVisit(
        world.client.pk,
        world.prestation.pk,
        visit.retained_start - timedelta(days=1),
        visit.retained_end - timedelta(days=1),
    )
    outcome = press(world, [Change(Action.REPORT, new=new)], world.as_intervenant)
    made = visit_of(outcome)
    assert (made.planned, made.declared, made.retained) == (None, new.facts, new.facts)
    assert made.ordre_de_mission == "Ajoutée par Aïcha L’Héritier le 25/11/2026"
    assert (made.origin, made.contrat_id, made.intervenant_id) == (
        "intervenant",
        world.contrat.pk,
        world.intervenant.pk,
    )


def test_a_report_takes_the_contrat_of_its_prestation_with_the_latest_start(world: World) -> None:
    visit = world.visit()
    newer = Contrat.objects.create(
        agence=world.agence,
        number="CT-N",
        client=world.client,
        prestation=world.prestation,
        state="valid",
        starts_on=visit.day - timedelta(days=30),
    )
    Contrat.objects.create(
        agence=world.agence,
        number="CT-F",
        client=world.client,
        prestation=world.prestation,
        state="valid",
        starts_on=visit.day + timedelta(days=1),
    )
    new = NewVisit(world.client.pk, world.prestation.pk, visit.retained_start, visit.retained_end)
    outcome = press(world, [Change(Action.REPORT, new=new)], world.as_intervenant)
    assert visit_of(outcome).contrat_id == newer.pk


def test_a_stale_row_is_left_alone_and_the_others_go(world: World) -> None:
    first, second = world.visit(), world.visit(start="14:00")
    world.act(first, Action.MOVE, world.as_manager, ordre_de_mission="Clé chez la voisine")
    outcome = press(
        world,
        [Change(Action.COMPLETE, first.pk, seen=1), Change(Action.COMPLETE, second.pk, seen=1)],
        world.as_intervenant,
    )
    assert refusals(outcome) == ["stale", None]
    assert outcome.rows[0].message.startswith("Cette visite a changé")
    assert Intervention.objects.get(pk=first.pk).status == Status.PLANNED


def test_a_row_twice_in_a_press_goes_once(world: World) -> None:
    visit = world.visit()
    outcome = press(world, [Change(Action.COMPLETE, visit.pk), Change(Action.CANCEL, visit.pk)], world.as_intervenant)
    assert refusals(outcome) == [None, "stale"]


def test_what_is_not_ones_own_does_not_exist(world: World) -> None:
    visit, other = world.visit(), a_world()
    strangers = [
        other.as_intervenant,
        actor_of(a_world().intervenant),
        other.as_manager,
        other.as_client,
        other.as_proche,
    ]
    for actor in strangers:
        for action in Action:
            outcome = press(world, [Change(action, visit.pk, reason="x", comment="x")], actor)
            assert outcome.done == []
        assert operations.possibilities([visit.pk], actor, world.now) == {}
    assert JournalEntry.objects.filter(intervention=visit).count() == 1


def test_the_same_key_answers_the_same_with_its_refusals(world: World) -> None:
    first, second = world.visit(), world.visit(start="14:00", contrat_id=None)
    changes = [Change(Action.COMPLETE, second.pk), Change(Action.COMPLETE, first.pk)]
    pressed = key()
    one = operations.apply(changes, actor=world.as_intervenant, at=world.now, key=pressed)
    two = operations.apply(changes, actor=world.as_intervenant, at=world.now + timedelta(hours=1), key=pressed)
    assert two.rows == one.rows
    assert [row.refusal for row in two.rows] == [Guard.BILLABLE, None]
    assert two.replayed
    other = operations.apply(changes, actor=world.as_manager, at=world.now, key=pressed)
    assert not other.replayed


def test_the_module_off_refuses_portals_and_jobs_but_not_the_manager(world: World) -> None:
    visit = world.visit()
    operations.set_module(world.as_manager, False, world.now)
    world.agence.refresh_from_db()
    refused = press(world, [Change(Action.COMPLETE, visit.pk)], world.as_intervenant)
    assert refusals(refused) == ["module"]
    job = press(world, [Change(Action.UNASSIGN, visit.pk, reason="x")], system(world.agence, Via.JOB))
    assert refusals(job) == ["module"]
    manager = press(world, [Change(Action.COMPLETE_FOR_INTERVENANT, visit.pk, reason="feuille")], world.as_manager)
    assert refusals(manager) == [None]


def test_rights_of_a_gestionnaire(world: World) -> None:
    visit = world.visit()
    reader = actor_of(a_gestionnaire(world.agence, may_manage=False, may_arbitrate=False))
    assert refusals(press(world, [Change(Action.CANCEL, visit.pk, motif_id=world.motif().pk)], reader)) == ["right"]
    world.act(visit, Action.COMPLETE, world.as_intervenant)
    world.act(visit, Action.CANCEL_BY_CLIENT, world.as_client, motif_id=world.motif().pk)
    world.act(visit, Action.DISPUTE_CANCELLATION, world.as_intervenant, comment="J’y étais")
    clerk = actor_of(a_gestionnaire(world.agence, may_arbitrate=False))
    decision = Change(Action.ARBITRATE, visit.pk, choice=Choice.INTERVENANT, reason="Vu sur place")
    assert refusals(press(world, [decision], clerk)) == ["may_arbitrate"]
    assert refusals(press(world, [decision], world.as_manager)) == [None]


def test_a_set_takes_as_many_statements_as_one(world: World) -> None:
    counts: dict[Action, list[int]] = {}
    for size in (1, 30, 200):
        visits = [world.visit(start=f"{place % 24:02d}:{place % 60:02d}") for place in range(size)]
        for action, actor, options in (
            (Action.COMPLETE, world.as_intervenant, {}),
            (Action.VALIDATE_FOR_CLIENT, world.as_manager, {"ground": Ground.PHONE}),
            (Action.REOPEN, world.as_manager, {}),
            (Action.CONTEST, world.as_client, {}),
            (Action.REFUSE_CHANGE, world.as_intervenant, {}),
            (Action.ARBITRATE, world.as_manager, {}),
        ):
            motif = world.motif(kind="refus", opens_hours=True, opens_km=False)
            changes = [
                Change(
                    action,
                    visit.pk,
                    reason="parce que",
                    choice=Choice.CLIENT,
                    motif_id=motif.pk if action is Action.CONTEST else None,
                    facts=replace(visit.retained, end=visit.retained_end - timedelta(minutes=5))
                    if action is Action.CONTEST
                    else None,
                )
                for visit in visits
            ]
            with CaptureQueriesContext(
                connection,
            ) as queries:
                outcome = press(world, changes, actor, **options)
            assert outcome.refused == []
            counts.setdefault(action, []).append(len(queries))
    assert {action: len(set(numbers)) for action, numbers in counts.items()} == dict.fromkeys(counts, 1)


class TestUndo:
    """Undoing a batch is a new batch, row by row."""

    def test_the_intervenants_valider(self, world: World) -> None:
        first, second = world.visit(), world.visit(start="14:00")
        done = press(
            world, [Change(Action.COMPLETE, first.pk), Change(Action.CANCEL, second.pk)], world.as_intervenant
        )
        undone = operations.undo(
            done.batch, actor=world.as_intervenant, at=world.now + timedelta(minutes=9), key=key()
        )
        assert refusals(undone) == [None, None]
        assert undone.batch.undoes == done.batch
        assert [Intervention.objects.get(pk=v.pk).status for v in (first, second)] == ["planned", "planned"]

    def test_after_the_window_it_stays(self, world: World) -> None:
        visit = world.visit()
        done = press(world, [Change(Action.COMPLETE, visit.pk)], world.as_intervenant)
        late = operations.undo(done.batch, actor=world.as_intervenant, at=world.now + timedelta(minutes=11), key=key())
        assert refusals(late) == ["undo_window"]

    def test_a_row_with_a_later_act_stays_and_is_named(self, world: World) -> None:
        first, second = world.visit(), world.visit(start="14:00")
        for visit in (first, second):
            world.act(visit, Action.COMPLETE, world.as_intervenant)
        changes = [Change(Action.VALIDATE_FOR_CLIENT, visit.pk) for visit in (first, second)]
        done = press(world, changes, world.as_manager, ground=Ground.PHONE)
        motif = world.motif(kind="refus", opens_hours=True)
        shorter = replace(first.retained, end=first.retained_end - timedelta(minutes=5))
        world.act(first, Action.OBJECT, world.as_client, motif_id=motif.pk, facts=shorter)
        undone = operations.undo(done.batch, actor=world.as_manager, at=world.now, key=key())
        assert refusals(undone) == ["stale", None]
        assert [Intervention.objects.get(pk=v.pk).status for v in (first, second)] == ["arbitration", "done"]

    def test_an_attachment_goes_back_to_the_former_contrat(self, world: World) -> None:
        other = Contrat.objects.create(
            agence=world.agence,
            number="CT-X",
            client=world.client,
            prestation=world.prestation,
            state="signed",
            starts_on=world.contrat.starts_on,
        )
        visit = world.visit()
        done = press(world, [Change(Action.ATTACH, visit.pk, contrat_id=other.pk)], world.as_manager)
        operations.undo(done.batch, actor=world.as_manager, at=world.now, key=key())
        visit.refresh_from_db()
        assert visit.contrat_id == world.contrat.pk


def at_once(*acts: Callable[[], object]) -> list[object]:
    """Run each act in a thread and connection of its own, started together."""
    barrier, answers = threading.Barrier(len(acts)), [None] * len(acts)

    def run(place: int, act: Callable[[], object]) -> None:
        try:
            barrier.wait(5)
            answers[place] = act()  # type: ignore[call-overload]
        finally:
            close_old_connections()
            connection.close()

    threads = [threading.Thread(target=run, args=(place, act)) for place, act in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    return list(answers)


@pytest.mark.django_db(transaction=True)
class TestAtOnce:
    """People acting at the same time, with real connections."""

    def test_two_managers_with_the_same_rows(self) -> None:
        world = a_world()
        second = actor_of(a_gestionnaire(world.agence))
        visits = [world.visit(start=f"{8 + place:02d}:00") for place in range(10)]
        for visit in visits:
            world.act(visit, Action.COMPLETE, world.as_intervenant)
        forward = [Change(Action.VALIDATE_FOR_CLIENT, visit.pk, seen=2) for visit in visits]
        one, two = at_once(
            lambda: press(world, forward, world.as_manager, ground=Ground.PHONE),
            lambda: press(world, forward[::-1], second, ground=Ground.SIGNED_SHEET),
        )
        assert isinstance(one, Outcome)
        assert isinstance(two, Outcome)
        assert len(one.done) + len(two.done) == 10
        assert {str(row.refusal) for row in one.refused + two.refused} == {"stale"}
        assert {row.intervention_id for row in one.done + two.done} == {visit.pk for visit in visits}
        assert JournalEntry.objects.filter(action="validate_for_client").count() == 10

    def test_the_client_and_the_manager_on_one_visit(self) -> None:
        world = a_world()
        visit = world.visit()
        world.act(visit, Action.COMPLETE, world.as_intervenant)
        cancelling = Change(Action.CANCEL_BY_CLIENT, visit.pk, motif_id=world.motif().pk)
        outcomes = at_once(
            lambda: press(world, [cancelling], world.as_client),
            lambda: press(
                world, [Change(Action.VALIDATE_FOR_CLIENT, visit.pk)], world.as_manager, ground=Ground.PHONE
            ),
        )
        answers = sorted(str(refusals(outcome)[0]) for outcome in outcomes if isinstance(outcome, Outcome))
        assert answers == ["None", "status"]

    def test_the_same_press_twice_is_done_once(self) -> None:
        world = a_world()
        visit, pressed = world.visit(), key()

        def act() -> Outcome:
            change = Change(Action.COMPLETE, visit.pk)
            return operations.apply([change], actor=world.as_intervenant, at=world.now, key=pressed)

        outcomes = [outcome for outcome in at_once(act, act, act) if isinstance(outcome, Outcome)]
        assert [len(outcome.done) for outcome in outcomes] == [1, 1, 1]
        assert sorted(outcome.replayed for outcome in outcomes) == [False, True, True]
        assert JournalEntry.objects.filter(intervention=visit).count() == 2
        assert Mail.objects.count() == 2
