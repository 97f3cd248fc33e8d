"""Lists read by key, 50 rows at a time: no page is slower than the first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.http import QueryDict

PAGE = 50
AFTER, BEFORE = "apres", "avant"


@dataclass(frozen=True)
class Slice:
    """One page of a list, with the addresses of its neighbours (empty where there is none)."""

    rows: Sequence[Any]
    previous_url: str
    next_url: str


def cut(found: QuerySet[Any], key: str, query: QueryDict, size: int | None = None) -> Slice:
    """Return the page of `found` that the address asks for, in the order of (key, id), both downwards for "-key".

    `apres` and `avant` hold the public id of the row beside the page; one that is not in the list starts it over.
    """
    size = size or PAGE
    before = query.get(BEFORE)
    edge = _edge(found, query.get(AFTER) or before)
    backwards = bool(edge and before)
    name, downwards = key.removeprefix("-"), backwards != key.startswith("-")
    if edge is not None:
        found = found.filter(_beyond(name, edge, downwards))
    order = (f"-{name}", "-id") if downwards else (name, "id")
    rows = list(found.order_by(*order)[: size + 1])
    more = len(rows) > size
    rows = rows[:size]
    if backwards:
        rows.reverse()
    follows, precedes = (edge is not None, more) if backwards else (more, edge is not None)
    return Slice(
        rows,
        _url(query, BEFORE, rows[0]) if precedes and rows else "",
        _url(query, AFTER, rows[-1]) if follows and rows else "",
    )


def _edge(found: QuerySet[Any], public_id: str | None) -> Any:
    try:
        return found.filter(public_id=UUID(public_id)).first() if public_id else None
    except ValueError:
        return None


def _beyond(key: str, edge: Any, downwards: bool) -> Q:
    way, value = ("lt" if downwards else "gt"), getattr(edge, key)
    return Q(**{f"{key}__{way}": value}) | Q(**{key: value, f"id__{way}": edge.pk})


def _url(query: QueryDict, side: str, row: Any) -> str:
    wanted = query.copy()
    for name in (AFTER, BEFORE):
        wanted.pop(name, None)
    wanted[side] = str(row.public_id)
    return f"?{wanted.urlencode()}"
