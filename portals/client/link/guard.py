"""The links' own guard, in the place of the role guard: a token that we signed, of a link that is still open.

A view behind it has an ActorRequest: the mail's reader, acting by link for the client of the visit asked for, in the
agency's time zone and in one transaction of that agency. Nothing here reads or writes a session.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any, cast
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponseBase
from django.utils import timezone
from django.views.decorators.cache import never_cache

from interventions import clock, links
from interventions.actor import Actor
from interventions.guards import Guard
from interventions.models import Client
from portals.client.entrance import Entrance
from portals.client.link.closed import closed_page
from portals.client.link.opening import Closed, Opening, actors_for, opened, why_closed
from portals.client.presses import see_other
from portals.web.requests import ActorRequest
from portals.web.transactions import in_agence

type View = Callable[..., HttpResponseBase]


class LinkRequest(ActorRequest):
    """An ActorRequest that came by a link."""

    opening: Opening
    entrance: Entrance


def linked(view: View) -> View:
    """Return the view behind the guard; its address gives the token, and may name a visit or a client."""

    @wraps(view)
    def entered(request: HttpRequest, token: str, client_id: UUID | None = None, **named: Any) -> HttpResponseBase:
        now = clock.now()
        link = links.find(token)
        actors = actors_for(link, now) if link else {}
        if link is None or not actors:
            return closed_page(request, Closed.GONE if link else Closed.UNKNOWN, token, link)
        guest = cast(LinkRequest, request)
        guest.now, guest.actor = now, next(iter(actors.values()))

        def answer() -> HttpResponseBase:
            guest.opening = opened(link, actors)
            closed = why_closed(guest.opening, now)
            if closed:
                return closed_page(request, closed, token, link)
            return _within(guest, token, view, client_id, named)

        with timezone.override(link.agence.zone):
            return in_agence(guest, answer)

    return never_cache(entered)


def _within(
    request: LinkRequest, token: str, view: View, client_id: UUID | None, named: Mapping[str, Any]
) -> HttpResponseBase:
    """Call the view as the person who acts for that visit or that client."""
    only = frozenset(request.opening.visits)
    request.entrance = Entrance("link_", (token,), "layouts/link.html", only)
    visit: Any = named.get("public_id")
    if visit is not None and request.method == "POST" and _moved_on(request.opening, visit):
        messages.warning(request, str(Guard.STALE.label))
        return see_other(request.entrance.home)
    if visit is not None or client_id is not None:
        actor = request.opening.actor_for(visit) if client_id is None else _of_client(request, client_id)
        if actor is None:
            raise Http404
        request.actor = actor
        request.entrance = Entrance("link_", (token,), "layouts/link.html", only, whose(actor))
    return view(request, **named)


def _moved_on(opening: Opening, public_id: UUID) -> bool:
    return public_id in opening.mentioned and opening.actor_for(public_id) is None


def _of_client(request: LinkRequest, public_id: UUID) -> Actor | None:
    found = Client.objects.filter(agence_id=request.actor.agence_id, public_id=public_id).first()
    return request.opening.actors.get(found.pk) if found else None


def whose(actor: Actor) -> str:
    """Name the client whose visits are shown, so that nobody mistakes one for another."""
    return Client.objects.get(agence_id=actor.agence_id, pk=actor.client_id or 0).full_name
