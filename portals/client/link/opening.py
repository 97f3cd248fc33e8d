"""What a link opens at this moment, and for whom; or why it opens nothing any more."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import Enum
from uuid import UUID

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from interventions.actor import CLIENT_ROLES, Actor
from interventions.guards import Guard
from interventions.models import JournalEntry, MailLine, MailLink
from interventions.operations import possibilities
from interventions.states import Role, Via
from portals.web.actors import actors_of

# What closes an act for a time only: it does not end the link.
FOR_A_TIME = (Guard.MONTH, Guard.MODULE)


class Closed(Enum):
    """Why a link opens nothing; the page says it in words."""

    UNKNOWN = "unknown"
    GONE = "gone"
    REPLACED = "replaced"
    EXPIRED = "expired"
    MODULE = "module"
    DONE = "done"


RENEWABLE = (Closed.EXPIRED, Closed.REPLACED)


@dataclass(frozen=True)
class Opening:
    """A link as it stands: as whom its reader acts for each client, and the visits that it still opens.

    `visits` gives the client of each visit by its key, `keys` those keys by what addresses say; `mentioned` are all
    the visits of the mail, those that somebody else moved on since included.
    """

    link: MailLink
    actors: Mapping[int, Actor]
    visits: Mapping[int, int] = field(default_factory=dict)
    keys: Mapping[UUID, int] = field(default_factory=dict)
    mentioned: frozenset[UUID] = frozenset()

    def actor_for(self, public_id: UUID) -> Actor | None:
        """Return who acts on that visit, None where the link does not open it."""
        key = self.keys.get(public_id)
        return self.actors[self.visits[key]] if key is not None else None

    def visits_of(self, client_id: int) -> list[int]:
        """Return the keys of one client's visits."""
        return [visit for visit, client in self.visits.items() if client == client_id]


def actors_for(link: MailLink, now: datetime) -> dict[int, Actor]:
    """Return as whom the reader may act today, by client: nobody once the address has changed or the role ended.

    Whoever is both the client and a proche of the same client acts as the client, unless a tuteur acts alone.
    """
    user = link.mail.user
    if not user.is_active or user.email != link.mail.to.lower():
        return {}
    found: dict[int, Actor] = {}
    for actor in actors_of(user, now):
        if actor.agence_id != link.agence_id or actor.role not in CLIENT_ROLES or actor.client_id is None:
            continue
        known = found.get(actor.client_id)
        if known is None or not known.may_act:
            found[actor.client_id] = replace(actor, via=Via.LINK)
    return found


def opened(link: MailLink, actors: Mapping[int, Actor]) -> Opening:
    """Return what the link opens: the visits that its mail told, until somebody else than the client's side acts.

    Of what others did since another mail tells, with a link of its own.
    """
    lines = MailLine.objects.filter(
        mail=link.mail_id, role=Role.CLIENT, told=True, intervention__client__in=actors, intervention__withdrawn=False
    )
    columns = ("intervention_id", "intervention__client_id", "intervention__public_id")
    mentioned = frozenset(lines.values_list("intervention__public_id", flat=True))
    visits: dict[int, int] = {}
    keys: dict[UUID, int] = {}
    for key, client, public_id in lines.exclude(Exists(_moved_on())).values_list(*columns):
        visits[key], keys[public_id] = client, key
    return Opening(link, actors, visits, keys, mentioned)


def _moved_on() -> QuerySet[JournalEntry]:
    """Return the acts of others that changed the status of a line's visit after the step that it tells."""
    later = JournalEntry.objects.filter(
        agence_id=OuterRef("agence_id"), intervention_id=OuterRef("intervention_id"), version__gt=OuterRef("step")
    )
    return later.exclude(from_status=F("to_status")).exclude(
        Q(role__in=CLIENT_ROLES) | Q(batch__on_behalf=Role.CLIENT)
    )


def why_closed(opening: Opening, now: datetime) -> Closed | None:
    """Return why the link opens nothing at `now`, or None."""
    link = opening.link
    if link.ended_at is not None:
        return Closed.REPLACED
    if now >= link.expires_at:
        return Closed.EXPIRED
    if not link.agence.module_enabled:
        return Closed.MODULE
    return None if _something_left(opening, now) else Closed.DONE


def _something_left(opening: Opening, now: datetime) -> bool:
    for client, actor in opening.actors.items():
        possible = possibilities(opening.visits_of(client), actor, now)
        if any(may.actions or set(may.blocked.values()) & set(FOR_A_TIME) for may in possible.values()):
            return True
    return False
