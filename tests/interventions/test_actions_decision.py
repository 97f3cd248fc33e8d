"""The manager decides, transmits, reopens."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from interventions.guards import Facts
from interventions.models import Deliberation
from interventions.states import Action, Choice
from tests.factories import World, a_gestionnaire, a_world, actor_of
from tests.interventions import acts
from tests.interventions.acts import Builder, did, earlier, longer, refused, version

pytestmark = pytest.mark.django_db
GROUNDS = "La feuille de présence fait foi."


@pytest.fixture
def world() -> World:
    return a_world()


def to_be_decided(world: World, how: str) -> Any:
    """Return a visit in arbitration: what leads there, and so what each side says, differs."""
    if how == "modified":
        return acts.arbitration(world)
    if how == "objected":
        visit = acts.validated_for_client(world)
        world.act(visit, Action.OBJECT, world.as_client, cancels=True)
        return visit
    builds: dict[str, tuple[Builder, bool]] = {
        "client cancelled, carer disputes": (acts.cancelled_by_client, True),
        "manager cancelled, carer disputes": (acts.cancelled, True),
        "manager cancelled, client disputes": (acts.cancelled, False),
        "carer cancelled, client disputes": (acts.cancelled_by_carer, False),
    }
    build, by_carer = builds[how]
    visit = build(world)
    actor = world.as_intervenant if by_carer else world.as_client
    world.act(visit, Action.DISPUTE_CANCELLATION, actor, comment="Si")
    assert visit.status == "arbitration"
    return visit


# What each side offers: "declared", "planned", "proposed", "cancelled", or None where it offers nothing.
OFFERS = {
    "modified": ("declared", "proposed"),
    "objected": ("declared", "cancelled"),
    "client cancelled, carer disputes": ("declared", "cancelled"),
    "manager cancelled, carer disputes": (None, None),
    "manager cancelled, client disputes": (None, "planned"),
    "carer cancelled, client disputes": ("cancelled", "planned"),
}


@pytest.mark.parametrize("how", list(OFFERS))
@pytest.mark.parametrize("choice", [Choice.INTERVENANT, Choice.CLIENT])
def test_arbitrate_for_a_side(world: World, how: str, choice: Choice) -> None:
    visit = to_be_decided(world, how)
    offer = OFFERS[how][0 if choice is Choice.INTERVENANT else 1]
    opened = acts.open_proposition(visit)
    decide: dict[str, Any] = {"choice": choice, "reason": GROUNDS}
    if offer is None:
        refused(world, visit, Action.ARBITRATE, world.as_manager, "version", **decide)
        return
    if offer == "cancelled":
        motif = opened.motif_id if choice is Choice.CLIENT else visit.motif_id
        sets = {"cancelled_by": "manager", "motif_id": motif or visit.motif_id, "settled_by": "", "settled_at": None}
        to, facts = "cancelled", None
    else:
        facts = opened.facts if offer == "proposed" else getattr(visit, offer)
        sets = settled(world, facts)
        to = "validated"
    outcome = did(world, visit, Action.ARBITRATE, world.as_manager, to=to, sets=sets, **decide)
    check_deliberation(world, visit, outcome.batch.pk, str(choice), to, facts)
    assert acts.open_proposition(visit) is None
    if opened:
        closed = acts.last_proposition(visit)
        assert closed.outcome == ("retained" if choice is Choice.CLIENT else "set_aside")
        assert closed.closed_at == world.now


def settled(world: World, facts: Facts | None) -> dict[str, Any]:
    return {
        **version("retained", facts),
        "settled_by": "deliberation",
        "settled_at": world.now,
        "billable_checked": True,
        "cancelled_by": "",
        "motif_id": None,
    }


def check_deliberation(world: World, visit: Any, batch: int, choice: str, to: str, facts: Facts | None) -> None:
    decided = Deliberation.objects.get(intervention=visit)
    assert (decided.choice, decided.result, decided.grounds, decided.at) == (choice, to, GROUNDS, world.now)
    assert (decided.batch_id, decided.actor_id) == (batch, world.gestionnaire.user_id)
    assert (decided.start, decided.end, decided.km) == (
        (facts.start, facts.end, facts.km) if facts else (None, None, None)
    )


@pytest.mark.parametrize("how", list(OFFERS))
def test_arbitrate_for_a_third_version(world: World, how: str) -> None:
    visit = to_be_decided(world, how)
    facts = longer(visit.retained, -7, "0.3")
    decide: dict[str, Any] = {"choice": Choice.THIRD, "reason": GROUNDS}
    refused(world, visit, Action.ARBITRATE, world.as_manager, "version", **decide)
    refused(world, visit, Action.ARBITRATE, world.as_manager, "facts", facts=longer(facts, 48 * 60), **decide)
    outcome = did(
        world,
        visit,
        Action.ARBITRATE,
        world.as_manager,
        to="validated",
        sets=settled(world, facts),
        facts=facts,
        **decide,
    )
    check_deliberation(world, visit, outcome.batch.pk, "third", "validated", facts)
    if visit.propositions.exists():
        assert acts.last_proposition(visit).outcome == "set_aside"


def test_arbitrate_that_it_did_not_take_place(world: World) -> None:
    visit, motif = acts.arbitration(world), world.motif("hors délai")
    decide: dict[str, Any] = {"choice": Choice.THIRD, "cancels": True, "reason": GROUNDS}
    refused(world, visit, Action.ARBITRATE, world.as_manager, "motif", **decide)
    refused(world, visit, Action.ARBITRATE, world.as_manager, "motif", motif_id=world.motif(kind="refus").pk, **decide)
    sets = {"cancelled_by": "manager", "motif_id": motif.pk}
    did(world, visit, Action.ARBITRATE, world.as_manager, to="cancelled", sets=sets, motif_id=motif.pk, **decide)


def test_a_motif_de_refus_never_explains_a_cancellation(world: World) -> None:
    visit = to_be_decided(world, "client cancelled, carer disputes")
    kept, wrong = visit.motif_id, world.motif(kind="refus").pk
    world.act(visit, Action.ARBITRATE, world.as_manager, choice=Choice.CLIENT, motif_id=wrong, reason=GROUNDS)
    assert (visit.status, visit.motif_id) == ("cancelled", kept)


def test_arbitrate_carries_the_visit_to_its_day(world: World) -> None:
    visit = acts.done(world, start="00:30")
    acts.contest(world, visit, facts=earlier(visit.declared))
    world.act(visit, Action.REFUSE_CHANGE, world.as_intervenant)
    world.act(visit, Action.ARBITRATE, world.as_manager, choice=Choice.CLIENT, reason=GROUNDS)
    assert visit.day == world.now.date() - timedelta(days=2)


def test_arbitrate_is_refused_by_name(world: World) -> None:
    visit = acts.arbitration(world)
    manager = actor_of(a_gestionnaire(world.agence, may_arbitrate=False))
    decide: dict[str, Any] = {"choice": Choice.INTERVENANT, "reason": GROUNDS}
    refused(world, visit, Action.ARBITRATE, manager, "may_arbitrate", **decide)
    refused(world, visit, Action.ARBITRATE, world.as_manager, "version", reason=GROUNDS)
    refused(world, visit, Action.ARBITRATE, world.as_manager, "reason", choice=Choice.CLIENT)
    only = actor_of(a_gestionnaire(world.agence, may_manage=False))
    refused(world, visit, Action.ATTACH, only, "right", contrat_id=world.contrat.pk)
    assert not world.act(visit, Action.ARBITRATE, only, **decide).refused


def test_the_contrat_is_asked_for_at_the_decision_where_nothing_came_before(world: World) -> None:
    motif = world.motif().pk
    visits = [world.visit(contrat_id=None, start=start) for start in ("09:00", "11:00")]
    for visit in visits:
        world.act(visit, Action.CANCEL, world.as_manager, motif_id=motif)
        world.act(visit, Action.DISPUTE_CANCELLATION, world.as_client, comment="Si")
    first, second = visits
    client: dict[str, Any] = {"choice": Choice.CLIENT, "reason": GROUNDS}
    third: dict[str, Any] = {"choice": Choice.THIRD, "facts": longer(first.retained, 5), "reason": GROUNDS}
    refused(world, first, Action.ARBITRATE, world.as_manager, "billable_once", **client)
    refused(world, first, Action.ARBITRATE, world.as_manager, "billable_once", **third)
    none: dict[str, Any] = {"choice": Choice.THIRD, "cancels": True, "motif_id": motif, "reason": GROUNDS}
    assert not world.act(second, Action.ARBITRATE, world.as_manager, **none).refused
    world.act(first, Action.ATTACH, world.as_manager, contrat_id=world.contrat.pk)
    assert not world.act(first, Action.ARBITRATE, world.as_manager, **client).refused
    assert first.billable_checked


def test_a_contrat_that_ended_since_stops_no_decision(world: World) -> None:
    visit = acts.arbitration(world)
    world.contrat.billable = False
    world.contrat.save()
    assert not world.act(visit, Action.ARBITRATE, world.as_manager, choice=Choice.CLIENT, reason=GROUNDS).refused


def test_a_carers_cancellation_needs_no_contrat_to_be_upheld(world: World) -> None:
    visit = acts.cancelled_by_carer(world, contrat_id=None)
    world.act(visit, Action.DISPUTE_CANCELLATION, world.as_client, comment="Si")
    outcome = world.act(visit, Action.ARBITRATE, world.as_manager, choice=Choice.INTERVENANT, reason=GROUNDS)
    assert (outcome.refused, visit.status) == ([], "cancelled")


def test_escalate(world: World) -> None:
    visit = acts.contested(world)
    refused(world, visit, Action.ESCALATE, world.as_manager, "reason")
    did(world, visit, Action.ESCALATE, world.as_manager, to="arbitration", reason="En congé")
    assert acts.open_proposition(visit) is not None


REOPENED = {"settled_by": "", "settled_at": None, "cancelled_by": "", "motif_id": None}


@pytest.mark.parametrize("build", [acts.validated, acts.validated_for_client, acts.cancelled_by_client, acts.reported])
def test_reopen_to_done(world: World, build: Builder) -> None:
    visit = build(world)
    if build is acts.reported:
        world.act(visit, Action.VALIDATE, world.as_client)
    later = world.now + timedelta(days=40)
    refused(world, visit, Action.REOPEN, world.as_manager, "reason", reason=" ")
    sets = {"done_at": later, **version("retained", visit.declared), **REOPENED}
    did(world, visit, Action.REOPEN, world.as_manager, to="done", at=later, sets=sets, reason="Erreur")
    assert acts.open_proposition(visit) is None
    if build is acts.cancelled_by_client:
        assert (acts.last_proposition(visit).outcome, acts.last_proposition(visit).closed_at) == ("reopened", later)


def test_reopen_a_decision_retains_the_declaration_again(world: World) -> None:
    visit = acts.done(world, start="00:30")
    acts.contest(world, visit, facts=earlier(visit.declared))
    world.act(visit, Action.ACCEPT_CHANGE, world.as_intervenant)
    did(
        world,
        visit,
        Action.REOPEN,
        world.as_manager,
        to="done",
        sets={
            "done_at": world.now,
            "day": visit.declared.end.date(),
            **version("retained", visit.declared),
            **REOPENED,
        },
        reason="Erreur",
    )


@pytest.mark.parametrize("build", [acts.cancelled, acts.cancelled_by_carer])
def test_reopen_to_planned(world: World, build: Builder) -> None:
    visit = build(world)
    did(world, visit, Action.REOPEN, world.as_manager, to="planned", sets=REOPENED, reason="Elle y va")
    assert not world.act(visit, Action.COMPLETE, world.as_intervenant).refused


def test_reopen_to_planned_what_a_decision_retained_otherwise(world: World) -> None:
    visit = acts.disputed(world)
    facts = longer(visit.planned, -9)
    world.act(visit, Action.ARBITRATE, world.as_manager, choice=Choice.THIRD, facts=facts, reason=GROUNDS)
    assert (visit.status, visit.declared) == ("validated", None)
    sets = {**version("retained", visit.planned), **REOPENED}
    did(world, visit, Action.REOPEN, world.as_manager, to="planned", sets=sets, reason="Erreur")


def test_reopen_to_draft(world: World) -> None:
    nobody = acts.draft(world)
    world.act(nobody, Action.CANCEL, world.as_manager, motif_id=world.motif().pk)
    did(world, nobody, Action.REOPEN, world.as_manager, to="draft", sets=REOPENED, reason="Erreur")
    added = acts.unattached(world)
    world.act(added, Action.CANCEL, world.as_manager, motif_id=world.motif().pk)
    did(world, added, Action.REOPEN, world.as_manager, to="draft", sets=REOPENED, reason="Erreur")
    assert added.declared is not None
    assert not world.act(added, Action.ADMIT, world.as_manager, contrat_id=world.contrat.pk).refused


def test_reopen_an_addition_decided_before_it_was_admitted(world: World) -> None:
    visit = acts.unattached(world)
    world.act(visit, Action.CANCEL, world.as_manager, motif_id=world.motif().pk)
    world.act(visit, Action.DISPUTE_CANCELLATION, world.as_intervenant, comment="J’y étais")
    world.act(visit, Action.ATTACH, world.as_manager, contrat_id=world.contrat.pk)
    facts = replace(longer(visit.declared, -9))
    world.act(visit, Action.ARBITRATE, world.as_manager, choice=Choice.THIRD, facts=facts, reason=GROUNDS)
    assert (visit.status, visit.retained) == ("validated", facts)
    sets = {**version("retained", visit.declared), **REOPENED}
    did(world, visit, Action.REOPEN, world.as_manager, to="draft", sets=sets, reason="Erreur")
