"""Four eyes: who already took part in a visit, by its journal; an agency may ask that somebody else arbitrate."""

from __future__ import annotations

from collections.abc import Mapping

from django.db.models.expressions import RawSQL

from interventions.actor import Actor
from interventions.guards import Row
from interventions.models import JournalEntry
from interventions.states import Action, Role, Status

# By which acts somebody planned, completed, contested (on behalf or as a side), sent back or escalated a visit.
PLANNED = (Action.PLAN, Action.MOVE)
COMPLETED = (
    Action.COMPLETE,
    Action.COMPLETE_FOR_INTERVENANT,
    Action.CORRECT,
    Action.REPORT,
    Action.REPORT_UNATTACHED,
)
CONTESTED = (
    Action.CONTEST,
    Action.CANCEL_BY_CLIENT,
    Action.OBJECT,
    Action.REFUSE_CHANGE,
    Action.DISPUTE_CANCELLATION,
)
TOOK_PART = (*PLANNED, *COMPLETED, *CONTESTED, Action.SEND_BACK, Action.ESCALATE)


def read_hands(rows: Mapping[int, Row], actor: Actor) -> None:
    """Note on the rows to arbitrate whether the actor took part in them; no statement where the agency does not ask.

    A user counts whatever the role they acted in. One statement however many rows.
    """
    if actor.role is not Role.MANAGER or not actor.agence.four_eyes:
        return
    disputed = [row.id for row in rows.values() if row.status is Status.ARBITRATION]
    if not disputed:
        return
    ids = RawSQL("SELECT unnest(%s::bigint[])", [disputed])
    own = JournalEntry.objects.filter(agence_id=actor.agence_id, intervention__in=ids, actor_id_kept=actor.user_id)
    acts = own.filter(action__in=TOOK_PART).order_by("version")
    for visit, user, action in acts.values_list("intervention_id", "actor_id_kept", "action"):
        rows[visit].hands = {user: Action(action)} if user else {}
