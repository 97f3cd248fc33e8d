"""The tabs of the portal, with what waits behind each."""

from __future__ import annotations

import datetime as dt
from functools import lru_cache
from typing import Any

from django.db import connection
from django.db.models import Count
from django.urls import reverse
from django.utils.translation import gettext as _

from interventions.actor import Actor
from interventions.states import Status
from portals.intervenant import visits
from portals.web.nav import NavEntry
from portals.web.requests import ActorRequest


def entries(request: ActorRequest) -> list[NavEntry]:
    """Return the tabs; their two counts cost one statement."""
    counts = _counts(request)
    here = request.path
    planning, interventions, refusals, history = (
        reverse(f"intervenant:{name}") for name in ("planning", "interventions", "refusals", "history")
    )
    return [
        NavEntry(_("Mon planning"), planning, "calendar", current=here == planning),
        NavEntry(
            _("Mes interventions"),
            interventions,
            "list-check",
            counts.get(Status.PLANNED, 0),
            _("à valider"),
            current=here.startswith((interventions, reverse("intervenant:validations"))),
        ),
        NavEntry(
            _("Refusées"),
            refusals,
            "refused",
            counts.get(Status.CONTESTED, 0),
            _("à traiter"),
            due=True,
            current=here.startswith(refusals),
        ),
        NavEntry(_("Historique"), history, "history", current=here.startswith(history)),
    ]


def _counts(request: ActorRequest) -> dict[str, int]:
    """Return how many visits wait to be validated (PLANNED) and to be answered (CONTESTED)."""
    now = request.now
    statement, values, as_of = _counting(
        request.actor, request.actor.today(now), request.actor.agence.same_day_allowed
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, [now if value == as_of else value for value in values])
        return dict(cursor.fetchall())


@lru_cache(maxsize=1024)
def _counting(actor: Actor, today: dt.date, _same_day: bool) -> tuple[str, tuple[Any, ...], dt.datetime]:
    """Return the statement that counts, its values, and the instant in them that stands for the present.

    Put together once a day for each person, since every page of the portal counts.
    """
    as_of = dt.datetime.combine(today, dt.time(12), actor.zone)
    # Those alone: years of settled visits are not counted to find none of them.
    found = (visits.waiting(actor, as_of) | visits.contested(actor)).order_by()
    counted: Any = found.values("status").annotate(n=Count("pk")).values_list("status", "n")
    statement, values = counted.query.sql_with_params()
    return statement, values, as_of
