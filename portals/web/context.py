"""What the layouts read around every page of a portal: nav, account, agence."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject

from interventions.actor import Actor
from portals.web.nav import Account


def portal(request: HttpRequest) -> dict[str, Any]:
    """Give the layout its menu and names; outside a portal nothing. A fragment without a menu costs no query."""
    actor: Actor | None = getattr(request, "actor", None)
    if actor is None:
        return {}
    entries = getattr(request, "nav_entries", None)
    if entries is None:
        # By a link: an actor, but no menu and no account.
        return {"agence": actor.agence}
    return {
        "nav": SimpleLazyObject(lambda: entries(request)),
        "account": Account(actor.name, reverse("account_menu"), actor.agence.name),
        "agence": actor.agence,
    }
