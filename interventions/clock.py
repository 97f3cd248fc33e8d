"""The one clock. Tests, the demo and a live server with a browser can be put at another moment through it."""

from datetime import UTC, datetime, timedelta

from django.conf import settings


def now() -> datetime:
    """Return the current instant, aware, in UTC, shifted by the setting CLOCK_OFFSET_SECONDS (0 but in tests)."""
    return datetime.now(UTC) + timedelta(seconds=settings.CLOCK_OFFSET_SECONDS)
