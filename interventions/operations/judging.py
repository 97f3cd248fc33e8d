"""Judging a set of acts, row by row: what goes and what does not, in a constant number of statements."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from interventions import hours, notifications
from interventions.actor import Actor
from interventions.guards import Guard, Row
from interventions.operations.changes import Change, RowOutcome
from interventions.operations.deciding import Decision, Press, Refused, decide, decide_new
from interventions.operations.hands import read_hands
from interventions.operations.reading import absent_clients, closed_months, read_terms, read_visible
from interventions.operations.reminding import read_reach
from interventions.states import Action, Ground

_NEEDS_DELIVERY = (Action.VALIDATE_TACITLY,)


@dataclass(frozen=True, slots=True)
class Preview:
    """What a press would answer now: every row named, in the order of the changes, and the visits as they stand."""

    answers: list[RowOutcome]
    rows: dict[int, Row]

    @property
    def going(self) -> list[Row]:
        """The visits that would go."""
        return [self.rows[answer.intervention_id] for answer in self.answers if answer.done and answer.intervention_id]

    @property
    def refused(self) -> list[RowOutcome]:
        """Those that would be left alone, each with its reason."""
        return [answer for answer in self.answers if not answer.done]


def preview(
    changes: Sequence[Change], *, actor: Actor, at: datetime, ground: Ground | None = None, ground_text: str = ""
) -> Preview:
    """Return what `apply` would answer to these acts on existing visits, without a lock and without writing.

    Judged by the same functions, so that a preview promises nothing that the press would refuse for a reason known
    by then.
    """
    ids = {change.intervention_id for change in changes if change.intervention_id}
    rows = read_visible(actor, ids) if ids else {}
    judged = judge(changes, rows, actor, at, ground, ground_text, hold_months=False)
    return Preview([answer(change, item, rows) for change, item in zip(changes, judged, strict=True)], rows)


def judge(
    changes: Sequence[Change],
    rows: dict[int, Row],
    actor: Actor,
    at: datetime,
    ground: Ground | None,
    ground_text: str,
    *,
    hold_months: bool = True,
) -> list[Decision | Guard]:
    """Decide each act on the rows as they were read; `hold_months` keeps the months as they are until the end."""
    _read_deliveries(rows, changes, ground, at)
    read_reach(rows, changes, actor, at)
    read_hands(rows, actor)
    terms = read_terms(changes, actor, at)
    closed = closed_months(actor.agence_id, _days(changes, rows, actor), share=hold_months)
    return _decide_all(changes, rows, Press(actor, at, terms, closed, ground, ground_text))


def answer(change: Change, item: Decision | Guard, rows: dict[int, Row]) -> RowOutcome:
    """Name what became of one act; where it was the status that stopped it, that status is in the answer."""
    if isinstance(item, Guard):
        row = rows.get(change.intervention_id or 0)
        stopped_by = str(row.status) if row and item is Guard.STATUS else ""
        return RowOutcome(change.intervention_id, change.action, False, item, str(item.label), stopped_by)
    source = str(item.row.status) if item.row else ""
    return RowOutcome(change.intervention_id, change.action, True, None, "", source, str(item.to))


def _read_deliveries(rows: dict[int, Row], changes: Sequence[Change], ground: Ground | None, at: datetime) -> None:
    asking = [c.action in _NEEDS_DELIVERY for c in changes]
    if not rows or not (any(asking) or ground is Ground.NO_ANSWER):
        return
    delivered, reminded = notifications.delivered_at(rows, at), notifications.reminded_at(rows, at)
    away = absent_clients(rows) if any(asking) else frozenset()
    for key, row in rows.items():
        row.delivered_at, row.reminded_at = delivered.get(key), reminded.get(key)
        row.client_away = key in away


def _days(changes: Sequence[Change], rows: dict[int, Row], actor: Actor) -> set[date]:
    days = {row.day for row in rows.values()}
    for change in changes:
        facts = change.new.facts if change.new else change.facts
        if facts:
            days.add(hours.day_of(facts.start, actor.zone))
    for row in rows.values():
        # An undone, accepted or chosen version can carry the visit to the day of that version.
        versions = (row.planned, row.declared, row.proposition.facts if row.proposition else None)
        days |= {hours.day_of(facts.start, actor.zone) for facts in versions if facts}
    return days


def _decide_all(changes: Sequence[Change], rows: dict[int, Row], press: Press) -> list[Decision | Guard]:
    decided: list[Decision | Guard] = []
    seen: set[int] = set()
    for change in changes:
        key = change.intervention_id
        try:
            if change.new is not None:
                decided.append(decide_new(change, press))
                continue
            if key in seen:
                raise Refused(Guard.STALE)
            decision = decide(change, rows.get(key) if key else None, press)
        except Refused as refusal:
            decided.append(refusal.guard)
            continue
        if key:
            seen.add(key)
        decided.append(decision)
    return decided
