"""Replaying the journal: folding what a visit's entries say gives its row, and nothing else happened to it."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from itertools import pairwise
from typing import Any

from interventions.models import Intervention, JournalEntry
from interventions.states import Status
from interventions.workflow import PAIRS


def check(visit: Intervention) -> None:
    """See that the visit's entries are legal, follow each other, and give the row when folded."""
    entries = list(JournalEntry.objects.filter(intervention=visit).order_by("version"))
    visit.refresh_from_db()
    assert [entry.version for entry in entries] == list(range(1, visit.version + 1))
    assert all(former.to_status == entry.from_status for former, entry in pairwise(entries))
    assert {(Status(entry.from_status), Status(entry.to_status)) for entry in entries[1:]} <= PAIRS
    row: dict[str, Any] = {}
    for entry in entries:
        assert {name: row.get(name, _default(name)) for name in entry.before} == entry.before
        row |= entry.after
    assert {name: _plain(getattr(visit, name)) for name in row} == row


def _default(name: str) -> Any:
    """Return what a column holds that the first entry of a visit does not name."""
    columns = {field.attname: field for field in Intervention._meta.concrete_fields}
    return _plain(columns[name].get_default())


def _plain(value: Any) -> Any:
    """Return a value as the journal writes it."""
    if isinstance(value, datetime):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) or hasattr(value, "isoformat") else value
