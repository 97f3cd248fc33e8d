"""`apply`: the only place that writes a status, for one row, for a carer's six and for 50,000."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime

from django.db import IntegrityError, transaction

from interventions import hours, notifications
from interventions.actor import Actor
from interventions.guards import Guard, Row
from interventions.models import Batch, JournalEntry
from interventions.operations import writing
from interventions.operations.changes import Change, Outcome, RowOutcome
from interventions.operations.deciding import Decision, Press, Refused, decide, decide_new
from interventions.operations.reading import closed_months, lock_rows, read_terms
from interventions.states import Action, Ground, Role
from interventions.tasks import nudge
from interventions.tenancy import set_agence

_BEHALF = {
    Action.COMPLETE_FOR_INTERVENANT: Role.INTERVENANT,
    Action.VALIDATE_FOR_CLIENT: Role.CLIENT,
    Action.CONTEST: Role.CLIENT,
    Action.CANCEL_BY_CLIENT: Role.CLIENT,
    Action.RETRACT: Role.CLIENT,
}
_NEEDS_DELIVERY = (Action.VALIDATE_TACITLY,)


def apply(
    changes: Sequence[Change],
    *,
    actor: Actor,
    at: datetime,
    key: str,
    ground: Ground | None = None,
    ground_text: str = "",
    undoes: Batch | None = None,
) -> Outcome:
    """Do a set of acts as one press and answer for each: done, or why not. One bad row never stops the others.

    `at` is the instant of the press (aware), `key` what makes it idempotent: the same key from the same person
    answers the same and does nothing. Rows are locked in the order of their keys, then read and decided, then
    written in a constant number of statements; mails are written with them and leave later. A month closed
    meanwhile is refused like one closed before. Rule: domain, "An action works on a set".
    """
    try:
        with transaction.atomic():
            return _apply(changes, actor, at, key, ground, ground_text, undoes)
    except IntegrityError as error:
        if _constraint(error) != "intervention_month_is_open":
            raise
    # The month was closed between our reading and our writing: read again, and say so row by row.
    with transaction.atomic():
        return _apply(changes, actor, at, key, ground, ground_text, undoes)


def _constraint(error: IntegrityError) -> str | None:
    diagnostics = getattr(error.__cause__, "diag", None)
    return getattr(diagnostics, "constraint_name", None)


def _apply(
    changes: Sequence[Change],
    actor: Actor,
    at: datetime,
    key: str,
    ground: Ground | None,
    ground_text: str,
    undoes: Batch | None,
) -> Outcome:
    set_agence(actor.agence_id)
    batch, known = _open_batch(changes, actor, at, key, ground, ground_text, undoes)
    if known:
        return replay(batch)
    rows = lock_rows(actor, {change.intervention_id for change in changes if change.intervention_id})
    _read_deliveries(rows, changes, ground, at)
    terms = read_terms(changes, actor, at)
    press = Press(actor, at, terms, closed_months(actor.agence_id, _days(changes, rows, actor)), ground, ground_text)
    decided = _decide_all(changes, rows, press)
    _write([item for item in decided if isinstance(item, Decision)], batch, actor)
    answers = [_answer(change, item) for change, item in zip(changes, decided, strict=True)]
    batch.refused = [
        {"at": place, "id": row.intervention_id, "action": str(row.action), "guard": str(row.refusal)}
        for place, row in enumerate(answers)
        if not row.done
    ]
    if batch.refused:
        Batch.objects.filter(pk=batch.pk).update(refused=batch.refused)
    return Outcome(batch, _with_keys(answers, decided))


def _open_batch(
    changes: Sequence[Change],
    actor: Actor,
    at: datetime,
    key: str,
    ground: Ground | None,
    ground_text: str,
    undoes: Batch | None,
) -> tuple[Batch, bool]:
    same = Batch.objects.filter(agence_id=actor.agence_id, actor_id=actor.user_id, key=key)
    known = same.first()
    if known:
        return known, True
    batch = Batch(
        agence_id=actor.agence_id,
        key=key,
        actor_id=actor.user_id,
        actor_name=actor.name,
        role=str(actor.role),
        on_behalf=_on_behalf(changes, actor),
        for_client_id=actor.client_id,
        via=str(actor.via),
        ground=str(ground or ""),
        ground_text=ground_text.strip(),
        at=at,
        undoes=undoes,
    )
    try:
        with transaction.atomic():
            batch.save(force_insert=True)
    except IntegrityError:
        # The same press, at the same time, in another process: it has won and is committed by now.
        return same.get(), True
    return batch, False


def _on_behalf(changes: Sequence[Change], actor: Actor) -> str:
    if actor.role is Role.PROCHE:
        return str(Role.CLIENT)
    if actor.role is Role.MANAGER and changes:
        return str(_BEHALF.get(changes[0].action, ""))
    return ""


def _read_deliveries(rows: dict[int, Row], changes: Sequence[Change], ground: Ground | None, at: datetime) -> None:
    asking = [c.action in _NEEDS_DELIVERY for c in changes]
    if not rows or not (any(asking) or ground is Ground.NO_ANSWER):
        return
    delivered, reminded = notifications.delivered_at(rows, at), notifications.reminded_at(rows, at)
    for key, row in rows.items():
        row.delivered_at, row.reminded_at = delivered.get(key), reminded.get(key)


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


def _write(decisions: list[Decision], batch: Batch, actor: Actor) -> list[JournalEntry]:
    if not decisions:
        return []
    for decision in decisions:
        writing.stamp(decision, batch)
    born = [decision for decision in decisions if decision.row is None]
    changed = [decision for decision in decisions if decision.row is not None]
    for decision, key in zip(born, writing.insert(born, batch.agence_id) if born else [], strict=True):
        decision.columns["id"] = key
    writing.update(changed)
    ordered = born + changed
    ids = [decision.columns.pop("id") for decision in born] + [d.row.id for d in changed if d.row]
    entries = writing.journal(ordered, ids, batch)
    for decision, key in zip(born, ids, strict=False):
        decision.columns["id"] = key
    writing.close_propositions(changed, batch)
    writing.open_propositions(changed, ids[len(born) :], batch)
    writing.deliberate(changed, ids[len(born) :], batch)
    steps = [_step(decision, entry) for decision, entry in zip(ordered, entries, strict=True)]
    if notifications.queue(steps, batch=batch, actor=actor, at=batch.at):
        nudge()
    return entries


def _step(decision: Decision, entry: JournalEntry) -> notifications.Step:
    row, columns = decision.row, decision.columns
    former = row.intervenant_id if row else None
    present = columns.get("intervenant_id", former)
    return notifications.Step(
        entry_id=entry.pk,
        intervention_id=entry.intervention_id,
        client_id=row.client_id if row else columns["client_id"],
        intervenant_id=present,
        former_intervenant_id=former if former != present else None,
        action=decision.change.action,
        role=Role(entry.role),
        from_status=row.status if row else None,
        to_status=decision.to,
        step=columns.get("step", row.step if row else 1),
        previous_step=row.step if row else 0,
    )


def _answer(change: Change, item: Decision | Guard) -> RowOutcome:
    if isinstance(item, Guard):
        return RowOutcome(change.intervention_id, change.action, False, item, str(item.label))
    source = str(item.row.status) if item.row else ""
    return RowOutcome(change.intervention_id, change.action, True, None, "", source, str(item.to))


def _with_keys(answers: list[RowOutcome], decided: list[Decision | Guard]) -> list[RowOutcome]:
    return [
        replace(answer, intervention_id=item.columns["id"])
        if isinstance(item, Decision) and item.row is None
        else answer
        for answer, item in zip(answers, decided, strict=True)
    ]


def replay(batch: Batch) -> Outcome:
    """Return what a batch answered when it was done: its journal entries, and the rows that it left alone."""
    rows: list[RowOutcome] = [
        RowOutcome(entry.intervention_id, Action(entry.action), True, None, "", entry.from_status, entry.to_status)
        for entry in batch.entries.order_by("pk")
    ]
    for left in batch.refused:
        guard = Guard(left["guard"])
        refused = RowOutcome(left["id"], Action(left["action"]), False, guard, str(guard.label))
        rows.insert(left["at"], refused)
    return Outcome(batch, rows, replayed=True)
