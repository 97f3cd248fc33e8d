"""Totals of days by status, read without their visits and always right: they are written with the visits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db import connection
from django.db.models import Sum

from interventions.actor import Actor
from interventions.models import Agence, DayTotal
from interventions.states import Role, Status

# What comes in while this runs is left for the next run: each row is deleted by one and added to one sum.
_GATHER = """
WITH gone AS (
    DELETE FROM interventions_daytotal WHERE id IN (
        SELECT id FROM interventions_daytotal WHERE agence_id = %(agence)s AND (day, status) IN (
            SELECT day, status FROM interventions_daytotal WHERE agence_id = %(agence)s
            GROUP BY day, status HAVING count(*) > 1
        ) ORDER BY id FOR UPDATE SKIP LOCKED
    ) RETURNING day, status, visits, seconds, km
)
INSERT INTO interventions_daytotal (agence_id, day, status, visits, seconds, km)
SELECT %(agence)s, day, status, sum(visits), sum(seconds), sum(km) FROM gone GROUP BY day, status
HAVING sum(visits) <> 0 OR sum(seconds) <> 0 OR sum(km) <> 0
"""


@dataclass(frozen=True, slots=True)
class Total:
    """How many visits, and what was retained of them: elapsed time and kilometres."""

    visits: int
    spent: timedelta
    km: Decimal


def knows(actor: Actor) -> bool:
    """Return whether these totals are those of all visits that the actor may see: a manager's without a limit."""
    return actor.role is Role.MANAGER and actor.secteur_ids is None


def between(actor: Actor, first: date, last: date) -> dict[Status, Total]:
    """Return the totals of the agency's days from `first` to `last`, both included; a status without visits is absent.

    Refuses (ValueError) an actor who may not see every visit.
    """
    if not knows(actor):
        raise ValueError(actor.role)
    days = DayTotal.objects.filter(agence_id=actor.agence_id, day__gte=first, day__lte=last)
    sums = days.order_by().values_list("status").annotate(Sum("visits"), Sum("seconds"), Sum("km"))
    return {
        Status(status): Total(visits, timedelta(seconds=seconds), km) for status, visits, seconds, km in sums if visits
    }


def gather(agence: Agence, now: datetime) -> int:
    """Make one row of the many of a day and status, and return how many rows that wrote."""
    with connection.cursor() as cursor:
        cursor.execute(_GATHER, {"agence": agence.pk})
        return int(cursor.rowcount)
