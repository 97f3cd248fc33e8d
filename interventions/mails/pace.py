"""How many mails a service is given: by second, by hour and at once, kept by all processes together.

In no second does one get more than its limit, nor in any sixty minutes, however the clock is cut. A tenth of an hour
is kept for what somebody waits for, such as a sign-in code.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F, Min, Sum

from interventions.models import MailerMinute, MailerPace

HOUR, MINUTE, NO_WAIT = timedelta(hours=1), timedelta(minutes=1), timedelta()


def limit(name: str, what: str) -> int:
    """Return a limit of a service (per_second, per_hour, parallel); 0 is none."""
    return int(settings.MAILER_LIMITS.get(name, {}).get(what, 0))


def take(name: str, now: datetime, *, urgent: bool = False) -> timedelta:
    """Count one mail for a service, or return how long to wait before asking again."""
    per_second, per_hour = limit(name, "per_second"), limit(name, "per_hour")
    if not per_second and not per_hour:
        return NO_WAIT
    with transaction.atomic():
        MailerPace.objects.get_or_create(name=name)
        pace = MailerPace.objects.select_for_update().get(name=name)
        wait = max(_until_next(pace, now, per_second), _until_room(name, now, per_hour, urgent))
        if wait:
            return wait
        if per_second:
            pace.next_at = now + timedelta(seconds=1) / per_second
            pace.save(update_fields=["next_at"])
        if per_hour:
            _count(name, now, 1)
    return NO_WAIT


def give_back(name: str, now: datetime) -> None:
    """Take back what was counted at `now`: no mail left after all."""
    if limit(name, "per_hour"):
        _count(name, now, -1)


def _until_next(pace: MailerPace, now: datetime, per_second: int) -> timedelta:
    if not per_second or pace.next_at is None:
        return NO_WAIT
    # A clock that was put back must not stop the mails for longer than the distance between two.
    return min(max(pace.next_at - now, NO_WAIT), timedelta(seconds=1) / per_second)


def _until_room(name: str, now: datetime, per_hour: int, urgent: bool) -> timedelta:
    if not per_hour:
        return NO_WAIT
    MailerMinute.objects.filter(name=name, minute__lt=_minute(now) - HOUR).delete()
    used = MailerMinute.objects.filter(name=name, count__gt=0).aggregate(count=Sum("count"), first=Min("minute"))
    if (used["count"] or 0) < per_hour - (0 if urgent else per_hour // 10):
        return NO_WAIT
    return max(used["first"] + HOUR + MINUTE - now, MINUTE / 60)


def _count(name: str, now: datetime, by: int) -> None:
    row, _made = MailerMinute.objects.get_or_create(name=name, minute=_minute(now))
    MailerMinute.objects.filter(pk=row.pk).update(count=F("count") + by)


def _minute(now: datetime) -> datetime:
    return now.replace(second=0, microsecond=0)


@contextmanager
def place(name: str) -> Iterator[bool]:
    """Hold one of a service's places for senders while it is used; False where all are taken.

    The lock is the session's: it goes with the process, whatever becomes of it.
    """
    room = next((number for number in range(limit(name, "parallel") or 1) if _locked(name, number)), None)
    try:
        yield room is not None
    finally:
        if room is not None:
            _ask("SELECT pg_advisory_unlock(%s, %s)", name, room)


def _locked(name: str, number: int) -> bool:
    return _ask("SELECT pg_try_advisory_lock(%s, %s)", name, number)


def _ask(statement: str, name: str, number: int) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(statement, [zlib.crc32(f"mailer {name}".encode()) - 2**31, number])
        return bool(cursor.fetchone()[0])
