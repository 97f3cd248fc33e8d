"""Batches of «Valider à la place du client», through the operation that the screen calls, beside the floor."""

from __future__ import annotations

import os
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import psycopg
from django.db import connection, transaction

from interventions import clock, operations
from interventions.actor import Actor
from interventions.models import Intervention, User
from interventions.operations import Change
from interventions.states import Action, Ground
from portals.web.actors import actors_of
from tests.bench.timing import Times, line, timed

# (rows, times each)
SIZES = ((1, 60), (50, 20), (500, 7), (5_000, 5), (50_000, 3))

# The least that a press does, by hand: one statement over the same tables, keys, indexes and triggers.
FLOOR = """
WITH locked AS (
    SELECT id, client_id, settled_by, settled_at FROM interventions_intervention
    WHERE agence_id = %(agence)s AND id = ANY(%(ids)s) AND status = 'done' ORDER BY id FOR NO KEY UPDATE
), press AS (
    INSERT INTO interventions_batch
        (agence_id, key, act, actor_id, actor_name, role, on_behalf, via, ground, ground_text, at, refused)
    VALUES (%(agence)s, %(key)s, 'validate_for_client', %(user)s, 'Claire Morvan', 'manager', 'client',
            'portal', 'phone', '', %(at)s, '[]')
    RETURNING id
), changed AS (
    UPDATE interventions_intervention v SET status = 'validated', settled_by = 'on_behalf', settled_at = %(at)s,
        version = v.version + 1, step = v.version + 1, last_action = 'validate_for_client', last_role = 'manager',
        last_actor_id = %(user)s, last_at = %(at)s
    FROM locked WHERE v.id = locked.id RETURNING v.id, v.version, v.client_id
), entries AS (
    INSERT INTO interventions_journalentry
        (agence_id, intervention_id, batch_id, action, role, actor_id_kept, at, from_status, to_status, version,
         before, after, motif_id_kept, texts_hash)
    SELECT %(agence)s, changed.id, press.id, 'validate_for_client', 'manager', %(user)s, %(at)s, 'done', 'validated',
        changed.version, '{"settled_by": "", "settled_at": null}',
        jsonb_build_object('settled_by', 'on_behalf', 'settled_at', %(at)s::timestamptz), NULL, ''
    FROM changed, press RETURNING id, intervention_id, version
), told AS (
    SELECT changed.id, client.user_id, person.email FROM changed
    JOIN interventions_client client ON client.id = changed.client_id
    JOIN interventions_user person ON person.id = client.user_id
), mails AS (
    INSERT INTO interventions_mail
        (agence_id, kind, user_id, "to", batch_id, subject, text, html, message_id, fate, error, attempts, created_at,
         due_at, at_once, in_reply_to, provider_id)
    SELECT %(agence)s, 'visits', user_id, min(email), min(press.id), '', '', '', '<' || gen_random_uuid() || '@banc>',
        'queued', '', 0, %(at)s, %(at)s, FALSE, '', ''
    FROM told, press GROUP BY user_id RETURNING id, user_id
)
INSERT INTO interventions_mailline (agence_id, mail_id, intervention_id, entry_id, action, role, step, told, reminds)
SELECT %(agence)s, mails.id, told.id, entries.id, 'validate_for_client', 'client', entries.version, FALSE, FALSE
FROM told JOIN mails USING (user_id) JOIN entries ON entries.intervention_id = told.id
"""

_RESET = (
    "SET session_replication_role = replica",
    """
    UPDATE interventions_intervention SET status = 'done', settled_by = '', settled_at = NULL, version = 2, step = 2,
        last_action = 'complete', last_role = 'intervenant', last_at = done_at
    WHERE last_action = 'validate_for_client'
    """,
    # What was pressed left the last rows of the totals.
    "DELETE FROM interventions_daytotal WHERE id > (SELECT count(DISTINCT (day, status)) FROM interventions_daytotal)",
    "DELETE FROM interventions_mailline WHERE action = 'validate_for_client'",
    "DELETE FROM interventions_mail WHERE batch_id IS NOT NULL",
    "DELETE FROM interventions_journalentry WHERE action = 'validate_for_client'",
    "DELETE FROM interventions_batch WHERE via = 'portal'",
    *(
        f"VACUUM ANALYZE interventions_{name}"
        for name in ("intervention", "journalentry", "mail", "mailline", "batch")
    ),
)


def measure(largest: int) -> Iterator[dict[str, Any]]:
    """Measure each size up to `largest`, ours and the floor in turn, each committed, and taken back in between."""
    actor = manager()
    waiting = list(Intervention.objects.filter(status="done").order_by("day", "pk").values_list("pk", "version"))
    for rows, times in SIZES:
        if rows <= min(largest, len(waiting)):
            yield _size(actor, waiting, rows, times)


def manager() -> Actor:
    """Return the agency's manager, as the screen has them."""
    return actors_of(User.objects.get(email="gestion@banc.example"), clock.now())[0]


def _size(actor: Actor, waiting: list[tuple[int, int]], rows: int, times: int) -> dict[str, Any]:
    ours: list[float] = []
    floor: list[float] = []
    each = max(1, min(times, len(waiting) // 2 // rows))
    for begun in range(0, times, each):
        for which, spent in ((press, ours), (by_hand, floor)):
            for turn in range(min(each, times - begun)):
                spent.append(timed(_of(which, actor, waiting[turn * rows : (turn + 1) * rows])))
            reset()
    return line(f"batch of {rows:,}", Times.of(ours), Times.of(floor), rows=rows)


def _of(which: Callable[[Actor, list[tuple[int, int]]], None], actor: Actor, chosen: list[tuple[int, int]]) -> Any:
    return lambda: which(actor, chosen)


def press(actor: Actor, chosen: list[tuple[int, int]]) -> None:
    """Do what the button of the preview does."""
    changes = [Change(Action.VALIDATE_FOR_CLIENT, visit, seen=version) for visit, version in chosen]
    outcome = operations.apply(changes, actor=actor, at=clock.now(), key=uuid.uuid4().hex, ground=Ground.PHONE)
    if outcome.refused:
        raise RuntimeError(f"{len(outcome.refused)} rows were refused, the first for {outcome.refused[0].refusal}.")


def by_hand(actor: Actor, chosen: list[tuple[int, int]]) -> None:
    """Do the same by one statement."""
    values: dict[str, Any] = {
        "agence": actor.agence_id,
        "ids": [visit for visit, _version in chosen],
        "user": actor.user_id,
        "key": uuid.uuid4().hex,
        "at": clock.now(),
    }
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(FLOOR, values)
        if cursor.rowcount != len(chosen):
            raise RuntimeError(f"The floor wrote {cursor.rowcount} lines of mail for {len(chosen)} visits.")


def reset() -> None:
    """Take back what was pressed, and tidy up after it."""
    with psycopg.connect(os.environ["BENCH_SUPERUSER_URL"], autocommit=True) as superuser:
        for statement in _RESET:
            superuser.execute(statement.encode())
