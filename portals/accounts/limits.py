"""How long a session lasts: without a sign of life, and in all. Whoever comes later signs in again.

Times are the machine's: a product whose clock is put elsewhere, as the tests' is, ends no session by that.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.contrib.auth import logout
from django.contrib.auth.signals import user_logged_in
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone

from portals.web.doors import SESSION_KEY

BEGAN, SEEN = "began", "seen"
MINUTE, HOUR, DAY = 60, 3600, 86_400
# A sign of life is written down no more often than this, so that reading a page costs no write.
NOTED_EVERY = 10 * MINUTE


@dataclass(frozen=True, slots=True)
class Limits:
    """The longest that a session goes without a request, and the longest that it lives, in seconds."""

    idle: int
    whole: int


# Who sees a whole agency, or all of them, signs in each working day. Whoever sees their own visits, on a phone of
# their own, stays signed in as long as they come by.
OFFICE = Limits(idle=3 * HOUR, whole=12 * HOUR)
OWN = Limits(idle=14 * DAY, whole=30 * DAY)


class SessionLimits:
    """Middleware, after the one that says who it is: ends the session that has lasted too long."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer as to somebody who is signed in, or no longer is."""
        if request.user.is_authenticated:
            _look_at(request)
        return self.get_response(request)


@receiver(user_logged_in)
def begin(request: HttpRequest | None = None, **_signal: object) -> None:
    """Note when a session began."""
    if request is not None and hasattr(request, "session"):
        request.session[BEGAN] = request.session[SEEN] = _now()


def limits_of(request: HttpRequest) -> Limits:
    """Return the limits of this session: the strictest of all that it opens."""
    office = "gestion" in request.session.get(SESSION_KEY, {}) or getattr(request.user, "is_superuser", False)
    return OFFICE if office else OWN


def _look_at(request: HttpRequest) -> None:
    now, limits = _now(), limits_of(request)
    # A session of before there were limits begins now.
    began, seen = request.session.get(BEGAN, now), request.session.get(SEEN, 0)
    if now - began >= limits.whole or (seen and now - seen >= limits.idle):
        logout(request)
    elif now - seen >= NOTED_EVERY:
        request.session[BEGAN], request.session[SEEN] = began, now


def _now() -> int:
    return int(timezone.now().timestamp())
