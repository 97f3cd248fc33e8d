"""For whom a proche acts: said on every page, so that nobody mistakes one client for another."""

from interventions.models import Client
from interventions.states import Role
from portals.web.requests import ActorRequest


def for_whom(request: ActorRequest) -> str:
    """Return «Mme Quéré» to a proche who looks at her visits, nothing to the client in person."""
    if request.actor.role is not Role.PROCHE:
        return ""
    client = Client.objects.get(agence_id=request.actor.agence_id, pk=request.actor.client_id or 0)
    return f"{client.civility} {client.last_name}" if client.civility else client.full_name
