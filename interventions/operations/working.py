"""A batch too large for one request: kept as rows, then done part by part, each in a transaction of its own.

A part is done and its row removed in the same transaction: whatever dies, nothing is done twice and nothing is lost. A
lease that runs out is taken up again by whoever looks next (`tracking.tasks`).
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime, timedelta
from itertools import batched
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F, QuerySet

from interventions import across, notifications
from interventions.actor import Actor
from interventions.guards import Guard
from interventions.models import Agence, Batch, BatchPart, BatchWork
from interventions.operations.applying import carry_out, despite_closing, left_alone, open_batch
from interventions.operations.changes import Change
from interventions.states import Action, Ground
from interventions.tenancy import set_agence, within

LEASE = timedelta(minutes=1)
# An error that comes back this often is no accident: the batch ends there.
FAILURES = 3
# What a change of a part holds by itself; all else is the same for the whole batch.
OWN = ("action", "intervention_id", "seen", "contrat_id", "refusal")
SHARED = ("reason", "motif_id", "comment")

# Rows of the parts that are left, in their order, as `Batch.refused` holds them.
_REFUSE_THE_REST = """
UPDATE interventions_batch SET refused = refused || (
    SELECT COALESCE(jsonb_agg(jsonb_build_object(
        'at', part.place + change.n - 1, 'id', change.row -> 'intervention_id', 'action', change.row -> 'action',
        'guard', %s::text) ORDER BY part.place, change.n), '[]'::jsonb)
    FROM interventions_batchpart part, jsonb_array_elements(part.changes) WITH ORDINALITY AS change(row, n)
    WHERE part.agence_id = %s AND part.work_id = %s
) WHERE id = %s
"""
_REFUSE = "UPDATE interventions_batch SET refused = refused || %s::jsonb WHERE id = %s"


@transaction.atomic
def begin(
    changes: Iterable[Change],
    *,
    actor: Actor,
    at: datetime,
    key: str,
    ground: Ground | None = None,
    ground_text: str = "",
    undoes: Batch | None = None,
    act: Action | None = None,
) -> tuple[Batch, bool]:
    """Record a press of a gestionnaire whose acts are done later, part by part; the same key again does nothing.

    Returns the batch, and whether it was there before. `changes` are read as they are written down; what they share (a
    motif, a reason) is taken from the first.
    """
    set_agence(actor.agence_id)
    parts = batched(changes, settings.BATCH_PART_ROWS)
    first = next(parts, ())
    batch, known = open_batch(first, actor, at, key, ground, ground_text, undoes, act)
    if known:
        return batch, True
    work = BatchWork.objects.create(
        agence_id=actor.agence_id,
        batch=batch,
        gestionnaire_id=actor.gestionnaire_id,  # type: ignore[misc]
        shared=_written(first[0], SHARED) if first else {},
    )
    place = 0
    while first:
        BatchPart.objects.create(
            agence_id=actor.agence_id, work=work, place=place, changes=[_written(one, OWN) for one in first]
        )
        place += len(first)
        first = next(parts, ())
    BatchWork.objects.filter(pk=work.pk).update(total=place)
    return batch, False


def _written(change: Change, names: Iterable[str]) -> dict[str, Any]:
    values = asdict(change)
    return {name: values[name] for name in names if values[name] not in (None, "")}


def unfinished(agence: Agence) -> QuerySet[BatchWork]:
    """Return the agency's batches that are not at their end."""
    return BatchWork.objects.filter(agence=agence, finished_at=None)


def agences_at_work() -> QuerySet[Agence]:
    """Return the agencies that have a batch to go on with."""
    return across.with_batches()


def claim(agence: Agence, now: datetime) -> BatchWork | None:
    """Take up the batch that nobody works at and that waits longest, under a lease; None where there is none."""
    with within(agence.pk):
        # A lease far ahead is that of a clock that was put back since; those of two machines may differ a little.
        held = {"lease_until__gt": now, "lease_until__lte": now + 2 * LEASE}
        waiting = unfinished(agence).exclude(**held).order_by("pk")
        work = waiting.select_for_update(of=("self",), skip_locked=True).first()
        if work is None:
            return None
        work.takes += 1
        work.begun_at = work.begun_at or now
        work.lease_until = now + LEASE
        work.save(update_fields=["takes", "begun_at", "lease_until"])
    return work


def advance(work: BatchWork, actor: Actor, now: datetime) -> bool:
    """Do the next part of a claimed batch as `actor`; return whether this worker goes on with it.

    The rights of `actor` are those of now, the instant of the acts that of the press.
    """
    return despite_closing(lambda: _advance(work, actor, now))


def _advance(work: BatchWork, actor: Actor, now: datetime) -> bool:
    set_agence(work.agence_id)
    held = _held(work)
    if held is None:
        return False
    part = held.parts.order_by("place").first()
    if part is None:
        _end(held, now)
        return False
    batch = Batch.objects.defer("refused").get(pk=held.batch_id)
    changes = [_read(row, held.shared) for row in part.changes]
    answers = carry_out(changes, batch, actor, goes_on=True)
    left = left_alone(answers, part.place)
    if left:
        _append(batch.pk, left)
    part.delete()
    held.lease_until = work.lease_until = now + LEASE
    held.handled += len(answers)
    held.left += len(left)
    held.save(update_fields=["lease_until", "handled", "left"])
    return True


def _held(work: BatchWork) -> BatchWork | None:
    """Lock and return the row, unless it has ended or its lease ran out and another worker has it."""
    mine = BatchWork.objects.filter(pk=work.pk, finished_at=None, lease_until=work.lease_until)
    return mine.select_for_update(of=("self",)).first()


def _read(row: dict[str, Any], shared: dict[str, Any]) -> Change:
    values = {**row, **shared}
    refusal = values.pop("refusal", None)
    return Change(Action(values.pop("action")), refusal=Guard(refusal) if refusal else None, **values)


def _append(batch_id: int, left: list[dict[str, Any]]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_REFUSE, [json.dumps(left), batch_id])


def _end(work: BatchWork, now: datetime) -> None:
    work.parts.all().delete()
    work.finished_at, work.lease_until = now, None
    work.save(update_fields=["finished_at", "lease_until", "stopped_by"])
    notifications.let_go(Batch.objects.only("pk").get(pk=work.batch_id), work.agence, now)


def stop(batch: Batch, *, by: str, now: datetime, guard: Guard = Guard.STOPPED) -> bool:
    """End a batch before its last row; return whether it was still at work. What is done stays, the rest is named.

    Waits for the part that is being done. `by` is who stopped it, in words, `guard` what the rest is left for.
    """
    with within(batch.agence_id):
        work = unfinished(batch.agence).filter(batch=batch).select_for_update(of=("self",)).first()
        if work is None:
            return False
        with connection.cursor() as cursor:
            cursor.execute(_REFUSE_THE_REST, [str(guard), work.agence_id, work.pk, work.batch_id])
        work.stopped_by = by
        work.left += work.total - work.handled
        work.handled = work.total
        work.save(update_fields=["left", "handled"])
        _end(work, now)
    return True


def broke_off(work: BatchWork, now: datetime, words: str) -> None:
    """Record that a part ended in an error: it is tried again once the lease is over, the last time not."""
    with within(work.agence_id):
        BatchWork.objects.filter(pk=work.pk, finished_at=None).update(failures=F("failures") + 1)
        work.refresh_from_db(fields=["failures"])
    if work.failures >= FAILURES:
        stop(work.batch, by=words, now=now)
