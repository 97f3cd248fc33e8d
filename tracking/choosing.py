"""Choosing visits: those that are ticked, those of the page, or everything that matches; fixed from then on."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from uuid import UUID

from django.http import QueryDict

from interventions.actor import Actor
from interventions.models import Intervention
from interventions.states import Labelled
from tracking.filters import Filters
from tracking.keyset import DEFAULT_SORT, Sort
from tracking.models import Selection

# What one press carries within a request; beyond it the period is narrowed.
LIMIT = 10_000
KEPT = dt.timedelta(days=7)


class Reach(Labelled):
    """How far a choice goes; the value of the button pressed."""

    TICKED = "visites", "visites"
    PAGE = "page", "page"
    MATCHING = "filtre", "filtre"


class TooMany(Exception):
    """More visits match than one press carries."""


def choose(filters: Filters, posted: QueryDict, actor: Actor, now: dt.datetime) -> Selection | None:
    """Keep what was chosen, with the version of each visit that was on screen; None where nothing was.

    Ticked visits and those of the page carry the version that the page showed; everything that matches is taken as
    it stands now, once, so that what begins to match later is not in it. Only what the actor may see is kept.
    Raises TooMany beyond LIMIT. The person's choices of the last week are kept, older ones go.
    """
    reach = posted.get("portee")
    if reach == Reach.MATCHING:
        pairs = _matching(filters, posted.get("tri", DEFAULT_SORT))
    else:
        pairs = _seen(actor, posted.getlist("visite" if reach != Reach.PAGE else "page"))
    if len(pairs) > LIMIT:
        raise TooMany
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
    found = Sort.asked(sort).order(filters.visits()).values_list("pk", "version")
    return [list(pair) for pair in found[: LIMIT + 1]]


def _seen(actor: Actor, tokens: Iterable[str]) -> list[list[int]]:
    """Return the visits that the tokens name, in their order; what is not the actor's to see is not there."""
    versions = dict(_read(tokens))
    mine = Intervention.objects.visible_to(actor).filter(public_id__in=versions)
    keys = dict(mine.values_list("public_id", "pk"))
    return [[keys[public_id], version] for public_id, version in versions.items() if public_id in keys]


def _read(tokens: Iterable[str]) -> Iterator[tuple[UUID, int]]:
    for token in tokens:
        public_id, _colon, version = token.partition(":")
        try:
            yield UUID(public_id), int(version)
        except ValueError:
            continue
