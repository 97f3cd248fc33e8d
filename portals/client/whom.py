"""For whom a proche acts: said on every page, so that nobody mistakes one client for another."""

from interventions.models import Client
from interventions.states import Role
from portals.web.requests import ActorRequest


def for_whom(request: ActorRequest) -> str:
    """Return «Mme Yvonne Quéré», in full, to a proche who looks at her visits; nothing to the client in person."""
    if request.actor.role is not Role.PROCHE:
        return ""
    return Client.objects.get(agence_id=request.actor.agence_id, pk=request.actor.client_id or 0).full_name
