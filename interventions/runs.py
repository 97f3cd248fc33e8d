"""One run of what the system does by itself: once a day and agency, whatever schedulers there are."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import structlog
from django.conf import settings
from django.db import connection, transaction
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from interventions import clock
from interventions.models import Agence, JobRun
from interventions.tenancy import within

log = structlog.get_logger(__name__)

# What it does may write to people: by day, on the agency's clock.
FIRST, LAST = time(9), time(20)
AFTER_A_FAILURE = timedelta(hours=1)
# Parts of one run; what is left then waits for the next day.
PARTS = 200


@dataclass(frozen=True, slots=True)
class Job:
    """Something done every day: its name, what the agency reads of it, and what it does.

    `does` takes the agency (None for what belongs to none) and the instant, and returns how many it did. It runs in
    one transaction and may run again at any time. With `in_parts` it does one part, and is called again, in another
    transaction, until it returns 0: a worker that is killed leaves what it did, and the rest to the next run.
    """

    name: str
    label: Promise
    said: Promise
    does: Callable[[Agence, datetime], int] | None = None
    does_for_all: Callable[[datetime], int] | None = None
    in_parts: bool = False


def run(job: Job, agence: Agence | None, now: datetime) -> JobRun | None:
    """Run a job if its time has come and no other scheduler runs it; return what became of it, or None."""
    zone = agence.zone if agence else ZoneInfo(settings.TIME_ZONE)
    begun = _begun(now, zone)
    if begun is None:
        return None
    done, parts = 0, PARTS if job.in_parts else 1
    try:
        while True:
            with _for(agence):
                if not _alone(job, agence) or not _is_due(job, agence, begun, now):
                    return None
                count = _do(job, agence, now)
                done, parts = done + count, parts - 1
                if not (count and parts):
                    return _record(job, agence, now, done=done)
    except Exception:
        log.exception("job_failed", job=job.name, agence=agence and agence.pk)
        with _for(agence):
            return _record(job, agence, now, error=_("La tâche s’est arrêtée ; elle reprend dans une heure."))


def _for(agence: Agence | None) -> AbstractContextManager[None]:
    return within(agence.pk) if agence else transaction.atomic()


def _begun(now: datetime, zone: ZoneInfo) -> datetime | None:
    """Return when today's time for jobs began, or None outside it."""
    local = now.astimezone(zone)
    if not FIRST <= local.time() < LAST:
        return None
    return datetime.combine(local.date(), FIRST, zone).astimezone(UTC)


def last_before(moment: datetime, zone: ZoneInfo) -> datetime:
    """Return the latest instant, up to this one, at which a day's time for jobs began on the agency's clock."""
    local = moment.astimezone(zone)
    day = local.date() if local.time() >= FIRST else local.date() - timedelta(days=1)
    return datetime.combine(day, FIRST, zone).astimezone(UTC)


def _alone(job: Job, agence: Agence | None) -> bool:
    """Take the lock of this job and agency until the transaction ends; False if somebody has it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_try_advisory_xact_lock(%s, %s)",
            [zlib.crc32(job.name.encode()) - 2**31, agence.pk % 2**31 if agence else 0],
        )
        return bool(cursor.fetchone()[0])


def _is_due(job: Job, agence: Agence | None, begun: datetime, now: datetime) -> bool:
    today = JobRun.objects.filter(agence=agence, name=job.name, started_at__gte=begun)
    return not today.filter(error="").exists() and not today.filter(started_at__gt=now - AFTER_A_FAILURE).exists()


def _do(job: Job, agence: Agence | None, now: datetime) -> int:
    if agence is not None and job.does is not None:
        return job.does(agence, now)
    return job.does_for_all(now) if job.does_for_all is not None else 0


def _record(job: Job, agence: Agence | None, now: datetime, *, done: int = 0, error: str = "") -> JobRun:
    ended = max(now, clock.now())
    return JobRun.objects.create(agence=agence, name=job.name, started_at=now, ended_at=ended, done=done, error=error)
