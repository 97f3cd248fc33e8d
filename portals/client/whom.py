"""For whom a proche acts: said on every page, so that nobody mistakes one client for another."""

from dataclasses import dataclass

from interventions.actor import CLIENT_ROLES
from interventions.models import Client
from interventions.states import Role
from portals.client.entrance import entrance_of
from portals.web.doors import doors_of
from portals.web.requests import ActorRequest


@dataclass(frozen=True)
class Whom:
    """The client's name in full, empty to the client in person; whether the reader may look at another instead."""

    name: str = ""
    has_others: bool = False


def whom(request: ActorRequest) -> Whom:
    """Return for whom the reader acts: «Mme Yvonne Quéré», told apart from another of that name."""
    if request.actor.role is not Role.PROCHE:
        return Whom()
    if entrance_of(request).is_link:
        client = Client.objects.get(agence_id=request.actor.agence_id, pk=request.actor.client_id or 0)
        return Whom(client.full_name)
    doors = [door for door in doors_of(request.user, request.now) if door.actor.role in CLIENT_ROLES]
    name = next(door.client_name for door in doors if door.actor.proche_id == request.actor.proche_id)
    return Whom(name, has_others=len(doors) > 1)
