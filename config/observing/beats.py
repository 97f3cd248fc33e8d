"""The last time that beat and a worker were both alive, where every process can read it."""

from __future__ import annotations

from datetime import datetime

from django.core.cache import cache

from interventions import clock

KEY = "last-beat"
# Sent by beat every half minute (CELERY_BEAT_SCHEDULE); a busy worker may let some pass before it is worth a call.
LATE_AFTER = 300


def remember() -> None:
    """Note that beat sent something and a worker took it."""
    cache.set(KEY, clock.now().timestamp(), timeout=None)


def seconds_since(now: datetime) -> float | None:
    """Return the age of the last beat in seconds; None if none is known, as just after the cache was emptied."""
    last = cache.get(KEY)
    return None if last is None else max(0.0, now.timestamp() - last)
