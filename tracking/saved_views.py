"""Views by name: a filter, a sort and columns that a person keeps, for themselves or for those who see the same."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import Q
from django.http import QueryDict

from interventions.actor import Actor
from interventions.states import Right
from tracking.filters import Filters
from tracking.models import SavedView, TableChoice

# What an address of the table holds beside the filter that a view does not keep.
PASSING = ("apres", "avant", "visite", "portee")
PERIOD = ("du", "au")


def visible_to(actor: Actor) -> Any:
    """Return the views that a person may open: their own, and those shared about secteurs that they have all of."""
    shared = Q(shared=True)
    if actor.secteur_ids is not None:
        theirs = Q(secteurs__contained_by=sorted(actor.secteur_ids)) & ~Q(secteurs=[])
        shared &= Q(secteurs=None) | theirs
    return SavedView.objects.filter(Q(user=actor.user_id) | shared, agence_id=actor.agence_id).order_by("name", "id")


def may_share(actor: Actor) -> bool:
    """Whether a person may share a view, and change those that are: by the right gestion or administration."""
    return actor.has(Right.MANAGE) or actor.has(Right.ADMINISTER)


def may_change(actor: Actor, view: SavedView) -> bool:
    """Whether a person may rename and remove a view that they see."""
    return may_share(actor) if view.shared else view.user_id == actor.user_id


def kept_query(query: QueryDict, *, dates: bool) -> str:
    """Return what a view keeps of an address; without `dates` it opens on the last days, whenever that is."""
    kept = query.copy()
    for name in (*PASSING, *(() if dates else PERIOD)):
        kept.pop(name, None)
    return kept.urlencode() or "tri=date"


def secteurs_of(filters: Filters) -> list[int] | None:
    """Return the secteurs that a filter is about: its client's, its contrat's, its own, else those of its author.

    None is nobody's in particular; an empty list is about a client without a secteur, whom only people without a
    limit see.
    """
    chosen = filters.cleaned_data
    for client in (chosen["client"], chosen["numero"] and chosen["numero"].client):
        if client:
            return [client.secteur_id] if client.secteur_id else []
    if chosen["secteur"]:
        return [chosen["secteur"].pk]
    mine = filters.actor.secteur_ids
    return None if mine is None else sorted(mine)


def find(actor: Actor, public_id: UUID) -> SavedView | None:
    """Return a view that a person may open, or None."""
    found: SavedView | None = visible_to(actor).filter(public_id=public_id).first()
    return found


def open_on(actor: Actor, view: SavedView | None) -> None:
    """Let the table open on a view from now on, or, with None, on no view."""
    mine = {"agence_id": actor.agence_id, "user_id": actor.user_id}
    TableChoice.objects.update_or_create(**mine, defaults={"view": view})  # type: ignore[arg-type]


def opens_on(actor: Actor) -> int | None:
    """Return the key of the view that the table opens on, if the person still sees it."""
    mine = TableChoice.objects.filter(agence_id=actor.agence_id, user=actor.user_id, view__in=visible_to(actor))
    return mine.values_list("view", flat=True).first()
