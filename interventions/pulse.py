"""How the service fares over all agencies together: what waits and how late it is. Numbers only, no name."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Outbox:
    """The mails that should have left (`due`), the age in seconds of the oldest, those being sent and those given up.

    `failed` counts those of the last 24 hours.
    """

    due: int
    oldest_seconds: float
    sending: int
    failed: int


# Functions of the database (migration 0039), which row level security does not bind.
_OUTBOX = "SELECT due, oldest, sending FROM pulse_outbox(%(now)s)"
_FAILED = "SELECT pulse_failed(%(since)s)"
_BATCHES = "SELECT role, count FROM pulse_batches(%(since)s)"
_JOBS = "SELECT name, succeeded, failed FROM pulse_jobs(%(since)s)"


def outbox(now: datetime) -> Outbox:
    """Return how the outbox fares at `now`. Two statements, whatever waits."""
    ((due, oldest, sending),) = _rows(_OUTBOX, now=now)
    ((failed,),) = _rows(_FAILED, since=now - DAY)
    return Outbox(due, max(0.0, float(oldest)), sending, failed)


def batches_of_the_hour(now: datetime) -> dict[str, int]:
    """Return how many presses there were in the last hour, by role (`interventions.states.Role`)."""
    return dict(_rows(_BATCHES, since=now - HOUR))


def jobs_of_two_days(now: datetime) -> dict[str, tuple[datetime | None, int]]:
    """Return, by name of the job, when it last ran well and how often it failed, in the last two days."""
    return {name: (ran, failed) for name, ran, failed in _rows(_JOBS, since=now - 2 * DAY)}


def _rows(statement: str, **values: datetime) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return list(cursor.fetchall())
