"""The months of an agency as the exports see them: closed or open, exported as they stand or not yet."""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Q

from interventions.models import Period
from interventions.operations.reading import closed_months
from tracking.exports.records import ExportedMonth, ExportKind


@dataclass(frozen=True, slots=True)
class Pending:
    """A closed month that an export has still to look at; `again` if it was looked at under an earlier closing."""

    month: dt.date
    closed_at: dt.datetime
    again: bool


def pending(agence_id: int, kind: ExportKind, upto: dt.date | None = None, *, hold: bool = False) -> list[Pending]:
    """Return the closed months up to `upto` that were not exported as they stand, in order.

    `hold` keeps them closed until the transaction ends: whoever reopens one waits. Nothing changes in a closed month
    (the database sees to it), and each closing has an instant of its own: what was looked at under the same one has
    nothing new.
    """
    closed = Period.objects.filter(agence_id=agence_id, closed_at__isnull=False)
    if upto is not None:
        closed = closed.filter(month__lte=upto)
    if hold:
        held = closed_months(agence_id, closed.values_list("month", flat=True))
        # Read again under the lock: what was being closed or reopened is settled now.
        closed = closed.filter(month__in=held)
    known = dict(ExportedMonth.objects.filter(agence_id=agence_id, kind=kind).values_list("month", "closed_at"))
    return [
        Pending(month, closed_at, month in known)
        for month, closed_at in closed.order_by("month").values_list("month", "closed_at")
        if closed_at is not None and known.get(month) != closed_at
    ]


def last_day(month: dt.date) -> dt.date:
    """Return the last day of a month."""
    return month.replace(day=calendar.monthrange(month.year, month.month)[1])


def within(months: Collection[dt.date]) -> Q:
    """Return the condition that a visit's day lies in one of these months; none at all if there are none."""
    condition = Q(pk__in=[])
    for month in months:
        condition |= Q(day__range=(month, last_day(month)))
    return condition
