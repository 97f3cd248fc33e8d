"""What the intervenant does: Réalisé, an addition, Annulé, a correction, an undo, an answer, a dispute."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from interventions import operations
from interventions.guards import Facts
from interventions.models import Intervention, JournalEntry
from interventions.operations import Change
from interventions.states import Action, Status
from tests.factories import World, a_prestation, a_world, actor_of, an_intervenant, local
from tests.interventions import acts
from tests.interventions.acts import Builder, check_texts, did, earlier, longer, press, refused, version

pytestmark = pytest.mark.django_db
UNDECLARED = {
    **version("declared", None),
    "declared_at": None,
    "declared_on_behalf": False,
    "done_at": None,
}


@pytest.fixture
def world() -> World:
    return a_world()


@pytest.mark.parametrize("entered", [True, False])
def test_complete(world: World, entered: bool) -> None:
    visit = world.visit()
    facts = longer(visit.planned, 20, "1.1") if entered else visit.planned
    assert facts
    did(
        world,
        visit,
        Action.COMPLETE,
        world.as_intervenant,
        to="done",
        sets={
            **version("declared", facts),
            **version("retained", facts),
            "declared_at": world.now,
            "done_at": world.now,
            "billable_checked": True,
            "comment": "Tout va bien",
        },
        facts=facts if entered else None,
        comment="Tout va bien",
    )
    assert visit.planned != visit.declared or not entered


def test_a_declaration_carries_the_visit_to_its_day(world: World) -> None:
    visit = world.visit(day=world.now.date() - timedelta(days=2), start="00:30")
    facts = earlier(visit.planned)
    world.act(visit, Action.COMPLETE, world.as_intervenant, facts=facts)
    assert (visit.day, visit.planned.start) == (world.now.date() - timedelta(days=3), facts.start + timedelta(hours=1))


def test_complete_needs_valid_facts_entered_or_planned(world: World) -> None:
    visit = world.visit()
    planned = visit.planned
    bad = [
        Facts(planned.start, planned.start, planned.km),
        longer(planned, 23 * 60 + 1),
        longer(planned, 0, "-2.5"),
        longer(planned, 0, "997.6"),
        longer(planned, 0, "0.05"),
    ]
    for facts in bad:
        refused(world, visit, Action.COMPLETE, world.as_intervenant, "facts", facts=facts)
    refused(world, visit, Action.COMPLETE, world.as_intervenant, "past", facts=longer(planned, 60 * 27))
    # A plan that no rule of today would let in must not become a declaration unseen.
    day = timedelta(days=1)
    Intervention.objects.filter(pk=visit.pk).update(
        planned_start=planned.start - day, planned_end=planned.end, retained_start=planned.start - day
    )
    refused(world, visit, Action.COMPLETE, world.as_intervenant, "facts")
    assert not world.act(visit, Action.COMPLETE, world.as_intervenant, facts=planned).refused


@pytest.mark.parametrize("action", [Action.COMPLETE, Action.CANCEL, Action.COMPLETE_FOR_INTERVENANT])
def test_what_is_not_past(world: World, action: Action) -> None:
    today, actor = world.now.date(), world.as_intervenant
    entered: dict[str, Any] = {"reason": "Feuille"} if action is Action.COMPLETE_FOR_INTERVENANT else {}
    if entered:
        actor = world.as_manager
    ended, running = world.visit(day=today, start="09:00"), world.visit(day=today, start="11:30")
    refused(world, ended, action, actor, "past", **entered)
    world.agence.same_day_allowed = True
    world.agence.save()
    for visit in (running, world.visit(day=today + timedelta(days=1))):
        refused(world, visit, action, replace(actor, agence=world.agence), "past", **entered)
    assert not world.act(ended, action, replace(actor, agence=world.agence), **entered).refused
    # A night that began yesterday and has not ended is not past either.
    night = world.visit(day=today - timedelta(days=1), start="23:00", minutes=14 * 60)
    refused(world, night, action, actor, "past", **entered)
    assert not world.act(night, action, actor, at=night.planned_end, **entered).refused


def test_report(world: World) -> None:
    visit = acts.reported(world, km=Decimal("999.9"))
    new = acts.a_report(world, km=Decimal("999.9"))
    assert (visit.status, visit.planned, visit.declared, visit.retained) == ("done", None, new.facts, new.facts)
    assert (visit.declared_at, visit.done_at, visit.billable_checked) == (world.now, world.now, True)
    assert (visit.contrat_id, visit.intervenant_id, visit.origin) == (
        world.contrat.pk,
        world.intervenant.pk,
        "intervenant",
    )
    assert (visit.comment, visit.ordre_de_mission, visit.declared_on_behalf) == (
        "Vue en urgence",
        "Ajoutée par Aïcha L’Héritier le 25/11/2026",
        False,
    )
    entry = JournalEntry.objects.get(intervention=visit)
    assert (entry.action, entry.from_status, entry.to_status, entry.before) == ("report", "", "done", {})
    check_texts(entry, comment="Vue en urgence", ordre=visit.ordre_de_mission)


def test_report_unattached(world: World) -> None:
    visit = acts.unattached(world)
    new = acts.a_report(world)
    assert (visit.status, visit.planned, visit.declared, visit.retained) == ("draft", None, new.facts, new.facts)
    assert (visit.done_at, visit.declared_at, visit.billable_checked, visit.contrat_id) == (
        None,
        world.now,
        False,
        None,
    )
    for actor in (world.as_intervenant, world.as_client, world.as_manager):
        assert Intervention.objects.visible_to(actor).filter(pk=visit.pk).exists()


def test_which_of_the_two_reports_goes_hangs_on_the_contrat(world: World) -> None:
    world.visit()
    other = a_prestation(world.agence)
    covered, bare = acts.a_report(world), acts.a_report(world, prestation_id=other.pk)
    tried = [
        (Action.REPORT, bare, "billable"),
        (Action.REPORT_UNATTACHED, covered, "no_billable"),
        (Action.REPORT, covered, "None"),
        (Action.REPORT_UNATTACHED, bare, "None"),
    ]
    outcome = press(world, [Change(action, new=new) for action, new, _ in tried], world.as_intervenant)
    assert [str(row.refusal) for row in outcome.rows] == [guard for _, _, guard in tried]


@pytest.mark.parametrize("action", [Action.REPORT, Action.REPORT_UNATTACHED])
def test_a_report_is_refused_by_name(world: World, action: Action) -> None:
    world.visit()
    start = world.now - timedelta(days=2)
    cases = {
        "past": [
            acts.a_report(world, start=local(world.now.date(), "08:00"), end=local(world.now.date(), "09:00")),
            acts.a_report(world, end=world.now + timedelta(minutes=1), start=world.now - timedelta(hours=13)),
        ],
        "facts": [
            acts.a_report(world, start=start, end=start),
            acts.a_report(world, start=start, end=start + timedelta(hours=24, minutes=1)),
            acts.a_report(world, km=Decimal("-1")),
            acts.a_report(world, km=Decimal("1000")),
        ],
        "unknown": [acts.a_report(a_world())],
    }
    for guard, news in cases.items():
        outcome = press(world, [Change(action, new=new) for new in news], world.as_intervenant)
        assert [str(row.refusal) for row in outcome.rows] == [guard] * len(news)
    stranger = actor_of(an_intervenant(world.agence))
    outcome = press(world, [Change(action, new=acts.a_report(world))], stranger)
    assert [str(row.refusal) for row in outcome.rows] == ["own_client"]
    assert Intervention.objects.count() == 1


@pytest.mark.parametrize(("days", "own"), [(-60, True), (60, True), (-61, False), (61, False)])
def test_an_own_client_has_a_visit_within_60_days_both_ways(world: World, days: int, own: bool) -> None:
    world.visit(day=world.now.date() + timedelta(days=days))
    assert operations.own_clients(world.as_intervenant, world.now).exists() is own
    outcome = press(world, [Change(Action.REPORT, new=acts.a_report(world))], world.as_intervenant)
    assert [str(row.refusal) for row in outcome.rows] == ["None" if own else "own_client"]


def test_a_report_taken_back_makes_no_own_client(world: World) -> None:
    visit = acts.reported(world)
    Intervention.objects.exclude(pk=visit.pk).update(day=world.now.date() - timedelta(days=90))
    world.act(visit, Action.WITHDRAW, world.as_intervenant)
    assert not operations.own_clients(world.as_intervenant, world.now).exists()


def test_cancel(world: World) -> None:
    visit = world.visit()
    did(
        world,
        visit,
        Action.CANCEL,
        world.as_intervenant,
        to="cancelled",
        sets={"cancelled_by": "intervenant", "comment": "Porte close"},
        comment="Porte close",
    )
    refused(world, acts.unattached(world), Action.CANCEL, world.as_intervenant, "own_planned")


def test_the_intervenants_cancel_takes_no_motif_but_one_of_its_kind(world: World) -> None:
    visit, other = world.visit(), world.visit(start="15:00")
    world.act(visit, Action.CANCEL, world.as_intervenant, motif_id=world.motif(kind="refus").pk, comment="Porte close")
    assert (visit.status, visit.motif_id, visit.comment) == ("cancelled", None, "Porte close")
    world.act(other, Action.CANCEL, world.as_intervenant, motif_id=world.motif().pk, comment="Porte close")
    assert (other.motif_id, other.comment) == (world.motif().pk, "Porte close")


def test_correct(world: World) -> None:
    visit = world.visit()
    world.act(visit, Action.COMPLETE_FOR_INTERVENANT, world.as_manager, reason="Feuille")
    former, later = visit.declared, world.now + timedelta(hours=3)
    facts = longer(visit.declared, 10, "0.5")
    refused(world, visit, Action.CORRECT, world.as_intervenant, "facts")
    refused(world, visit, Action.CORRECT, world.as_intervenant, "facts", facts=longer(facts, 24 * 60))
    did(
        world,
        visit,
        Action.CORRECT,
        world.as_intervenant,
        to="done",
        at=later,
        sets={
            **version("declared", facts),
            **version("retained", facts),
            "declared_at": later,
            "declared_on_behalf": False,
            "comment": "Un quart d’heure de plus",
        },
        facts=facts,
        comment="Un quart d’heure de plus",
    )
    entry = JournalEntry.objects.get(intervention=visit, action="correct")
    assert entry.before["declared_end"] == former.end.isoformat()


@pytest.mark.parametrize("corrected", [False, True])
def test_withdraw_what_was_declared(world: World, corrected: bool) -> None:
    visit = world.visit()
    world.act(visit, Action.COMPLETE, world.as_intervenant, facts=longer(visit.planned, 20))
    if corrected:
        world.act(visit, Action.CORRECT, world.as_intervenant, facts=longer(visit.planned, 30))
    did(
        world,
        visit,
        Action.WITHDRAW,
        world.as_intervenant,
        to="planned",
        sets={**UNDECLARED, **version("retained", visit.planned)},
    )
    assert not world.act(visit, Action.COMPLETE, world.as_intervenant).refused


def test_withdraw_a_cancellation(world: World) -> None:
    visit = acts.cancelled_by_carer(world)
    did(world, visit, Action.WITHDRAW, world.as_intervenant, to="planned", sets={"cancelled_by": ""})


@pytest.mark.parametrize("build", [acts.reported, acts.unattached])
def test_withdraw_an_addition_for_good(world: World, build: Builder) -> None:
    visit = build(world)
    did(
        world,
        visit,
        Action.WITHDRAW,
        world.as_intervenant,
        to="cancelled",
        sets={**UNDECLARED, "withdrawn": True},
    )
    for actor in (world.as_intervenant, world.as_client, world.as_proche):
        assert not Intervention.objects.visible_to(actor).filter(pk=visit.pk).exists()
        refused(world, visit, Action.DISPUTE_CANCELLATION, actor, "unknown", comment="Si")
    refused(world, visit, Action.REOPEN, world.as_manager, "not_withdrawn", reason="Quand même")


def test_withdraw_ones_own_last_act_only(world: World) -> None:
    others = actor_of(world.intervenant)
    done = acts.done(world)
    for visit in (
        world.visit(start="10:30"),
        acts.cancelled(world, start="12:00"),
        acts.cancelled_by_client(world, start="13:00"),
    ):
        guard = "own_act" if visit.status != "planned" else "status"
        refused(world, visit, Action.WITHDRAW, world.as_intervenant, guard)
    refused(world, done, Action.WITHDRAW, replace(others, user_id=world.client.user_id), "own_act")
    behalf = world.visit(start="15:00")
    world.act(behalf, Action.COMPLETE_FOR_INTERVENANT, world.as_manager, reason="Feuille")
    refused(world, behalf, Action.WITHDRAW, world.as_intervenant, "own_act")
    back = acts.contested(world, start="16:00")
    world.act(back, Action.RETRACT, world.as_client)
    refused(world, back, Action.WITHDRAW, world.as_intervenant, "own_act")


@pytest.mark.parametrize("km_only", [False, True])
def test_accept_change(world: World, km_only: bool) -> None:
    visit = acts.done(world)
    proposed = longer(visit.declared, 0, "1.5") if km_only else longer(visit.declared, -20)
    motif = world.motif(kind="refus", opens_hours=not km_only, opens_km=km_only)
    acts.contest(world, visit, motif_id=motif.pk, facts=proposed)
    later = world.now + timedelta(days=2)
    did(
        world,
        visit,
        Action.ACCEPT_CHANGE,
        world.as_intervenant,
        to="validated",
        at=later,
        sets={**version("retained", proposed), "settled_by": "agreement", "settled_at": later},
    )
    closed = acts.last_proposition(visit)
    assert (closed.outcome, closed.closed_at, closed.facts) == ("accepted", later, proposed)


def test_an_accepted_change_carries_the_visit_to_its_day(world: World) -> None:
    visit = acts.done(world, start="00:30")
    facts = earlier(visit.declared)
    acts.contest(world, visit, facts=facts)
    assert visit.day == world.now.date() - timedelta(days=1)
    world.act(visit, Action.ACCEPT_CHANGE, world.as_intervenant)
    assert visit.day == world.now.date() - timedelta(days=2)


def test_refuse_change(world: World) -> None:
    visit = acts.contested(world)
    did(world, visit, Action.REFUSE_CHANGE, world.as_intervenant, to="arbitration", comment="J’y étais à neuf heures")
    assert visit.state is Status.ARBITRATION
    assert acts.open_proposition(visit) is not None


@pytest.mark.parametrize("build", [acts.cancelled, acts.cancelled_by_client])
def test_dispute_what_the_others_cancelled(world: World, build: Builder) -> None:
    visit = build(world)
    refused(world, visit, Action.DISPUTE_CANCELLATION, world.as_intervenant, "comment")
    did(world, visit, Action.DISPUTE_CANCELLATION, world.as_intervenant, to="arbitration", comment="J’y étais")
    assert (acts.open_proposition(visit) is not None) == (build is acts.cancelled_by_client)


def test_dispute_neither_ones_own_nor_what_lies_ahead(world: World) -> None:
    visit = acts.cancelled_by_carer(world)
    refused(world, visit, Action.DISPUTE_CANCELLATION, world.as_intervenant, "disputable", comment="Si")
    ahead = acts.cancelled(world, day=world.now.date())
    refused(world, ahead, Action.DISPUTE_CANCELLATION, world.as_intervenant, "past", comment="Si")
    assert not world.act(
        ahead, Action.DISPUTE_CANCELLATION, world.as_intervenant, at=world.now + timedelta(days=1), comment="Si"
    ).refused
