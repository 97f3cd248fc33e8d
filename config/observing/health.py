"""/sante/: whether this process lives, whether it can serve, whether the whole service works.

Answered before anything else, so that a probe needs neither a known host name nor TLS, and starts no session.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import structlog
from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase

from config.observing import beats, reach
from interventions import clock, pulse

log = structlog.get_logger(__name__)

LIVE, WEB, READY = "/sante/", "/sante/web/", "/sante/pret/"
OLDEST_MAIL_SECONDS = 15 * 60
BROKER_SECONDS = 0.5


@dataclass(frozen=True, slots=True)
class Sign:
    """One thing looked at: whether it is well, and what was measured (seconds), if anything.

    `well` is None where it was not looked at, since what it stands on is not well.
    """

    well: bool | None
    seconds: float | None = None


class Health:
    """The middleware that answers /sante/ and hands everything else on."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        signs = _LOOKED_AT.get(request.path)
        if signs is None:
            return self.get_response(request)
        if request.method not in ("GET", "HEAD"):
            return HttpResponse(status=405, headers={"Allow": "GET, HEAD"})
        return _answer(_seen(signs))


def _answer(signs: dict[str, Sign]) -> JsonResponse:
    well = all(sign.well for sign in signs.values())
    said = {name: {"ok": sign.well} | _measured(sign) for name, sign in signs.items()}
    response = JsonResponse({"ok": well, **said}, status=200 if well else 503)
    response.headers["Cache-Control"] = "no-store"
    # A probe comes every few seconds: what is wrong is logged once, by name, and not as a request that failed.
    response._has_been_logged = True  # type: ignore[attr-defined]
    return response


def _measured(sign: Sign) -> dict[str, float]:
    return {} if sign.seconds is None else {"seconds": round(sign.seconds, 1)}


def _seen(signs: dict[str, Callable[[], Sign]]) -> dict[str, Sign]:
    """Look at each in order; what stands on something unwell is left alone, or the probe waits for the same again."""
    found: dict[str, Sign] = {}
    for name, look in signs.items():
        stands = all(found[under].well for under in _STANDS_ON.get(name, ()))
        found[name] = _one(name, look) if stands else Sign(well=None)
    return found


def _one(name: str, look: Callable[[], Sign]) -> Sign:
    """Look, and take whatever goes wrong for an answer: it is what the probe asks for."""
    try:
        return look()
    except Exception as error:
        log.warning("unwell", sign=name, error=type(error).__name__)
        return Sign(well=False)


def _database() -> Sign:
    reach.database()
    return Sign(well=True)


def _broker() -> Sign:
    """Reach the broker; the one in folders is reached by writing to it, which every task does anyway."""
    if not settings.REDIS_URL:
        return Sign(well=_writable())
    # Here, since celery reads the settings that name this module's middleware.
    from config.celery import app  # noqa: PLC0415

    with app.connection_for_write(connect_timeout=BROKER_SECONDS) as broker:
        broker.ensure_connection(max_retries=0, timeout=BROKER_SECONDS)
    return Sign(well=True)


def _writable() -> bool:
    probe = settings.VAR_DIR / "celery" / "messages" / ".probe"
    probe.touch()
    probe.unlink(missing_ok=True)
    return True


def _outbox() -> Sign:
    age = pulse.outbox(clock.now()).oldest_seconds
    return Sign(well=age <= OLDEST_MAIL_SECONDS, seconds=age)


def _beat() -> Sign:
    age = beats.seconds_since(clock.now())
    return Sign(well=age is not None and age <= beats.LATE_AFTER, seconds=age)


_LOOKED_AT: dict[str, dict[str, Callable[[], Sign]]] = {
    LIVE: {},
    WEB: {"database": _database},
    READY: {"database": _database, "broker": _broker, "outbox": _outbox, "beat": _beat},
}
# Beat is remembered in the cache, which is the database's while Redis does not answer.
_STANDS_ON = {"outbox": ("database",), "beat": ("database", "broker")}
