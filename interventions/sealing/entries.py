"""What of an entry is sealed: all that it says, who pressed and how, and of words that may be erased their hash."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

from django.db.models import Q, QuerySet

from interventions.models import JournalEntry
from interventions.sealing import hashes

_OF_ENTRY = ("action", "role", "from_status", "to_status", "version", "before", "after")
_OF_BATCH = ("role", "on_behalf", "via", "ground", "actor_name", "ground_text")
_COLUMNS = (
    "id",
    "batch_id",
    "intervention_id",
    "actor_id_kept",
    "motif_id_kept",
    "texts_hash",
    "at",
    "agence__public_id",
    "intervention__public_id",
    "batch__public_id",
    "batch__for_client_id",
    "batch__at",
    "batch__undoes__public_id",
    "batch__sealed_words__salt",
    "batch__sealed_words__commitment",
    *_OF_ENTRY,
    *(f"batch__{name}" for name in _OF_BATCH),
)

type Row = dict[str, Any]


def rows(entries: QuerySet[JournalEntry], *more: str) -> QuerySet[JournalEntry, Row]:
    """Return the entries with all that is sealed of them, as mappings; `more` names further columns."""
    return entries.values(*_COLUMNS, *more)


def unsealed(agence_id: int, floor: int, at_most: int) -> Sequence[Row]:
    """Return the agency's entries above `floor` that no seal holds, in the order of their keys."""
    found = JournalEntry.objects.filter(Q(sealed=None), agence_id=agence_id, pk__gt=floor).order_by("pk")
    return list(rows(found)[:at_most])


def text(row: Row, commitment: bytes) -> str:
    """Return an entry as canonical JSON; `commitment` is the hash of the words of its press."""
    said = {name: row[name] for name in _OF_ENTRY}
    said |= {
        "agence": str(row["agence__public_id"]),
        "visit": str(row["intervention__public_id"]),
        "actor": row["actor_id_kept"],
        "motif": row["motif_id_kept"],
        "at": instant(row["at"]),
        "texts": bytes(row["texts_hash"]).hex(),
        "press": {
            "id": str(row["batch__public_id"]),
            "at": instant(row["batch__at"]),
            "role": row["batch__role"],
            "on_behalf": row["batch__on_behalf"],
            "for_client": row["batch__for_client_id"],
            "via": row["batch__via"],
            "ground": row["batch__ground"],
            "undoes": str(row["batch__undoes__public_id"] or ""),
            "words": commitment.hex(),
        },
    }
    return hashes.canonical(said)


def words_of(row: Row) -> tuple[str, str]:
    """Return what a press says of people in words."""
    return row["batch__actor_name"], row["batch__ground_text"]


def instant(at: datetime) -> str:
    """Return an instant in UTC, to the microsecond."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def pressed(found: Iterable[Row]) -> Iterator[Row]:
    """Return one row for each press among these."""
    seen: set[int] = set()
    for row in found:
        if row["batch_id"] not in seen:
            seen.add(row["batch_id"])
            yield row
