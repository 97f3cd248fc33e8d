"""As whom a phone keeps things: two marks that say nothing to whoever reads them.

What a phone keeps belongs to one person (`owner_of`), and what it sends to one of their rows (`door_of`): somebody
who works for two agencies never sends to one what was entered for the other.
"""

from django.http import HttpRequest
from django.urls import reverse
from django.utils.crypto import salted_hmac

from interventions.actor import Actor
from portals.web.doors import key_of

LENGTH = 20


def owner_of(user_id: int) -> str:
    """Return the mark of a person."""
    return _mark("owner", str(user_id))


def door_of(actor: Actor) -> str:
    """Return the mark of a person in one role at one agency."""
    return _mark("door", f"{actor.user_id}:{key_of(actor)}")


def is_ahead(request: HttpRequest) -> bool:
    """Whether a page is only kept for later (js/pages.js): what is to be said to the person waits for one they see."""
    return request.headers.get("Purpose") == "prefetch"


def _mark(kind: str, text: str) -> str:
    return salted_hmac(f"portals.web.phone.{kind}", text, algorithm="sha256").hexdigest()[:LENGTH]


def addresses() -> dict[str, str]:
    """Return where the scripts of the phone find what they need.

    `pages` are those that are kept, apart by a space; `ahead` is kept with the list, before anybody opens it.
    """
    names = ("list", "interventions"), ("who", "phone"), ("worker", "worker"), ("ahead", "report")
    found = {name: reverse(f"intervenant:{view}") for name, view in names}
    return found | {"pages": f"{found['list']} {reverse('intervenant:planning')} {found['ahead']}"}
