"""What somebody had typed when their session turned out to have ended: kept across the sign-in, for them alone.

A form says for whom it was shown (`{% for_whom %}`, a mark that nobody can make up). Somebody else who signs in on the
same phone is shown nothing of it, and it is forgotten then. Signing out forgets it too, with the session.
"""

from __future__ import annotations

import datetime as dt

from django.http import HttpRequest, QueryDict

from interventions import clock
from portals.web.phone import door_of
from portals.web.requests import ActorRequest

FIELD = "door"
SESSION_KEY = "kept"
LASTS = dt.timedelta(hours=1)
LONGEST = 200_000


def keep(request: HttpRequest) -> None:
    """Keep what an unknown person's form says, if it names for whom it was shown."""
    door = request.POST.get(FIELD, "") if request.method == "POST" else ""
    data = request.POST.urlencode() if door else ""
    if door and len(data) <= LONGEST:
        kept = {"path": request.path, "door": door, "data": data, "at": clock.now().isoformat()}
        request.session[SESSION_KEY] = kept


def kept_for(request: ActorRequest, path: str) -> QueryDict | None:
    """Return what this very person had sent to `path`; what is another's, or old, is forgotten."""
    kept = request.session.get(SESSION_KEY)
    if kept is None:
        return None
    old = request.now - dt.datetime.fromisoformat(kept["at"]) > LASTS
    if old or kept["door"] != door_of(request.actor):
        forget(request)
        return None
    return QueryDict(kept["data"]) if kept["path"] == path else None


def forget(request: HttpRequest) -> None:
    """Forget it: it has been sent again, or is nobody's here."""
    request.session.pop(SESSION_KEY, None)
