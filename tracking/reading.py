"""The visits of a page, read as plain values.

Django takes longer to make fifty visits with three models each than the database to find them.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

from interventions.models import Client
from interventions.querysets import InterventionQuerySet

type Part = tuple[str, list[tuple[int, str]]]


class Found:
    """A visit, or what belongs to it, as far as it was read: any other name fails, and costs no query a row."""

    def __init__(self, values: dict[str, Any]) -> None:
        self.__dict__ = values


class Named(Found):
    """Somebody on a visit."""

    __str__ = Client.__str__


def read(found: InterventionQuerySet, paths: Sequence[str]) -> list[Any]:
    """Return the visits with what these paths name, each a `Found`, in one statement.

    Whatever a visit may lack («intervenant») is None where it lacks it; its `public_id` must be among the paths.
    """
    parts = _parts(tuple(paths))
    return [_made(row, parts) for row in found.values_list(*paths)]


@cache
def _parts(paths: tuple[str, ...]) -> list[Part]:
    """Return for the visit itself (""), then for each thing on it, where its values stand in a row."""
    parts: dict[str, list[tuple[int, str]]] = {}
    for place, path in enumerate(paths):
        of, _between, name = path.rpartition("__")
        parts.setdefault(of, []).append((place, name))
    return sorted(parts.items())


def _made(row: Sequence[Any], parts: Sequence[Part]) -> Any:
    made: dict[str, Any] = {}
    for of, names in parts:
        values = {name: row[place] for place, name in names}
        owner, _between, name = of.rpartition("__")
        kind = Named if name in ("client", "intervenant") else Found
        made[of] = kind(values) if values["public_id"] else None
        if of:
            setattr(made[owner], name, made[of])
    return made[""]
