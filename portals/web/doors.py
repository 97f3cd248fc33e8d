"""Which portal somebody enters, and as whom: the session remembers the chosen row of each portal.

What is remembered is only a wish: it is read again from the database at each request.
"""

import datetime as dt
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass

from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from interventions.actor import Actor
from interventions.models import Client, User
from interventions.states import Role
from interventions.tenancy import as_person
from portals.web.actors import actor_of, actors_of, row_id

PORTALS = {
    Role.INTERVENANT: "intervenant",
    Role.CLIENT: "client",
    Role.PROCHE: "client",
    Role.MANAGER: "gestion",
}
PORTAL_NAMES: dict[str, Promise] = {
    "intervenant": _("Portail intervenant"),
    "client": _("Portail client"),
    "gestion": _("Gestion de l’agence"),
}
SESSION_KEY = "doors"


@dataclass(frozen=True)
class Door:
    """One way in: an actor, and the client's name where a proche acts for them."""

    actor: Actor
    client_name: str = ""

    @property
    def key(self) -> str:
        """What a form posts and the session keeps: «proche:12»."""
        return key_of(self.actor)

    @property
    def portal(self) -> str:
        """The first part of the portal's address."""
        return PORTALS[self.actor.role]

    @property
    def url(self) -> str:
        """Where the portal begins."""
        return f"/{self.portal}/"

    @property
    def portal_name(self) -> Promise:
        """What the portal is called on screen."""
        return PORTAL_NAMES[self.portal]


def key_of(actor: Actor) -> str:
    """Return the key of the actor's row, unique over all roles."""
    return f"{actor.role}:{row_id(actor)}"


def doors_of(user: User, now: dt.datetime) -> list[Door]:
    """Return every way in that `user` has at `now`; the clients' names of all mandates come in one query."""
    with as_person(user.pk):
        actors = actors_of(user, now)
        clients = Client.objects.in_bulk([actor.client_id for actor in actors if actor.role is Role.PROCHE])
    names = names_apart(clients.values())
    return [Door(actor, names[actor.client_id or 0] if actor.proche_id else "") for actor in actors]


def names_apart(clients: Collection[Client]) -> dict[int, str]:
    """Return what each of these clients is called to one reader: two of the same name with where they live."""
    known = Counter(client.full_name for client in clients)
    return {client.pk: client.full_name if known[client.full_name] == 1 else _located(client) for client in clients}


def _located(client: Client) -> str:
    return ", ".join(part for part in (client.full_name, client.address, client.city) if part)


def choose(request: HttpRequest, door: Door) -> None:
    """Remember through which row this session enters that portal."""
    request.session[SESSION_KEY] = {**request.session.get(SESSION_KEY, {}), door.portal: door.key}


def chosen(request: HttpRequest, roles: Collection[Role], now: dt.datetime) -> Actor | None:
    """Return the actor that this session chose for the portal of `roles`, if the row still gives one."""
    for key in {request.session.get(SESSION_KEY, {}).get(PORTALS[role], "") for role in roles}:
        role, _colon, row = str(key).partition(":")
        if role in roles and row.isdigit():
            return actor_of(request.user, Role(role), int(row), now)  # type: ignore[arg-type]
    return None
