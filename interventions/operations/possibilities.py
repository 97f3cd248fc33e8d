"""What somebody may do now with a visit: for buttons, and for saying why one is closed."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime

from interventions import hours
from interventions.actor import Actor
from interventions.checks import CHECKS
from interventions.guards import Entry, Guard, Row
from interventions.operations.deciding import Refused, permit
from interventions.operations.hands import read_hands
from interventions.operations.reading import closed_months, read_visible
from interventions.states import Action, Role
from interventions.workflow import FACT_CHANGES, TABLE, actions_from

# What depends on what will be entered cannot be judged before.
ENTERED = frozenset({Guard.FACTS, Guard.CHANGED, Guard.VERSION, Guard.NO_ANSWER, Guard.BILLABLE_ONCE, Guard.TACIT})
# An act that these stop is none of this person's business: no closed button, no reason.
OUT_OF_PLACE = frozenset(
    {
        Guard.OWN_PLANNED,
        Guard.OWN_ACT,
        Guard.RETRACTABLE,
        Guard.DISPUTABLE,
        Guard.OBJECTABLE,
        Guard.DECLARED,
        Guard.NOTHING_DECLARED,
        Guard.NOT_WITHDRAWN,
        Guard.TACIT,
    }
)


@dataclass(slots=True)
class Possibility:
    """What the actor may do with one visit: `actions` go, `blocked` would if it were not for a guard."""

    row: Row
    actions: list[Action] = field(default_factory=list)
    blocked: dict[Action, Guard] = field(default_factory=dict)


def possibilities(ids: Collection[int], actor: Actor, at: datetime) -> dict[int, Possibility]:
    """Return, for each of the actor's visits among `ids`, what the table and the guards allow now.

    Judged by the same functions as `apply`, in four statements at most, whatever their number. A visit that does
    not concern the actor is not in the answer.
    """
    if not ids:
        return {}
    rows = read_visible(actor, ids)
    read_hands(rows, actor)
    closed = closed_months(actor.agence_id, (row.day for row in rows.values()), share=False)
    return {key: _of(row, actor, at, hours.month_of(row.day) in closed) for key, row in rows.items()}


def _of(row: Row, actor: Actor, at: datetime, closed: bool) -> Possibility:
    found = Possibility(row)
    for action in _candidates(row, actor):
        guard = Guard.MONTH if closed else blocker(action, row, actor, at)
        if guard is None:
            found.actions.append(action)
        elif guard not in OUT_OF_PLACE:
            found.blocked[action] = guard
    return found


def _candidates(row: Row, actor: Actor) -> list[Action]:
    changes = [action for action, statuses in FACT_CHANGES.items() if row.status in statuses]
    return actions_from(row.status, actor.role) + (changes if actor.role is Role.MANAGER else [])


def blocker(action: Action, row: Row, actor: Actor, at: datetime) -> Guard | None:
    """Return the guard that stops this act whatever is entered, or None."""
    try:
        permit(action, actor)
    except Refused as refused:
        return refused.guard
    guards = TABLE[action].guards if action in TABLE else ()
    for guard in guards:
        if guard in ENTERED or (guard is Guard.INTERVENANT and action is Action.ASSIGN):
            continue
        if guard is Guard.BILLABLE and actor.role is Role.MANAGER:
            # The manager chooses the contrat with the act.
            continue
        if not CHECKS[guard](row, Entry(action), actor, at):
            return guard
    if action is Action.MOVE and row.declared is not None:
        return Guard.NOTHING_DECLARED
    return None
