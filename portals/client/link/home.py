"""The page of a link: the visits of its mail, client by client, each with what may be done."""

from __future__ import annotations

from collections.abc import Iterable
from copy import copy
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from interventions.actor import Actor
from interventions.models import Client
from interventions.states import Role
from portals.client import validation
from portals.client.demandes import Demande, demande_of
from portals.client.link.guard import LinkRequest
from portals.client.pages import show
from portals.client.visits import Visit, visible, with_possibilities


@dataclass(frozen=True)
class Entry:
    """A visit; where it was answered already, with where it stands."""

    visit: Visit
    demande: Demande | None


@dataclass(frozen=True)
class Group:
    """One client's visits, as their reader may act on them."""

    client: Client
    entries: list[Entry]
    by_proche: bool

    @property
    def ready(self) -> list[Visit]:
        """Those that one press may validate."""
        return [entry.visit for entry in self.entries if entry.visit.may_validate]

    @property
    def minutes(self) -> int:
        """How long those last together."""
        return sum(visit.minutes for visit in self.ready)


@require_safe
def home(request: LinkRequest) -> HttpResponse:
    """Show the visits and ask; showing them changes nothing."""
    clients: dict[Any, Any] = Client.objects.filter(agence_id=request.actor.agence_id).in_bulk(request.opening.actors)
    groups = [_group(request, clients[key], actor) for key, actor in request.opening.actors.items()]
    groups = [group for group in groups if group.entries]
    asked = sum(entry.visit.is_awaiting for group in groups for entry in group.entries)
    last = timezone.localtime(request.opening.link.expires_at - timedelta(seconds=1)).date()
    context = {"groups": groups, "asked": asked, "reader": request.actor.name, "last_day": last, "for_whom": ""}
    return show(request, "client/link/home.html", context)


@require_POST
def validations(request: LinkRequest) -> HttpResponse:
    """Validate the visits of one client that were shown, in one press."""
    return validation.validate_several(request)


def _group(request: LinkRequest, client: Client, actor: Actor) -> Group:
    mine = copy(request)
    mine.actor = actor
    rows: Iterable[Any] = visible(mine).in_order()
    visits = with_possibilities(rows, mine)
    entries = [Entry(visit, None if visit.is_awaiting else demande_of(visit, mine)) for visit in visits]
    return Group(client, entries, actor.role is Role.PROCHE)
