"""`apply`: the only place that writes a status, for one row, for a carer's six and for 50,000."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import structlog
from django.db import IntegrityError, transaction

from interventions import notifications
from interventions.actor import Actor
from interventions.guards import Guard
from interventions.models import Batch
from interventions.operations import reminding, writing
from interventions.operations.changes import Change, Outcome, RowOutcome
from interventions.operations.deciding import Decision
from interventions.operations.judging import answer, judge
from interventions.operations.reading import lock_rows
from interventions.states import Action, Ground, Role
from interventions.tasks import nudge
from interventions.tenancy import set_agence
from interventions.workflow import REMINDERS

_BEHALF = {
    Action.COMPLETE_FOR_INTERVENANT: Role.INTERVENANT,
    Action.VALIDATE_FOR_CLIENT: Role.CLIENT,
    Action.CONTEST: Role.CLIENT,
    Action.CANCEL_BY_CLIENT: Role.CLIENT,
    Action.RETRACT: Role.CLIENT,
}


def apply(
    changes: Sequence[Change],
    *,
    actor: Actor,
    at: datetime,
    key: str,
    ground: Ground | None = None,
    ground_text: str = "",
    undoes: Batch | None = None,
    act: Action | None = None,
) -> Outcome:
    """Do a set of acts as one press and answer for each: done, or why not. One bad row never stops the others.

    `at` is the instant of the press (aware), `key` what makes it idempotent: the same key from the same person
    answers the same and does nothing. Rows are locked in the order of their keys, then read and decided, then
    written in a constant number of statements; mails are written with them and leave later. A month closed
    meanwhile is refused like one closed before. `act` names what a lot does with each of its rows. Rule: domain,
    "An action works on a set".
    """
    return despite_closing(lambda: _apply(changes, actor, at, key, ground, ground_text, undoes, act))


def despite_closing[Answer](act: Callable[[], Answer]) -> Answer:
    """Return what `act` answers, in a transaction; where a month was closed under it, what it answers then."""
    try:
        with transaction.atomic():
            return act()
    except IntegrityError as error:
        if _constraint(error) not in ("intervention_month_is_open", "intervention_number_once"):
            raise
    # The month was closed, or the number taken, between our reading and our writing: now say so row by row.
    with transaction.atomic():
        return act()


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
    act: Action | None,
) -> Outcome:
    set_agence(actor.agence_id)
    batch, known = open_batch(changes, actor, at, key, ground, ground_text, undoes, act)
    if known:
        return replay(batch)
    answers = carry_out(changes, batch, actor)
    batch.refused = left_alone(answers)
    if batch.refused:
        Batch.objects.filter(pk=batch.pk).update(refused=batch.refused)
    return Outcome(batch, answers)


def carry_out(changes: Sequence[Change], batch: Batch, actor: Actor, *, goes_on: bool = False) -> list[RowOutcome]:
    """Do acts of an open batch in this transaction, and answer for each in their order; records none left alone.

    `goes_on` says that the batch may have done others before: who is told of those is told of these in the same mail.
    """
    ground = Ground(batch.ground) if batch.ground else None
    rows = lock_rows(actor, {change.intervention_id for change in changes if change.intervention_id})
    decided = judge(changes, rows, actor, batch.at, ground, batch.ground_text)
    _write([item for item in decided if isinstance(item, Decision)], batch, actor, goes_on=goes_on)
    answers = [answer(change, item, rows) for change, item in zip(changes, decided, strict=True)]
    return _with_keys(answers, decided)


def left_alone(answers: Sequence[RowOutcome], first: int = 0) -> list[dict[str, Any]]:
    """Return the rows that did not go as `Batch.refused` holds them; `first` is the place of the first answer."""
    return [_left(place, row) for place, row in enumerate(answers, first) if not row.done]


def _left(place: int, row: RowOutcome) -> dict[str, Any]:
    kept = {"at": place, "id": row.intervention_id, "action": str(row.action), "guard": str(row.refusal)}
    return kept | ({"status": row.from_status} if row.from_status else {})


def open_batch(
    changes: Sequence[Change],
    actor: Actor,
    at: datetime,
    key: str,
    ground: Ground | None,
    ground_text: str,
    undoes: Batch | None,
    act: Action | None,
) -> tuple[Batch, bool]:
    """Record a press and return it with False; the one that was made with this key before with True.

    Every line of the log that follows in this request, command or task names it.
    """
    same = Batch.objects.filter(agence_id=actor.agence_id, actor_id=actor.user_id, key=key)
    known = same.first()
    if known:
        return _in_the_log(known), True
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
        act=str(act or ""),
    )
    try:
        with transaction.atomic():
            batch.save(force_insert=True)
    except IntegrityError:
        # The same press, at the same time, in another process: it has won and is committed by now.
        return _in_the_log(same.get()), True
    return _in_the_log(batch), False


def _in_the_log(batch: Batch) -> Batch:
    structlog.contextvars.bind_contextvars(batch=batch.pk)
    return batch


def _on_behalf(changes: Sequence[Change], actor: Actor) -> str:
    if actor.role is Role.PROCHE:
        return str(Role.CLIENT)
    if actor.role is not Role.MANAGER:
        return ""
    return next((str(_BEHALF[change.action]) for change in changes if change.action in _BEHALF), "")


def _write(decisions: list[Decision], batch: Batch, actor: Actor, *, goes_on: bool) -> None:
    reminders = [decision for decision in decisions if decision.change.action in REMINDERS]
    if reminders and reminding.write(reminders, batch, actor, goes_on=goes_on):
        nudge()
    decisions = [decision for decision in decisions if decision.change.action not in REMINDERS]
    if not decisions:
        return
    for decision in decisions:
        writing.stamp(decision, batch)
    born = [decision for decision in decisions if decision.row is None]
    changed = [decision for decision in decisions if decision.row is not None]
    for decision, key in zip(born, writing.insert(born, batch.agence_id) if born else [], strict=True):
        decision.born_as = key
    writing.update(changed)
    # In the order of the press, so that the same key answers in the same order.
    entries = writing.journal(decisions, batch)
    writing.close_propositions(changed, batch)
    writing.open_propositions(changed, batch)
    writing.deliberate(changed, batch)
    steps = [
        _step(decision, entry, actor.role)
        for decision, entry in zip(decisions, entries, strict=True)
        if decision.columns.keys() - {"series_id", "version"}
    ]
    if notifications.queue(steps, batch=batch, actor=actor, at=batch.at, goes_on=goes_on):
        nudge()


def _step(decision: Decision, entry_id: int, role: Role) -> notifications.Step:
    row, columns = decision.row, decision.columns
    former = row.intervenant_id if row else None
    present = columns.get("intervenant_id", former)
    return notifications.Step(
        entry_id=entry_id,
        intervention_id=decision.key,
        client_id=row.client_id if row else columns["client_id"],
        intervenant_id=present,
        former_intervenant_id=former if former != present else None,
        action=decision.change.action,
        role=role,
        from_status=row.status if row else None,
        to_status=decision.to,
        step=columns.get("step", row.step if row else 1),
        previous_step=row.step if row else 0,
    )


def _with_keys(answers: list[RowOutcome], decided: list[Decision | Guard]) -> list[RowOutcome]:
    return [
        replace(answer, intervention_id=item.key) if isinstance(item, Decision) and item.row is None else answer
        for answer, item in zip(answers, decided, strict=True)
    ]


def replay(batch: Batch) -> Outcome:
    """Return what a batch answered when it was done: its entries or reminders, and the rows that it left alone."""
    rows: list[RowOutcome] = [
        RowOutcome(entry.intervention_id, Action(entry.action), True, None, "", entry.from_status, entry.to_status)
        for entry in batch.entries.order_by("pk")
    ]
    rows += [RowOutcome(one.intervention_id, one.action, True) for one in batch.reminders.order_by("pk")]
    for left in batch.refused:
        guard = Guard(left["guard"])
        refused = RowOutcome(
            left["id"], Action(left["action"]), False, guard, str(guard.label), left.get("status", "")
        )
        rows.insert(left["at"], refused)
    return Outcome(batch, rows, replayed=True)
