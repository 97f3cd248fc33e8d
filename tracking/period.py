"""The period of the table: two days of the agency's calendar, filled in where the address leaves them out."""

from __future__ import annotations

import datetime as dt

from django.http import QueryDict

from tracking.fields import EARLIEST

# The table opens on what was done lately, which is what still waits.
PERIOD_DAYS = 31


def with_period(query: QueryDict, today: dt.date) -> QueryDict:
    """Return the query with both bounds of the period: what is missing lies around what is there."""
    filled = query.copy()
    if not filled.get("au"):
        filled["au"] = max(today, _day(filled.get("du")) or today).isoformat()
    if not filled.get("du"):
        last = max(_day(filled["au"]) or today, EARLIEST + dt.timedelta(PERIOD_DAYS))
        filled["du"] = (last - dt.timedelta(PERIOD_DAYS)).isoformat()
    return filled


def _day(text: object) -> dt.date | None:
    try:
        return dt.date.fromisoformat(str(text))
    except ValueError:
        return None
