"""The months of an agency for one kind of export: where each stands, and which exports hold lines of it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from enum import StrEnum

from django.db.models import Min

from interventions.actor import Actor
from interventions.models import Intervention, Period
from tracking.exports.months import pending
from tracking.exports.records import Export, ExportedMonth, ExportKind

SHOWN = 12


class Standing(StrEnum):
    """Where a month stands for the exports."""

    OPEN = "open"
    REOPENED = "reopened"
    DUE = "due"
    AGAIN = "again"
    EXPORTED = "exported"


@dataclass(frozen=True, slots=True)
class MonthRow:
    """A month, where it stands, when it was closed, and the exports that hold lines of it."""

    month: dt.date
    standing: Standing
    closed_at: dt.datetime | None
    exports: list[Export] = field(default_factory=list)

    @property
    def is_due(self) -> bool:
        """Whether an export has to look at it."""
        return self.standing in (Standing.DUE, Standing.AGAIN)


def month_rows(actor: Actor, kind: ExportKind, today: dt.date) -> list[MonthRow]:
    """Return the last twelve months in which there are visits, and older ones that wait, the latest first."""
    waiting = {one.month: one.again for one in pending(actor.agence_id, kind)}
    first = Intervention.objects.visible_to(actor).aggregate(first=Min("day"))["first"]
    months = {month for month in _last(today) if first and month >= first.replace(day=1)} | set(waiting)
    mine = {"agence_id": actor.agence_id, "month__in": months}
    closed = dict(Period.objects.filter(**mine).values_list("month", "closed_at"))
    known = set(ExportedMonth.objects.filter(**mine, kind=kind).values_list("month", flat=True))
    exports = list(
        Export.objects.filter(agence_id=actor.agence_id, kind=kind, months__overlap=list(months)).order_by("number")
    )
    return [
        MonthRow(
            month,
            _standing(bool(closed.get(month)), month in known, waiting.get(month)),
            closed.get(month),
            [export for export in exports if month in export.months],
        )
        for month in sorted(months, reverse=True)
    ]


def _last(today: dt.date) -> list[dt.date]:
    """Return this month and those before it."""
    count = today.year * 12 + today.month - 1
    return [dt.date(n // 12, n % 12 + 1, 1) for n in range(count - SHOWN + 1, count + 1)]


def _standing(closed: bool, known: bool, again: bool | None) -> Standing:
    if not closed:
        return Standing.REOPENED if known else Standing.OPEN
    if again is None:
        return Standing.EXPORTED
    return Standing.AGAIN if again else Standing.DUE
