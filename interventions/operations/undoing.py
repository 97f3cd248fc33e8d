"""Undoing a press: a new press, row by row."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from interventions.actor import Actor
from interventions.models import Batch, JournalEntry
from interventions.operations.applying import apply
from interventions.operations.changes import Change, Outcome
from interventions.states import Action, Role

AT_A_TIME = 1000

_BY_MANAGER = {
    Action.COMPLETE_FOR_INTERVENANT: Action.SEND_BACK,
    Action.VALIDATE_FOR_CLIENT: Action.REOPEN,
    Action.CANCEL: Action.REOPEN,
    Action.CONTEST: Action.RETRACT,
    Action.CANCEL_BY_CLIENT: Action.RETRACT,
    Action.ATTACH: Action.ATTACH,
}


# What a gestionnaire can undo in a batch, row by row.
UNDOABLE = frozenset(_BY_MANAGER)


def undo(batch: Batch, *, actor: Actor, at: datetime, key: str) -> Outcome:
    """Undo a batch as its kind allows: `withdraw`, `retract`, `send_back`, `reopen`, or the former contrat.

    Rows with a later act or in a closed month stay and are named in the answer.
    """
    return apply(list(undoing(batch, actor)), actor=actor, at=at, key=key, undoes=batch)


def undoing(batch: Batch, actor: Actor) -> Iterator[Change]:
    """Return the acts that undo a batch, in its order, read as they are asked for; in a transaction."""
    reason = f"annulation du lot n° {batch.pk}"
    entries = batch.entries.filter(agence_id=actor.agence_id).order_by("pk")
    for entry in entries.only("action", "intervention", "version", "before").iterator(AT_A_TIME):
        change = _change(entry, actor, reason)
        if change is not None:
            yield change


def _change(entry: JournalEntry, actor: Actor, reason: str) -> Change | None:
    action = _undoing(Action(entry.action), actor.role)
    if action is None:
        return None
    if action is Action.ATTACH and "contrat_id" not in entry.before:
        return None  # it had that contrat already
    former = entry.before.get("contrat_id") if action is Action.ATTACH else None
    return Change(action, entry.intervention_id, seen=entry.version, reason=reason, contrat_id=former)


def _undoing(action: Action, role: Role) -> Action | None:
    if role is Role.INTERVENANT:
        return Action.WITHDRAW
    if role is Role.MANAGER:
        return _BY_MANAGER.get(action)
    return Action.RETRACT
