"""Choosing visits: those that are ticked, those of the page, or everything that matches; fixed from then on."""

from __future__ import annotations

import datetime as dt

from django.http import QueryDict

from interventions.actor import Actor
from interventions.states import Labelled
from tracking import ticks
from tracking.filters import Filters
from tracking.keyset import DEFAULT_SORT, Sort
from tracking.models import Selection

# What one press carries; beyond it the period is narrowed.
LIMIT = 50_000
KEPT = dt.timedelta(days=7)


class Reach(Labelled):
    """How far a choice goes; the value of the button pressed."""

    TICKED = "visites", "visites"
    PAGE = "page", "page"
    MATCHING = "filtre", "filtre"
    NOTHING = "rien", "rien"


class TooMany(Exception):
    """More visits match than one press carries."""


def record(filters: Filters, posted: QueryDict, actor: Actor, now: dt.datetime) -> None:
    """Tick what a press on the table says; what was ticked on other pages stays, unless everything is asked for.

    Ticked visits and those of the page carry the version that the page showed; everything that matches is taken as
    it stands now, once, so that what begins to match later is not in it. Raises TooMany beyond LIMIT.
    """
    reach = posted.get("portee")
    if reach == Reach.MATCHING:
        ticks.fill(actor, now, _matching(filters, posted.get("tri", DEFAULT_SORT)))
    elif reach == Reach.NOTHING:
        ticks.clear(actor)
    else:
        page = posted.getlist("page")
        ticked = page if reach == Reach.PAGE else posted.getlist("visite")
        ticks.tick(actor, now, page=page, ticked=ticked)


def choose(filters: Filters, posted: QueryDict, actor: Actor, now: dt.datetime) -> Selection | None:
    """Keep what is ticked once the press is taken in, with the versions seen; None where nothing is.

    The person's choices of the last week are kept, older ones go. Raises TooMany beyond LIMIT.
    """
    record(filters, posted, actor, now)
    pairs = ticks.pairs(actor, now)
    if not pairs:
        return None
    mine = Selection.objects.filter(agence_id=actor.agence_id, user=actor.user_id)
    mine.filter(made_at__lt=now - KEPT).delete()
    return mine.create(
        agence_id=actor.agence_id,
        user_id=actor.user_id,  # type: ignore[misc]
        visits=pairs,
        came_from=filters.query(tri=posted.get("tri")),
        made_at=now,
    )


def _matching(filters: Filters, sort: str) -> list[list[int]]:
    found = list(Sort.asked(sort).order(filters.visits()).values_list("pk", "version")[: LIMIT + 1])
    if len(found) > LIMIT:
        raise TooMany
    return [list(pair) for pair in found]
