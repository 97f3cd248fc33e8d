"""Cases that only a second look finds: two roles in one person, leftovers in a form, versions that differ."""

from datetime import timedelta

import pytest

from interventions import checks, operations
from interventions.guards import Facts
from interventions.models import Intervention
from interventions.states import Action, Choice
from tests.factories import World, a_gestionnaire, a_world, actor_of
from tests.interventions import acts
from tests.interventions.acts import longer, refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return a_world()


def test_a_carer_who_is_also_a_manager_takes_back_only_what_they_did_as_a_carer(world: World) -> None:
    both = actor_of(a_gestionnaire(world.agence, user=world.intervenant.user))
    visit = world.visit()
    world.act(visit, Action.CANCEL, both, motif_id=world.motif().pk)
    assert visit.last_actor_id == world.intervenant.user_id
    refused(world, visit, Action.WITHDRAW, world.as_intervenant, "own_act")


@pytest.mark.parametrize("action", [Action.CONTEST, Action.OBJECT])
def test_hours_that_the_motif_does_not_open_are_not_looked_at(world: World, action: Action) -> None:
    visit = acts.done(world) if action is Action.CONTEST else acts.validated_for_client(world)
    km = world.motif(kind="refus", opens_hours=False, opens_km=True).pk
    declared = visit.declared
    entered = Facts(world.now + timedelta(days=1), world.now, declared.km + 1)
    assert not world.act(visit, action, world.as_client, motif_id=km, facts=entered).refused
    assert acts.open_proposition(visit).facts == longer(declared, 0, "1")


def test_cancels_left_in_a_form_changes_nothing_elsewhere(world: World) -> None:
    """It means something in an objection and in a délibération's third version only."""
    visit = acts.done(world)
    motif = world.motif(kind="refus", opens_hours=True, opens_km=False).pk
    refused(world, visit, Action.CONTEST, world.as_client, "changed", motif_id=motif, cancels=True)
    decided = acts.arbitration(world, start="14:00")
    world.act(decided, Action.ARBITRATE, world.as_manager, choice=Choice.INTERVENANT, cancels=True, reason="Vu")
    assert (decided.status, decided.retained) == ("validated", decided.declared)


def test_the_client_corrects_what_was_declared_not_what_was_planned(world: World) -> None:
    visit = world.visit()
    world.act(visit, Action.COMPLETE, world.as_intervenant, facts=longer(visit.planned, 40, "3"))
    km = world.motif(kind="refus", opens_hours=False, opens_km=True).pk
    world.act(visit, Action.CONTEST, world.as_client, motif_id=km, facts=longer(visit.planned))
    assert acts.open_proposition(visit).facts == longer(visit.declared, 0, "-3")


def test_an_objection_is_held_against_what_counts(world: World) -> None:
    """What is retained is what the client objects to, and the rest of their version is what was declared."""
    visit = acts.validated_for_client(world)
    motif = world.motif(kind="refus", opens_hours=True, opens_km=False).pk
    refused(world, visit, Action.OBJECT, world.as_client, "changed", motif_id=motif, facts=visit.retained)
    assert Intervention.objects.get(pk=visit.pk).retained == visit.declared


def test_silence_counts_from_the_latest_of_its_marks(world: World) -> None:
    """A delivery that a mail service dates before the visit was done starts the clock no earlier than that."""
    visit = acts.done(world)
    row = operations.possibilities([visit.pk], world.as_manager, world.now)[visit.pk].row
    assert checks.asked_since(row, world.as_manager) is None
    row.delivered_at = row.declared_at = world.now - timedelta(days=1)
    assert checks.asked_since(row, world.as_manager) == visit.done_at


def test_a_decision_that_it_did_not_take_place_forgets_the_hours_in_the_form(world: World) -> None:
    visit, motif = acts.arbitration(world), world.motif().pk
    facts = longer(visit.declared, -5)
    decide = {"choice": Choice.THIRD, "cancels": True, "facts": facts, "motif_id": motif, "reason": "Vu"}
    world.act(visit, Action.ARBITRATE, world.as_manager, **decide)  # type: ignore[arg-type]
    assert (visit.status, visit.motif_id, visit.retained) == ("cancelled", motif, visit.declared)


def test_the_motif_of_an_objection_that_is_upheld_is_that_of_the_cancellation(world: World) -> None:
    visit, motif = acts.validated_for_client(world), world.motif("hors délai").pk
    world.act(visit, Action.OBJECT, world.as_client, cancels=True, motif_id=motif)
    world.act(visit, Action.ARBITRATE, world.as_manager, choice=Choice.CLIENT, reason="Vu")
    assert (visit.status, visit.motif_id) == ("cancelled", motif)
