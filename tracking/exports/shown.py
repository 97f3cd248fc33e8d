"""Sums of lines as a page shows them: heads and cells, each hour as HH:MM with its decimals below."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from portals.web import format as fmt
from tracking.exports.amounts import Line
from tracking.exports.records import ExportKind, Nature
from tracking.exports.signed import decimal_hours

MINUTES_PER_HOUR = 60


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell: its text, what stands below it, whether it is a figure."""

    text: str
    below: str = ""
    end: bool = True


@dataclass(frozen=True, slots=True)
class Table:
    """Heads, with whether they stand over figures, and rows of cells whose first names the row."""

    heads: list[tuple[str, bool]]
    rows: list[list[Cell]]


def by_person(kind: ExportKind, lines: Iterable[Line]) -> Table:
    """Return sums by intervenant, or by client and contrat."""
    who = [_("Intervenant")] if kind is ExportKind.PAY else [_("Client"), _("Contrat")]
    heads = [*who, _("Mois"), _("Nature")]
    return _table(heads, kind, [[*_whose(kind, line), *_what(line), *_figures(kind, line)] for line in lines])


def by_month(kind: ExportKind, lines: Iterable[Line]) -> Table:
    """Return sums by month and nature."""
    return _table([_("Mois"), _("Nature")], kind, [[*_what(line), *_figures(kind, line)] for line in lines])


def facts(kind: ExportKind, total: Line) -> list[tuple[str, str]]:
    """Return what all lines come to, as names and values."""
    cells = [_said(cell) for cell in _figures(kind, total)]
    return list(zip(_figure_heads(kind), cells, strict=True))


def brief_heads(kind: ExportKind) -> list[str]:
    """Return the heads of `brief`."""
    return [_("Visites"), _("Heures"), *([_("Facturées")] if kind is ExportKind.BILLING else []), _("Km")]


def brief(kind: ExportKind, total: Line) -> list[Cell]:
    """Return what an export comes to in a few cells: without its hours by kind."""
    cells = _figures(kind, total)
    return [cells[0], *(cells[-2:] if kind is ExportKind.PAY else cells[1:])]


def _said(cell: Cell) -> str:
    return f"{cell.text} ({cell.below})" if cell.below else cell.text


def _table(heads: list[str], kind: ExportKind, rows: list[list[Cell]]) -> Table:
    return Table([*((head, False) for head in heads), *((head, True) for head in _figure_heads(kind))], rows)


def _figure_heads(kind: ExportKind) -> list[str]:
    hours = (
        [_("Normales"), _("Nuit"), _("Dimanche"), _("Jour férié"), _("Total")]
        if kind is ExportKind.PAY
        else [_("Heures"), _("Facturées")]
    )
    return [_("Visites"), *hours, _("Km")]


def _whose(kind: ExportKind, line: Line) -> list[Cell]:
    if kind is ExportKind.PAY:
        return [Cell(line["intervenant_name"], line["intervenant_number"], end=False)]
    contrat = Cell(line["contrat_number"] or _("sans contrat"), line["prestation_name"], end=False)
    return [Cell(line["client_name"], line["client_number"], end=False), contrat]


def _what(line: Line) -> list[Cell]:
    number = line.get("corrects")
    below = _("de l’export n° %(n)d") % {"n": number} if number else ""
    nature = Cell(str(Nature(line["nature"]).label), below, end=False)
    return [Cell(fmt.month(line["month"]), end=False), nature]


def _figures(kind: ExportKind, line: Line) -> list[Cell]:
    parts = [line[f"{name}_minutes"] for name in ("day", "night", "sunday", "holiday")]
    minutes = [*parts, sum(parts)] if kind is ExportKind.PAY else [sum(parts), line["billed_minutes"]]
    visits, km = Cell(_minus(fmt.number(line["visits"]))), Cell(_minus(fmt.number(line["km"])))
    return [visits, *(_hours(each) for each in minutes), km]


def _hours(minutes: int) -> Cell:
    if not minutes:
        return Cell("—")
    hours, rest = divmod(abs(minutes), MINUTES_PER_HOUR)
    # As in the files, but with the spaces of a figure that people read.
    clock = f"{'-' if minutes < 0 else ''}{fmt.number(hours).zfill(2)}:{rest:02d}"
    return Cell(_minus(clock), _minus(fmt.number(decimal_hours(minutes))))


def _minus(text: str) -> str:
    return text.replace("-", "\u2212")
