"""The places of the client's portal, with how many visits wait there."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from django.db import connection
from django.db.models import Count
from django.urls import reverse
from django.utils.translation import gettext as _

from interventions.actor import Actor
from interventions.models import Intervention
from interventions.states import Role, Status
from portals.web.nav import NavEntry
from portals.web.requests import ActorRequest

UNDER_WAY = (Status.CONTESTED, Status.ARBITRATION)
AWAITING = tuple(status for status in Status if status.turn is Role.CLIENT)


def entries(request: ActorRequest) -> list[NavEntry]:
    """Return the places in order."""
    mine, asked = count_of(request, AWAITING), count_of(request, UNDER_WAY)
    return [
        _entry(request, "prestations", _("Mes prestations"), "list-check", mine, _("visites à valider")),
        _entry(request, "planning", _("Mon planning"), "calendar"),
        _entry(request, "historique", _("Historique"), "history"),
        _entry(request, "demandes", _("Mes demandes"), "comment", asked, _("demandes en cours")),
        *([_entry(request, "proches", _("Mes proches"), "users")] if request.actor.role is Role.CLIENT else []),
    ]


def count_of(request: ActorRequest, statuses: tuple[Status, ...]) -> int:
    """Return how many visits stand at AWAITING or UNDER_WAY; read once a request, in one statement."""
    known: dict[str, int] | None = getattr(request, "open_visits", None)
    if known is None:
        statement, values = _counting(request.actor)
        with connection.cursor() as cursor:
            cursor.execute(statement, values)
            known = dict(cursor.fetchall())
        request.open_visits = known  # type: ignore[attr-defined]
    return sum(known.get(status, 0) for status in statuses)


@lru_cache(maxsize=1024)
def _counting(actor: Actor) -> tuple[str, tuple[Any, ...]]:
    """Return the statement that counts, put together once for each person: every page of the portal counts."""
    # Those alone: years of settled visits are not counted to find none of them.
    found = Intervention.objects.visible_to(actor).filter(status__in=AWAITING + UNDER_WAY).order_by()
    counted: Any = found.values("status").annotate(n=Count("pk")).values_list("status", "n")
    statement, values = counted.query.sql_with_params()
    return statement, values


def _entry(
    request: ActorRequest, name: str, label: str, icon: str, count: int | None = None, counted: str = ""
) -> NavEntry:
    """Return one place; only what waits for this person's answer is marked as due."""
    url = reverse(f"client:{name}")
    return NavEntry(label, url, icon, count, counted, due=name == "prestations", current=request.path == url)
