"""How long the mails that should have left have waited: what a manager and the operator watch."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Min

from interventions.mails.leaving import due
from interventions.models import Agence

# A sweep comes every few seconds: what is older waits for something.
LATE = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Queue:
    """The mails of an agency whose time has come: how many, and since when the first waits."""

    count: int
    oldest: datetime | None

    def minutes(self, now: datetime) -> int:
        """Return for how many whole minutes the first has waited."""
        return int((now - self.oldest).total_seconds() // 60) if self.oldest else 0

    def late(self, now: datetime) -> bool:
        """Whether they wait for longer than a sweep explains."""
        return self.oldest is not None and now - self.oldest > LATE


def of(agence: Agence, now: datetime) -> Queue:
    """Return the agency's queue; what a module switched off holds is not in it."""
    found = due(agence, now).order_by().aggregate(count=Count("pk"), oldest=Min("due_at"))
    return Queue(found["count"], found["oldest"])
