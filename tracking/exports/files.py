"""The files of pay and billing: a summary by person and a detail by visit, as CSV and as a workbook.

One way for what was exported for good and for what is only provisional: both are lines. Heads and order of the columns
are the same whatever the lines hold, and no catalogue's business: a file stays what it was when it was made.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable, Iterable, Iterator
from itertools import batched
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Max, QuerySet, Sum
from django.utils.translation import gettext_lazy as _

from interventions.states import Labelled
from tracking.exports import csv_file, xlsx_file
from tracking.exports.amounts import AMOUNTS
from tracking.exports.columns import Column, Kind
from tracking.exports.records import Export, ExportKind, ExportLine, Nature
from tracking.exports.signed import writer

# Lines that come from the database at a time, and lines that are written at a time.
CHUNK = 2_000
PIECE = 200
PROVISIONAL = "Provisoire"
_KINDS = {ExportKind.PAY: "Paie", ExportKind.BILLING: "Facturation"}
_NATURES = {
    Nature.VISIT: "Visite du mois",
    Nature.LATE: "Décision tardive",
    Nature.TAKEN: "Régularisation : retrait",
    Nature.GIVEN: "Régularisation : ajout",
}


class Shape(Labelled):
    """Which of the two files."""

    SUMMARY = "recapitulatif", _("Récapitulatif")
    DETAIL = "detail", _("Détail par visite")


def name_of(export: Export) -> str:
    """Return how an export calls itself in its files."""
    return f"{_KINDS[ExportKind(export.kind)]} n° {export.number}"


def columns_of(kind: ExportKind, shape: Shape, number: str) -> list[Column]:
    """Return the columns of a file, whose values are read from a line (or a group of lines) as a mapping."""
    head = [
        _text("Export", lambda line: number),
        _text("Mois", lambda line: f"{line['month']:%m/%Y}"),
        _text("Nature", lambda line: _NATURES[Nature(line["nature"])]),
        _text("Corrige l’export", lambda line: str(line["corrects"] or "")),
    ]
    return [*head, *(_summary(kind) if shape is Shape.SUMMARY else _detail()), *_amounts(kind)]


def _summary(kind: ExportKind) -> list[Column]:
    if kind is ExportKind.PAY:
        return [_field("Matricule", "intervenant_number"), _field("Intervenant", "intervenant_name"), _visits()]
    return [
        _field("N° client", "client_number"),
        _field("Client", "client_name"),
        _field("Contrat", "contrat_number"),
        _field("Prestation", "prestation_name"),
        _visits(),
    ]


def _detail() -> list[Column]:
    return [
        Column("Jour", Kind.DAY, lambda line: line["day"]),
        _field("Visite", "visit_number"),
        _field("Matricule", "intervenant_number"),
        _field("Intervenant", "intervenant_name"),
        _field("N° client", "client_number"),
        _field("Client", "client_name"),
        _field("Contrat", "contrat_number"),
        _field("Prestation", "prestation_name"),
        _text("Statut", lambda line: "Annulée" if line["cancelled"] else "Validée"),
        _field("Motif de l’annulation", "motif"),
        Column("Début", Kind.CLOCK, lambda line: line["start"]),
        Column("Fin", Kind.CLOCK, lambda line: line["end"]),
        _visits(),
    ]


def _amounts(kind: ExportKind) -> list[Column]:
    total = _minutes(
        "Total", lambda line: sum(line[f"{name}_minutes"] for name in ("day", "night", "sunday", "holiday"))
    )
    if kind is ExportKind.BILLING:
        return [*total, *_minutes("Heures facturées", lambda line: line["billed_minutes"]), _km()]
    return [
        *_minutes("Heures normales", lambda line: line["day_minutes"]),
        *_minutes("Heures de nuit", lambda line: line["night_minutes"]),
        *_minutes("Heures de dimanche", lambda line: line["sunday_minutes"]),
        *_minutes("Heures de jour férié", lambda line: line["holiday_minutes"]),
        *total,
        _km(),
    ]


def _text(label: str, value: Callable[[Any], str]) -> Column:
    return Column(label, Kind.TEXT, value)


def _field(label: str, name: str) -> Column:
    return _text(label, lambda line: line[name])


def _visits() -> Column:
    return Column("Visites", Kind.COUNT, lambda line: line["visits"])


def _km() -> Column:
    return Column("Km", Kind.KM, lambda line: line["km"])


def _minutes(label: str, value: Callable[[Any], int]) -> list[Column]:
    return [Column(f"{label} (HH:MM)", Kind.SPAN, value), Column(f"{label} (décimal)", Kind.SPAN_HOURS, value)]


# Names that every line of a group shares.
_SHARED = (
    "intervenant_number",
    "intervenant_name",
    "client_number",
    "client_name",
    "contrat_number",
    "prestation_name",
)


def lines_of(export: Export, shape: Shape) -> QuerySet[Any, Any]:
    """Return the lines of an export, or their sums by person (and contrat), month and nature, in a file's order."""
    mine = ExportLine.objects.filter(agence_id=export.agence_id, export_id=export.pk)
    if shape is Shape.DETAIL:
        return mine.order_by("place", "day", "start", "id").values()
    return grouped(mine).order_by("place", "corrects")


def grouped(lines: QuerySet[ExportLine]) -> QuerySet[Any, Any]:
    """Return sums of lines by `place` (and by the export that they correct)."""
    shared = {name: Max(name) for name in _SHARED}
    return lines.values("place", "month", "nature", "corrects").annotate(
        **{name: Sum(name) for name in AMOUNTS}, **shared
    )


def rows(found: Iterable[Any], columns: list[Column]) -> Iterator[list[Any]]:
    """Yield the values of each line by column."""
    for line in found:
        yield [column.value(line) for column in columns]


def as_csv(found: Iterable[Any], columns: list[Column], tz: dt.tzinfo) -> Iterator[bytes]:
    """Yield a CSV, some rows at a time."""
    yield csv_file.BOM + csv_file.line(column.label for column in columns)
    writes = [(column.value, writer(column.kind, tz)) for column in columns]
    for some in batched(found, PIECE):
        yield csv_file.lines([write(value(line)) for value, write in writes] for line in some)


def digest(export: Export, shape: Shape) -> str:
    """Return the SHA-256 of an export's CSV, made from its lines as any later copy is."""
    found = hashlib.sha256()
    for piece in csv_of(export, shape):
        found.update(piece)
    return found.hexdigest()


def csv_of(export: Export, shape: Shape) -> Iterator[bytes]:
    """Yield an export's file as CSV: the same bytes each time. To be consumed within a transaction."""
    columns = columns_of(ExportKind(export.kind), shape, name_of(export))
    return as_csv(lines_of(export, shape).iterator(CHUNK), columns, ZoneInfo(export.timezone))


def xlsx_of(export: Export, shape: Shape) -> Iterator[bytes]:
    """Yield an export's file as a workbook, alike."""
    columns = columns_of(ExportKind(export.kind), shape, name_of(export))
    found = rows(lines_of(export, shape).iterator(CHUNK), columns)
    return xlsx_file.stream(found, columns, ZoneInfo(export.timezone), name_of(export))
