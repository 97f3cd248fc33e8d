"""The totals of all that match, by status: exact, in one statement, and of whole days without reading a visit."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Case, Count, F, Q, Sum, Value, When

from interventions import day_totals
from interventions.querysets import InterventionQuerySet
from interventions.states import Status
from tracking.filters import Filters

NOTHING = dt.timedelta(0)


@dataclass(frozen=True)
class Total:
    """How many visits, how many minutes and kilometres they count."""

    visits: int = 0
    minutes: int = 0
    km: Decimal = Decimal(0)

    def __add__(self, other: Total) -> Total:
        return Total(self.visits + other.visits, self.minutes + other.minutes, self.km + other.km)


def totals(filters: Filters) -> dict[Status, Total]:
    """Return the total of each status of what matches; what is cancelled counts neither minutes nor kilometres."""
    days = filters.whole_days
    if days and day_totals.knows(filters.actor):
        held = day_totals.between(filters.actor, *days)
        return {status: Total() for status in Status} | {
            status: _total(status, total.visits, total.spent, total.km) for status, total in held.items()
        }
    return counted(filters.visits(statuses=False))


def counted(found: InterventionQuerySet) -> dict[Status, Total]:
    """Return the total of each status, counted over the visits."""
    counts = ~Q(status=Status.CANCELLED)
    length = Case(When(counts, then=F("retained_end") - F("retained_start")), default=Value(NOTHING))
    sums = found.order_by().values("status").annotate(n=Count("pk"), spent=Sum(length), km=Sum("retained_km"))
    return {status: Total() for status in Status} | {
        Status(row["status"]): _total(row["status"], row["n"], row["spent"], row["km"]) for row in sums
    }


def _total(status: str, visits: int, spent: dt.timedelta, km: Decimal) -> Total:
    if status == Status.CANCELLED:
        return Total(visits)
    return Total(visits, round(spent.total_seconds() / 60), km)


def together(parts: Iterable[Total]) -> Total:
    """Return their sum."""
    return sum(parts, Total())
