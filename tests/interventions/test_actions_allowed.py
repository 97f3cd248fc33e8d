"""Every status × action × role: what the rules do not allow is refused, by a list of our own."""

import pytest

from interventions import operations
from interventions.actor import Actor, system
from interventions.models import Batch, Intervention, JournalEntry
from interventions.operations import Change
from interventions.states import Action, Role, Status, Via
from tests.factories import World, a_world
from tests.interventions import acts

pytestmark = pytest.mark.django_db

BUILDERS: dict[str, acts.Builder] = {
    "draft": acts.draft,
    "planned": World.visit,
    "done": acts.done,
    "contested": acts.contested,
    "arbitration": acts.arbitration,
    "validated": acts.validated,
    "cancelled": acts.cancelled,
}
CLIENT_SIDE = {
    "done": {"validate", "contest", "cancel_by_client"},
    "contested": {"retract"},
    "cancelled": {"retract", "dispute_cancellation"},
    "validated": {"retract", "object"},
}
OFFICE = {
    "draft": {"assign", "admit", "cancel", "move", "attach"},
    "planned": {"unassign", "complete_for_intervenant", "cancel", "move", "attach", "remind_intervenant"},
    "done": {"send_back", "validate_for_client", "contest", "cancel_by_client", "attach", "remind_client"},
    "contested": {"retract", "escalate", "attach", "remind_intervenant"},
    "arbitration": {"arbitrate", "attach"},
    "validated": {"retract", "reopen", "attach"},
    "cancelled": {"retract", "reopen", "set_motif"},
}
# The rules, written down by hand: who may try what on a visit that stands where.
ALLOWED: dict[str, dict[str, set[str]]] = {
    "intervenant": {
        "draft": {"withdraw"},
        "planned": {"complete", "cancel"},
        "done": {"correct", "withdraw"},
        "contested": {"accept_change", "refuse_change"},
        "cancelled": {"withdraw", "dispute_cancellation"},
    },
    "client": CLIENT_SIDE,
    "proche": CLIENT_SIDE,
    "manager": OFFICE,
    "system": {
        "draft": {"assign", "move", "attach"},
        "planned": {"unassign", "move", "attach"},
        "done": {"validate_tacitly", "attach"},
        "contested": {"escalate", "attach"},
        "arbitration": {"attach"},
        "validated": {"attach"},
        "cancelled": {"set_motif"},
    },
}
BY_ROLE = {  # an act that a role may do somewhere: elsewhere the status refuses it, not the role
    role: set().union(*by_status.values()) for role, by_status in ALLOWED.items()
}
# The intervenant may cancel nothing but a planned visit, so that a draft refuses it by that name.
INTERVENANT_ON_DRAFT = {"cancel"}


def people(world: World) -> dict[str, Actor]:
    return {
        "intervenant": world.as_intervenant,
        "client": world.as_client,
        "proche": world.as_proche,
        "manager": world.as_manager,
        "system": system(world.agence, Via.IMPORT),
    }


def test_the_list_speaks_of_every_status_and_role() -> None:
    assert set(BUILDERS) == {str(status) for status in Status}
    assert set(ALLOWED) == {str(role) for role in Role}


@pytest.mark.parametrize("status", list(BUILDERS))
def test_what_is_not_on_the_list_is_refused_and_leaves_no_trace(status: str) -> None:
    world = a_world()
    visit = BUILDERS[status](world)
    if status == "draft":
        Intervention.objects.filter(pk=visit.pk).update(intervenant=world.intervenant)
    before = acts.written(visit)
    for role, actor in people(world).items():
        tried = [action for action in Action if str(action) not in ALLOWED[role].get(status, set())]
        changes = [Change(action, visit.pk, reason="x", comment="x") for action in tried]
        outcome = acts.press(world, changes, actor)
        names = {str(row.action): str(row.refusal) for row in outcome.rows}
        assert names == {str(action): _refusal(str(action), role, status) for action in tried}, role
    assert acts.written(visit) == before


def _refusal(action: str, role: str, status: str) -> str:
    if role == "intervenant" and status == "draft" and action in INTERVENANT_ON_DRAFT:
        return "own_planned"
    births = {"manager": {"plan"}, "system": {"plan"}, "intervenant": {"report", "report_unattached"}}
    return "status" if action in BY_ROLE[role] | births.get(role, set()) else "right"


@pytest.mark.parametrize("status", list(BUILDERS))
def test_what_is_on_the_list_is_refused_neither_for_the_role_nor_the_status(status: str) -> None:
    world = a_world()
    visit = BUILDERS[status](world)
    if status == "draft":
        Intervention.objects.filter(pk=visit.pk).update(intervenant=world.intervenant)
    for role, actor in people(world).items():
        for action in ALLOWED[role].get(status, set()):
            judged = operations.preview([Change(Action(action), visit.pk)], actor=actor, at=world.now)
            assert [row.refusal for row in judged.refused if str(row.refusal) in ("right", "status")] == [], action
        offered = operations.possibilities([visit.pk], actor, world.now)[visit.pk]
        shown = {str(action) for action in (*offered.actions, *offered.blocked)}
        assert shown <= ALLOWED[role].get(status, set()) | ({"cancel"} if role == "intervenant" else set())


def test_nothing_is_born_but_by_plan_and_report() -> None:
    world = a_world()
    world.visit()
    counted = Intervention.objects.count(), JournalEntry.objects.count()
    births = {"plan": {"manager", "system"}, "report": {"intervenant"}, "report_unattached": {"intervenant"}}
    for role, actor in people(world).items():
        tried = [action for action in Action if role not in births.get(str(action), set())]
        changes = [Change(action, new=acts.a_report(world)) for action in tried]
        outcome = acts.press(world, changes, actor)
        assert {str(row.refusal) for row in outcome.rows} <= {"right", "facts"}
        assert outcome.done == []
    assert (Intervention.objects.count(), JournalEntry.objects.count()) == counted
    assert all(len(batch.refused) > 20 for batch in Batch.objects.exclude(refused=[]))
