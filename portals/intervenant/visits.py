"""The visits an intervenant may see, by what the portal asks of them. Every query starts from the actor."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import cast
from uuid import UUID

from django.http import Http404
from django.utils.translation import gettext as _

from interventions.actor import Actor
from interventions.models import Client, Intervention
from interventions.operations import own_clients
from interventions.querysets import InterventionQuerySet
from interventions.states import Status

SHOWN_WITH = ("client", "prestation")


def mine(actor: Actor) -> InterventionQuerySet:
    """Return the actor's visits."""
    return Intervention.objects.visible_to(actor)


def waiting(actor: Actor, now: datetime) -> InterventionQuerySet:
    """Return the visits to validate: of the days before today (of today too where the agency says so), and over."""
    same_day = actor.agence.same_day_allowed
    return mine(actor).to_declare(actor.today(now), same_day).filter(planned_end__lte=now)


def contested(actor: Actor) -> InterventionQuerySet:
    """Return the visits that a client modified, until the actor answers."""
    return mine(actor).filter(status=Status.CONTESTED)


def rows(visits: InterventionQuerySet) -> list[Intervention]:
    """Read the visits with the names that stand on screen, in one statement."""
    return list(cast("Iterable[Intervention]", visits.select_related(*SHOWN_WITH)))


def chosen(actor: Actor, public_ids: Collection[UUID]) -> list[Intervention]:
    """Read those of the actor's visits that an address or a form names, whatever their status."""
    return rows(mine(actor).filter(public_id__in=public_ids).in_order())


def one(actor: Actor, public_id: UUID) -> Intervention:
    """Read one of the actor's visits; anybody else's is not there (404)."""
    found = chosen(actor, [public_id])
    if not found:
        raise Http404(_("Cette visite n’existe pas, ou ne vous concerne pas."))
    return found[0]


def clients(actor: Actor, now: datetime) -> list[Client]:
    """Read the actor's own clients: those with a visit in the last or next 60 days, by name."""
    keys = own_clients(actor, now).values("client_id")
    found = Client.objects.filter(agence_id=actor.agence_id, archived_at__isnull=True, pk__in=keys)
    return list(cast("Iterable[Client]", found.by_name()))


def usual_prestations(actor: Actor) -> dict[int, int]:
    """Return, by client, the prestation of the actor's latest visit there, cancelled ones aside."""
    found = mine(actor).exclude(status=Status.CANCELLED).order_by("client_id", "-day", "-retained_start", "-pk")
    return dict(found.distinct("client_id").values_list("client_id", "prestation_id"))


def is_own_client(actor: Actor, client_id: int, now: datetime) -> bool:
    """Whether the client's address, telephone and access code may be shown to the actor."""
    return own_clients(actor, now).filter(client_id=client_id).exists()
