"""The menu of the portal under test."""

from portals.web.nav import NavEntry
from portals.web.requests import ActorRequest


def entries(request: ActorRequest) -> list[NavEntry]:
    return [NavEntry(f"Accueil de {request.actor.name}", "/client/", current=True)]
