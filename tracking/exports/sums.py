"""Lines added up: in all, by month and nature, by person. What is kept, in the database; what is not yet, here."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Sum

from tracking.exports.amounts import AMOUNTS, Line
from tracking.exports.files import Shape, lines_of
from tracking.exports.records import Export, ExportLine


@dataclass(frozen=True, slots=True)
class Sums:
    """What lines come to: `total`, and mappings by month and nature, and by person (contrat), month and nature."""

    lines: int
    total: Line
    months: list[Line]
    groups: list[Line]


def sums(lines: Iterable[Line]) -> Sums:
    """Add up lines as they come; what is held grows with the people, not with the visits."""
    groups: dict[Any, Line] = {}
    count = 0
    for line in lines:
        count += 1
        _add(groups, (line["place"], line["corrects"] or 0), line)
    months: dict[Any, Line] = {}
    for line in groups.values():
        _add(months, (line["month"], line["nature"]), line)
    total = {name: sum(line[name] for line in months.values()) for name in AMOUNTS}
    return Sums(count, total, _sorted(months), _sorted(groups))


def _add(groups: dict[Any, Line], key: Any, line: Line) -> None:
    known = groups.setdefault(key, line | dict.fromkeys(AMOUNTS, 0))
    for name in AMOUNTS:
        known[name] += line[name]


def _sorted(groups: dict[Any, Line]) -> list[Line]:
    return [groups[key] for key in sorted(groups)]


def kept_sums(export: Export, first: int, count: int) -> Sums:
    """Return the sums of an export, of its groups so many from a place on."""
    mine: Any = ExportLine.objects.filter(agence_id=export.agence_id, export_id=export.pk)
    months = (
        mine.values("month", "nature").annotate(**{name: Sum(name) for name in AMOUNTS}).order_by("month", "nature")
    )
    groups = lines_of(export, Shape.SUMMARY)[first : first + count]
    return Sums(export.lines, {name: getattr(export, name) for name in AMOUNTS}, list(months), list(groups))
