"""What a file that somebody sends seems to be: its kind, and where each expected column stands in it.

Known by name, whatever its case and spaces; else as somebody at this agency matched it the last time.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from interventions.models import ColumnMatch

from .apply import LAYOUTS
from .columns import ABSENT, FileRefused, Layout, folded
from .reading import decode

KINDS: dict[str, Layout[Any]] = {layout.file_name: layout for layout in LAYOUTS}
# A file of fewer of a kind's columns is not taken for one by itself.
ENOUGH = 0.5
LONGEST_HEAD = 200
MOST_HEADS = 100

# By kind and column, the names under which an agency's files have it.
type Known = Mapping[tuple[str, str], frozenset[str]]


@dataclass(frozen=True, slots=True)
class Seen:
    """The first two records of a file, cell by cell."""

    heads: list[str]
    sample: list[str]


def look(data: bytes) -> Seen:
    """Return the heads of a file and its first line. Raises FileRefused for what is no file of ours at all."""
    records = csv.reader(io.StringIO(decode(data), newline=""), delimiter=";")
    try:
        heads = [cell.strip() for cell in next(records, [])]
        sample = [cell.strip()[:LONGEST_HEAD] for cell in next(records, [])]
    except csv.Error as error:
        raise FileRefused(_("Ce fichier n’est pas un CSV lisible.")) from error
    while heads and not heads[-1]:
        heads.pop()
    if len(heads) > MOST_HEADS or any(len(head) > LONGEST_HEAD for head in heads):
        raise FileRefused(_("La première ligne de ce fichier ne contient pas les noms de ses colonnes."))
    if len(heads) == 1:
        raise FileRefused(_("Les colonnes de ce fichier ne sont pas séparées par des points-virgules."))
    return Seen(heads, (sample + [""] * len(heads))[: len(heads)])


def matches(agence_id: int) -> Known:
    """Return what the agency said of its columns, in one query."""
    known: dict[tuple[str, str], frozenset[str]] = {}
    rows = ColumnMatch.objects.filter(agence_id=agence_id).values_list("kind", "column", "head")
    for kind, column, head in rows:
        known[kind, column] = known.get((kind, column), frozenset()) | {head}
    return known


def columns_of(kind: str, heads: list[str], known: Known) -> dict[str, int]:
    """Return where each expected column of a kind stands, those that are recognised only.

    ABSENT is one that nothing in this file answers to, and of which somebody said that such files do not have it.
    """
    written = [folded(head) for head in heads]
    places = {column: _place(written, {folded(column)}) for column in KINDS[kind].columns}
    taken = {place for place in places.values() if place is not None}
    for column, place in places.items():
        names = known.get((kind, column), frozenset())
        if place is None and (found := _place(written, names - {""}, taken)) is not None:
            places[column] = found
            taken.add(found)
        elif place is None and "" in names:
            places[column] = ABSENT
    return {column: place for column, place in places.items() if place is not None}


def _there(places: Mapping[str, int]) -> int:
    return sum(place != ABSENT for place in places.values())


def _place(written: list[str], names: frozenset[str] | set[str], taken: set[int] | None = None) -> int | None:
    """Return the one place that has one of these names; None where none or several have it."""
    found = [place for place, head in enumerate(written) if head in names and place not in (taken or ())]
    return found[0] if len(found) == 1 else None


def kind_of(heads: list[str], known: Known, name: str = "") -> str:
    """Return the usual name of the kind of file that this is, empty where it cannot be told.

    The most columns decide; where two kinds have as many, the name under which the file was sent.
    """
    shares = {kind: _there(columns_of(kind, heads, known)) / len(layout.columns) for kind, layout in KINDS.items()}
    best = max(shares.values())
    if best < ENOUGH:
        return ""
    likely = [kind for kind, share in shares.items() if share == best]
    if len(likely) == 1:
        return likely[0]
    return next((kind for kind in likely if folded(name).startswith(kind.removesuffix(".csv"))), "")
