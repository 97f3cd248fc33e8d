"""The totals of the screen."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.http import QueryDict

from interventions import clock
from interventions.actor import Actor
from tracking.filters import Filters
from tracking.totals import totals


def of_month(actor: Actor, first: dt.date, last: dt.date) -> Any:
    """Return what the head of the table says of a month."""
    filters = Filters(QueryDict(f"du={first}&au={last}"), actor, clock.now())
    return totals(filters)
