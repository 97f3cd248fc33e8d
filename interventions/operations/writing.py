"""Writing what was decided: one UPDATE or INSERT of visits, one of each kind of record, whatever the rows."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import connection

from interventions.guards import Facts, Row
from interventions.models import Batch, Deliberation, Intervention, JournalEntry, JournalText, Proposition, bulk
from interventions.models import columns as table
from interventions.operations.deciding import Decision
from interventions.states import Action, Choice, Closing, Role, Status
from interventions.workflow import TABLE

UNCHECKED_TEXTS = ("comment", "ordre_de_mission")
_CLOSINGS = {
    Action.RETRACT: Closing.WITHDRAWN,
    Action.ACCEPT_CHANGE: Closing.ACCEPTED,
    Action.REOPEN: Closing.REOPENED,
}


def current(row: Row, column: str) -> Any:
    """Return what a locked row holds in a column of the table."""
    version, _, part = column.rpartition("_")
    if version in ("planned", "declared", "retained") and part in ("start", "end", "km"):
        facts: Facts | None = getattr(row, version)
        return None if facts is None else getattr(facts, part)
    return getattr(row, column)


def stamp(decision: Decision, batch: Batch) -> None:
    """Complete a decision's columns with the status, the version and who acted last."""
    row, columns = decision.row, decision.columns
    version = row.version + 1 if row else 1
    columns |= {"version": version}
    if decision.change.action not in TABLE:
        return
    columns |= {
        "status": str(decision.to),
        "last_action": str(decision.change.action),
        "last_role": str(batch.role),
        "last_actor_id": batch.actor_id,
        "last_at": batch.at,
    }
    if row is None or decision.change.action is not Action.CORRECT:
        columns["step"] = version


def insert(decisions: Sequence[Decision], agence_id: int) -> list[int]:
    """Insert new visits in one statement and return their keys, in order."""
    made = [Intervention(agence_id=agence_id, **decision.columns) for decision in decisions]
    bulk.insert(made)
    return [visit.pk for visit in made]


def update(decisions: Sequence[Decision]) -> None:
    """Update visits in one statement: the columns that any of them changes, each row to its own values."""
    rows = [(decision.row, decision.columns) for decision in decisions if decision.row]
    names = {column for _row, changed in rows for column in changed}
    table.update(
        Intervention,
        [row.id for row, _changed in rows],
        {name: [changed[name] if name in changed else current(row, name) for row, changed in rows] for name in names},
    )


def plain(value: Any) -> Any:
    """Return a value as the journal's JSON holds it: instants in UTC, decimals as text."""
    if isinstance(value, datetime | date):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value


_BOOKKEEPING = frozenset(
    {"status", "version", "step", "last_action", "last_role", "last_actor_id", "last_at", *UNCHECKED_TEXTS}
)


def journal(decisions: Sequence[Decision], batch: Batch) -> list[int]:
    """Write an entry for each decision, and its texts apart; return the entries' keys in order."""
    texts = [_text(decision, batch) for decision in decisions]
    differences = [_difference(decision) for decision in decisions]
    keys = table.insert(
        JournalEntry,
        {
            "agence_id": [batch.agence_id],
            "intervention_id": [decision.key for decision in decisions],
            "batch_id": [batch.pk],
            "action": [str(decision.change.action) for decision in decisions],
            "role": [batch.role],
            "actor_id_kept": [batch.actor_id],
            "at": [batch.at],
            "from_status": [str(decision.row.status) if decision.row else "" for decision in decisions],
            "to_status": [str(decision.to) for decision in decisions],
            "version": [decision.columns["version"] for decision in decisions],
            "before": [before for before, _after in differences],
            "after": [after for _before, after in differences],
            "motif_id_kept": [decision.entry.motif.id if decision.entry.motif else None for decision in decisions],
            "texts_hash": [texts_hash(bytes(text.salt), text) if text else b"" for text in texts],
        },
    )
    written = []
    for key, text in zip(keys, texts, strict=True):
        if text:
            text.entry_id = key
            written.append(text)
    bulk.insert(written)
    return keys


def _difference(decision: Decision) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return what an entry keeps of the columns: those that changed, as they were and as they are now."""
    row = decision.row
    after = {name: plain(value) for name, value in decision.columns.items() if name not in _BOOKKEEPING}
    if row is None:
        return {}, after
    before = {name: plain(current(row, name)) for name in after}
    changed = [name for name in after if before[name] != after[name]]
    return {name: before[name] for name in changed}, {name: after[name] for name in changed}


def texts_hash(salt: bytes, text: JournalText) -> bytes:
    """Return the hash that an entry keeps of its texts: SHA-256 of the salt and the texts as canonical JSON."""
    texts = [text.comment, text.reason, text.ordre_de_mission]
    return hashlib.sha256(salt + json.dumps(texts, ensure_ascii=False).encode()).digest()


def _text(decision: Decision, batch: Batch) -> JournalText | None:
    change = decision.change
    comment, reason = change.comment.strip(), change.reason.strip()
    ordre = decision.columns.get("ordre_de_mission", "")
    if not (comment or reason or ordre):
        return None
    return JournalText(
        agence_id=batch.agence_id,
        salt=secrets.token_bytes(16),
        comment=comment,
        reason=reason,
        ordre_de_mission=ordre,
    )


def close_propositions(decisions: Sequence[Decision], batch: Batch) -> None:
    """Close the open propositions that the acts settle, each with its outcome, in one statement."""
    closed = [
        (decision.row.proposition.id, str(_closing(decision)))
        for decision in decisions
        if decision.row and decision.row.proposition and _closing(decision)
    ]
    if not closed:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE interventions_proposition AS p SET closed_at = %s, outcome = new.outcome "
            "FROM unnest(%s::bigint[], %s::varchar[]) AS new(id, outcome) WHERE p.id = new.id",
            [batch.at, [key for key, _ in closed], [outcome for _, outcome in closed]],
        )


def _closing(decision: Decision) -> Closing | None:
    if decision.change.action is Action.ARBITRATE:
        return Closing.RETAINED if decision.entry.choice is Choice.CLIENT else Closing.SET_ASIDE
    return _CLOSINGS.get(decision.change.action)


def open_propositions(decisions: Sequence[Decision], batch: Batch) -> None:
    """Record what the client says the visits were."""
    Proposition.objects.bulk_create([_proposition(decision, batch) for decision in decisions if decision.opens])


def _proposition(decision: Decision, batch: Batch) -> Proposition:
    is_annulation, facts = decision.opens or (True, None)
    motif = decision.entry.motif
    return Proposition(
        agence_id=batch.agence_id,
        intervention_id=decision.key,
        is_annulation=is_annulation,
        motif_id=motif.id if motif and motif.is_annulation is is_annulation else None,
        start=facts.start if facts else None,
        end=facts.end if facts else None,
        km=facts.km if facts else None,
        batch=batch,
        role=batch.role if batch.role != Role.MANAGER else str(Role.CLIENT),
        actor_id=batch.actor_id,
        opened_at=batch.at,
    )


def deliberate(decisions: Sequence[Decision], batch: Batch) -> None:
    """Record the manager's decisions with their grounds."""
    decided = [decision for decision in decisions if decision.change.action is Action.ARBITRATE]
    Deliberation.objects.bulk_create([_deliberation(decision, batch) for decision in decided])


def _deliberation(decision: Decision, batch: Batch) -> Deliberation:
    took_place = decision.to is Status.VALIDATED
    columns = decision.columns
    return Deliberation(
        agence_id=batch.agence_id,
        intervention_id=decision.key,
        batch=batch,
        actor_id=batch.actor_id,
        choice=str(decision.entry.choice),
        result=str(decision.to),
        start=columns["retained_start"] if took_place else None,
        end=columns["retained_end"] if took_place else None,
        km=columns["retained_km"] if took_place else None,
        grounds=decision.entry.reason,
        at=batch.at,
    )
