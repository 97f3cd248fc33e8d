"""For whom a proche acts: said on every page, so that nobody mistakes one client for another."""

from interventions.actor import CLIENT_ROLES
from interventions.models import Client
from interventions.states import Role
from portals.client.entrance import entrance_of
from portals.web.actors import actors_of
from portals.web.requests import ActorRequest


def for_whom(request: ActorRequest) -> str:
    """Return «Mme Yvonne Quéré», in full, to a proche who looks at her visits; nothing to the client in person."""
    if request.actor.role is not Role.PROCHE:
        return ""
    return Client.objects.get(agence_id=request.actor.agence_id, pk=request.actor.client_id or 0).full_name


def has_others(request: ActorRequest) -> bool:
    """Return whether a proche may look at another client instead; by a link there is only that mail's."""
    if request.actor.role is not Role.PROCHE or entrance_of(request).is_link:
        return False
    return sum(actor.role in CLIENT_ROLES for actor in actors_of(request.user, request.now)) > 1
