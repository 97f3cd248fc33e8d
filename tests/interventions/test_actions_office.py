"""What the agency does: plan, assign, unassign, declare, admit, cancel, send back, move, attach, motif."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from interventions import operations
from interventions.actor import system
from interventions.guards import Facts
from interventions.models import Intervention, JournalEntry, MailLine
from interventions.operations import Change, NewVisit
from interventions.states import Action, Ground, Origin, Via
from tests.factories import (
    World,
    a_client,
    a_contrat,
    a_prestation,
    a_world,
    an_intervenant,
)
from tests.interventions import acts
from tests.interventions.acts import born, check_texts, did, longer, press, refused, version

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


def plan(world: World, **fields: Any) -> NewVisit:
    start = world.now + timedelta(days=3)
    given: dict[str, Any] = {
        "start": start,
        "end": start + timedelta(hours=1),
        "km": Decimal("3.5"),
        "contrat_id": world.contrat.pk,
    }
    given |= {"client_id": world.client.pk, "prestation_id": world.prestation.pk}
    return NewVisit(**(given | fields))


@pytest.mark.parametrize("carer", [True, False])
def test_plan(world: World, carer: bool) -> None:
    new = plan(world, intervenant_id=world.intervenant.pk if carer else None, number="N1", origin=Origin.RECURRENCE)
    change = Change(Action.PLAN, new=new, ordre_de_mission=" Clé sous le pot ")
    outcome = press(world, [change], world.as_manager)
    made = born(outcome)
    assert (made.status, outcome.rows[0].from_status) == ("planned" if carer else "draft", "")
    assert (made.planned, made.declared, made.retained) == (new.facts, None, new.facts)
    assert (made.version, made.step, made.last_action, made.last_role) == (1, 1, "plan", "manager")
    assert (made.number, made.origin, made.contrat_id) == ("N1", "recurrence", world.contrat.pk)
    assert (made.day, made.ordre_de_mission, made.done_at) == (
        (world.now + timedelta(days=3)).date(),
        "Clé sous le pot",
        None,
    )
    entry = JournalEntry.objects.get(intervention=made)
    assert (entry.from_status, entry.to_status, entry.before) == ("", made.status, {})
    assert entry.after["planned_km"] == "3.5"
    check_texts(entry, ordre="Clé sous le pot")


def test_plan_is_refused_by_name_and_the_others_go(world: World) -> None:
    other = a_world()
    neighbour = a_client(world.agence)
    bad = {
        "unknown": [plan(other), plan(world, prestation_id=other.prestation.pk)],
        "intervenant": [plan(world, intervenant_id=other.intervenant.pk)],
        "contrat": [
            plan(world, contrat_id=a_contrat(neighbour, world.prestation).pk),
            plan(world, contrat_id=other.contrat.pk),
        ],
        "facts": [
            plan(world, end=world.now + timedelta(days=3)),
            plan(world, end=world.now + timedelta(days=4, minutes=1)),
            *(plan(world, km=Decimal(km)) for km in ("-0.1", "1000.0", "0.25", "NaN")),
        ],
    }
    pairs = [(guard, new) for guard, news in bad.items() for new in news]
    changes = [Change(Action.PLAN, new=new) for _, new in pairs] + [Change(Action.PLAN, new=plan(world))]
    outcome = press(world, changes, world.as_manager)
    assert [str(row.refusal) for row in outcome.rows] == [*(guard for guard, _ in pairs), "None"]
    assert Intervention.objects.filter(agence=world.agence).count() == 1


def test_a_plan_may_last_24_hours_and_lie_over_the_autumn_night(world: World) -> None:
    start = world.now + timedelta(days=3)
    outcome = press(world, [Change(Action.PLAN, new=plan(world, end=start + timedelta(hours=24)))], world.as_manager)
    assert not outcome.refused


def test_assign(world: World) -> None:
    visit = acts.draft(world)
    did(
        world,
        visit,
        Action.ASSIGN,
        world.as_manager,
        to="planned",
        sets={"intervenant_id": world.intervenant.pk},
        intervenant_id=world.intervenant.pk,
    )


def test_assign_needs_an_intervenant_of_the_agency_and_nothing_declared(world: World) -> None:
    visit = acts.draft(world)
    refused(world, visit, Action.ASSIGN, world.as_manager, "intervenant")
    refused(world, visit, Action.ASSIGN, world.as_manager, "intervenant", intervenant_id=a_world().intervenant.pk)
    gone = an_intervenant(world.agence, archived_at=world.now)
    refused(world, visit, Action.ASSIGN, world.as_manager, "intervenant", intervenant_id=gone.pk)
    mine = world.intervenant.pk
    refused(world, acts.unattached(world), Action.ASSIGN, world.as_manager, "nothing_declared", intervenant_id=mine)


def test_unassign(world: World) -> None:
    visit = world.visit()
    refused(world, visit, Action.UNASSIGN, world.as_manager, "reason", reason="  ")
    did(
        world,
        visit,
        Action.UNASSIGN,
        world.as_manager,
        to="draft",
        sets={"intervenant_id": None},
        reason="Arrêt maladie",
    )


def test_complete_for_intervenant(world: World) -> None:
    visit = world.visit()
    facts = longer(visit.planned, 20, "1.1")
    refused(world, visit, Action.COMPLETE_FOR_INTERVENANT, world.as_manager, "reason", facts=facts)
    outcome = did(
        world,
        visit,
        Action.COMPLETE_FOR_INTERVENANT,
        world.as_manager,
        to="done",
        sets={
            **version("declared", facts),
            **version("retained", facts),
            "declared_at": world.now,
            "declared_on_behalf": True,
            "done_at": world.now,
            "billable_checked": True,
            "comment": "Feuille de présence",
        },
        facts=facts,
        reason="Téléphone en panne",
        comment=" Feuille de présence ",
    )
    assert outcome.batch.on_behalf == "intervenant"


def test_complete_for_intervenant_may_bring_the_contrat(world: World) -> None:
    visit = world.visit(contrat_id=None)
    entered: dict[str, Any] = {"reason": "Feuille"}
    refused(world, visit, Action.COMPLETE_FOR_INTERVENANT, world.as_manager, "billable", **entered)
    world.act(visit, Action.COMPLETE_FOR_INTERVENANT, world.as_manager, contrat_id=world.contrat.pk, **entered)
    assert (visit.status, visit.contrat_id) == ("done", world.contrat.pk)


def test_admit(world: World) -> None:
    visit = acts.unattached(world)
    later = world.now + timedelta(days=1)
    assert (visit.status, visit.contrat_id, visit.done_at, visit.billable_checked) == ("draft", None, None, False)
    refused(world, visit, Action.ADMIT, world.as_manager, "billable")
    did(
        world,
        visit,
        Action.ADMIT,
        world.as_manager,
        to="done",
        at=later,
        sets={"contrat_id": world.contrat.pk, "done_at": later, "billable_checked": True},
        contrat_id=world.contrat.pk,
    )
    refused(world, acts.draft(world), Action.ADMIT, world.as_manager, "declared", contrat_id=world.contrat.pk)


def test_admit_takes_the_contrat_that_was_attached(world: World) -> None:
    visit = acts.unattached(world)
    world.act(visit, Action.ATTACH, world.as_manager, contrat_id=world.contrat.pk)
    did(
        world,
        visit,
        Action.ADMIT,
        world.as_manager,
        to="done",
        sets={"done_at": world.now, "billable_checked": True},
    )


@pytest.mark.parametrize("of", ["draft", "planned"])
def test_cancel_by_the_manager_needs_a_motif_and_waits_for_no_day(world: World, of: str) -> None:
    tomorrow = world.now.date() + timedelta(days=1)
    visit = acts.draft(world, day=tomorrow) if of == "draft" else world.visit(day=tomorrow)
    motif = world.motif("hors délai")
    for wrong in (None, world.motif(kind="refus").pk, a_world().motif().pk):
        refused(world, visit, Action.CANCEL, world.as_manager, "motif", motif_id=wrong)
    did(
        world,
        visit,
        Action.CANCEL,
        world.as_manager,
        to="cancelled",
        sets={"cancelled_by": "manager", "motif_id": motif.pk},
        motif_id=motif.pk,
        comment="Client hospitalisé",
    )


def test_an_archived_motif_is_no_longer_one(world: World) -> None:
    motif = world.motif()
    motif.archived_at = world.now
    motif.save()
    refused(world, world.visit(), Action.CANCEL, world.as_manager, "motif", motif_id=motif.pk)


def test_send_back(world: World) -> None:
    visit = world.visit()
    world.act(visit, Action.COMPLETE, world.as_intervenant, facts=longer(visit.planned, 30, "2"))
    refused(world, visit, Action.SEND_BACK, world.as_manager, "reason")
    did(
        world,
        visit,
        Action.SEND_BACK,
        world.as_manager,
        to="planned",
        sets={**UNDECLARED, **version("retained", visit.planned)},
        reason="Ce n’était pas elle",
    )


def test_a_report_sent_back_is_cancelled_and_comes_back_with_a_plan(world: World) -> None:
    visit = acts.reported(world)
    did(world, visit, Action.SEND_BACK, world.as_manager, to="cancelled", sets=UNDECLARED, reason="Doublon")
    assert Intervention.objects.visible_to(world.as_intervenant).filter(pk=visit.pk).exists()
    refused(world, visit, Action.DISPUTE_CANCELLATION, world.as_intervenant, "disputable", comment="Si")
    did(
        world,
        visit,
        Action.REOPEN,
        world.as_manager,
        to="planned",
        sets=version("planned", visit.retained),
        reason="Elle avait raison",
    )
    world.act(visit, Action.COMPLETE, world.as_intervenant)
    # It has a plan now, to which a step back leads like that of any other visit.
    world.act(visit, Action.WITHDRAW, world.as_intervenant)
    assert (visit.status, visit.withdrawn) == ("planned", False)
    world.act(visit, Action.CANCEL, world.as_intervenant)
    world.act(visit, Action.WITHDRAW, world.as_intervenant)
    assert (visit.status, visit.withdrawn) == ("planned", False)


def test_move(world: World) -> None:
    visit, other = world.visit(), an_intervenant(world.agence)
    to = Facts(visit.planned.start + timedelta(days=2), visit.planned.end + timedelta(days=2, hours=1), Decimal("9.9"))
    prestation = a_prestation(world.agence)
    did(
        world,
        visit,
        Action.MOVE,
        world.as_manager,
        to="planned",
        sets={
            **version("planned", to),
            **version("retained", to),
            "day": visit.day + timedelta(days=2),
            "intervenant_id": other.pk,
            "prestation_id": prestation.pk,
            "ordre_de_mission": "Prendre le pain",
        },
        facts=to,
        intervenant_id=other.pk,
        prestation_id=prestation.pk,
        ordre_de_mission="Prendre le pain",
    )


def test_a_move_tells_who_has_the_visit_and_who_had_it(world: World) -> None:
    day = world.now.date() + timedelta(days=3)
    moved, kept = world.visit(day=day), world.visit(day=day, start="14:00")
    other = an_intervenant(world.agence)
    MailLine.objects.all().delete()
    world.act(moved, Action.MOVE, world.as_manager, intervenant_id=other.pk)
    world.act(kept, Action.MOVE, world.as_manager, facts=longer(kept.planned))
    told = MailLine.objects.filter(role="intervenant").values_list("intervention", "mail__user")
    assert sorted(told) == sorted(
        [(moved.pk, other.user_id), (moved.pk, world.intervenant.user_id), (kept.pk, world.intervenant.user_id)]
    )


def test_move_of_a_draft_gives_it_no_intervenant(world: World) -> None:
    visit = acts.draft(world)
    did(world, visit, Action.MOVE, world.as_manager, to="draft", intervenant_id=world.intervenant.pk)


def test_move_is_refused_by_name(world: World) -> None:
    visit, other = world.visit(), a_world()
    for facts in (
        Facts(visit.planned.start, visit.planned.start),
        longer(visit.planned, 24 * 60),
        longer(visit.planned, 0, "999"),
        longer(visit.planned, 0, "-3"),
    ):
        refused(world, visit, Action.MOVE, world.as_manager, "facts", facts=facts)
    refused(world, visit, Action.MOVE, world.as_manager, "unknown", prestation_id=other.prestation.pk)
    refused(world, visit, Action.MOVE, world.as_manager, "unknown", client_id=other.client.pk)
    refused(world, visit, Action.MOVE, world.as_manager, "contrat", client_id=a_client(world.agence).pk)
    refused(world, visit, Action.MOVE, world.as_manager, "intervenant", intervenant_id=other.intervenant.pk)
    refused(world, acts.unattached(world), Action.MOVE, world.as_manager, "nothing_declared", ordre_de_mission="x")


def test_set_motif(world: World) -> None:
    visit, motif = acts.cancelled_by_carer(world), world.motif("Intervenant absent")
    refused(world, visit, Action.SET_MOTIF, world.as_manager, "motif")
    refused(world, visit, Action.SET_MOTIF, world.as_manager, "motif", motif_id=world.motif(kind="refus").pk)
    did(
        world,
        visit,
        Action.SET_MOTIF,
        world.as_manager,
        to="cancelled",
        sets={"motif_id": motif.pk},
        motif_id=motif.pk,
    )
    # It changes a fact, not the step: the intervenant may still take their act back.
    assert not world.act(visit, Action.WITHDRAW, world.as_intervenant).refused
    assert (visit.motif_id, visit.cancelled_by) == (None, "")


def test_who_acts_on_behalf_is_in_the_batch(world: World) -> None:
    first, second = acts.done(world), world.visit(start="14:00")
    changes = [
        Change(Action.CANCEL, second.pk, motif_id=world.motif().pk),
        Change(Action.VALIDATE_FOR_CLIENT, first.pk),
    ]
    outcome = press(world, changes, world.as_manager, ground=Ground.OTHER, ground_text="Vue au marché")
    assert not outcome.refused
    assert (outcome.batch.on_behalf, outcome.batch.ground, outcome.batch.ground_text) == (
        "client",
        "other",
        "Vue au marché",
    )
    third = acts.done(world, start="16:00")
    validated = world.act(third, Action.VALIDATE, world.as_proche)
    assert (validated.batch.on_behalf, validated.batch.for_client_id) == ("client", world.client.pk)
    assert (
        world.act(acts.draft(world), Action.CANCEL, world.as_manager, motif_id=world.motif().pk).batch.on_behalf == ""
    )


def test_the_same_key_answers_in_the_order_of_the_press(world: World) -> None:
    """A new visit stands where it was pressed, though it is written before the others."""
    first, second = world.visit(), world.visit(start="14:00", contrat_id=None)
    changes = [
        Change(Action.COMPLETE, first.pk),
        Change(Action.COMPLETE, second.pk),
        Change(Action.REPORT, new=acts.a_report(world)),
        Change(Action.CANCEL, world.visit(start="18:00").pk),
    ]
    one = operations.apply(changes, actor=world.as_intervenant, at=world.now, key="k")
    two = operations.apply(changes, actor=world.as_intervenant, at=world.now, key="k")
    assert [str(row.action) for row in one.rows] == ["complete", "complete", "report", "cancel"]
    assert [str(row.refusal) for row in one.rows] == ["None", "billable", "None", "None"]
    assert two.rows == one.rows


def test_an_attachment_that_changed_nothing_has_nothing_to_undo(world: World) -> None:
    visit = world.visit()
    done = world.act(visit, Action.ATTACH, world.as_manager, contrat_id=world.contrat.pk)
    operations.undo(done.batch, actor=world.as_manager, at=world.now, key="u")
    visit.refresh_from_db()
    assert visit.contrat_id == world.contrat.pk


def test_the_import_assigns_and_unassigns(world: World) -> None:
    visit, importer = world.visit(), system(world.agence, Via.IMPORT)
    did(world, visit, Action.UNASSIGN, importer, to="draft", sets={"intervenant_id": None}, reason="Import 12")
    mine = world.intervenant.pk
    did(world, visit, Action.ASSIGN, importer, to="planned", sets={"intervenant_id": mine}, intervenant_id=mine)
