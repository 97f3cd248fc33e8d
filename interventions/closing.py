"""What a month holds before it is closed: what is undecided, and which windows still run.

The windows are those of `checks`, said over all visits of a month in one statement; a test compares the two.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Count, Max, Q

from interventions import hours
from interventions.actor import Actor
from interventions.models import Intervention
from interventions.states import Action, Settled, Status

# What somebody still has to decide, in the order of the screen.
UNDECIDED = (Status.DRAFT, Status.PLANNED, Status.DONE, Status.CONTESTED, Status.ARBITRATION)
UNBILLABLE = "unbillable"


@dataclass(frozen=True, slots=True)
class Window:
    """A window that still runs: for how many visits, and until which day, included, for the last of them."""

    name: str
    count: int
    until: date


@dataclass(frozen=True, slots=True)
class MonthFigures:
    """What a month holds: visits by status, those without a contrat facturable, and the windows that still run."""

    statuses: Mapping[Status, int]
    unbillable: int
    windows: list[Window]

    @property
    def total(self) -> int:
        """All its visits."""
        return sum(self.statuses.values())

    @property
    def undecided(self) -> list[tuple[Status, int]]:
        """What is undecided, by status, where there is any."""
        return [(status, self.statuses[status]) for status in UNDECIDED if self.statuses.get(status)]

    def as_dict(self) -> dict[str, int]:
        """Return all of it as counts by name, for the record."""
        counts = {str(status): count for status, count in self.statuses.items()}
        return counts | {UNBILLABLE: self.unbillable} | {window.name: window.count for window in self.windows}


def month_of(actor: Actor, month: date, now: datetime) -> MonthFigures:
    """Return what a month holds of the visits that the actor sees, in three statements."""
    visits: Any = Intervention.objects.visible_to(actor).filter(withdrawn=False)
    visits = visits.between(month, last_day(month))
    counted = visits.order_by().values_list("status").annotate(count=Count("pk"))
    unbillable = visits.exclude(status=Status.CANCELLED).without_billable(actor.agence_id).count()
    return MonthFigures(dict(sorted((Status(s), n) for s, n in counted)), unbillable, _windows(visits, actor, now))


def last_day(month: date) -> date:
    """Return the last day of a month."""
    return hours.month_of(month + timedelta(days=31)) - timedelta(days=1)


def _windows(visits: Any, actor: Actor, now: datetime) -> list[Window]:
    agence = actor.agence
    objects, disputes = _since(actor, agence.object_days, now), _since(actor, agence.dispute_days, now)
    retracts, dispute_day = _since(actor, agence.retract_days, now), actor.today(now) - timedelta(agence.dispute_days)
    by_client = Q(status=Status.CANCELLED, last_action=Action.CANCEL_BY_CLIENT)
    conditions = {
        "object": Q(
            status=Status.VALIDATED, settled_by__in=(Settled.ON_BEHALF, Settled.TACIT), settled_at__gte=objects
        ),
        "dispute": Q(
            Q(last_at__gte=disputes) | Q(day__gte=dispute_day),
            status=Status.CANCELLED,
            last_action__in=(Action.CANCEL, Action.CANCEL_BY_CLIENT),
            intervenant__isnull=False,
        ),
        "retract": Q(Q(status=Status.CONTESTED) | by_client, last_at__gte=retracts),
    }
    last = {
        "object": ("settled_at", None, agence.object_days),
        "dispute": ("last_at", "day", agence.dispute_days),
        "retract": ("last_at", None, agence.retract_days),
    }
    asked: dict[str, Any] = {}
    for name, condition in conditions.items():
        asked[f"{name}_count"] = Count("pk", filter=condition)
        asked[f"{name}_at"] = Max(last[name][0], filter=condition)
        asked[f"{name}_day"] = Max("day", filter=condition)
    found = visits.aggregate(**asked)
    return [
        Window(name, found[f"{name}_count"], _until(found, name, last[name], actor))
        for name in conditions
        if found[f"{name}_count"]
    ]


def _since(actor: Actor, days: int, now: datetime) -> datetime:
    """Return the first instant from which a window of so many days of the agency's calendar still runs."""
    return datetime.combine(actor.today(now) - timedelta(days=days), time(), actor.zone)


def _until(found: Mapping[str, Any], name: str, last: tuple[str, str | None, int], actor: Actor) -> date:
    opened: date = found[f"{name}_at"].astimezone(actor.zone).date()
    if last[1]:
        opened = max(opened, found[f"{name}_day"])
    return opened + timedelta(days=last[2])
