"""What stands over the rows: the heads of the columns, which sort, and the totals, which filter."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from interventions.states import Status
from portals.web import format as fmt
from tracking.address import Address
from tracking.columns import COLUMNS
from tracking.keyset import Sort
from tracking.labels import PLURAL
from tracking.totals import Total, together


@dataclass(frozen=True)
class Heading:
    """A column's head: the address that sorts by it, and which way it is sorted now."""

    name: str
    label: str
    url: str
    direction: str = ""
    end: bool = False


@dataclass(frozen=True)
class StatusTotal:
    """A total that filters when pressed; pressed again it no longer does."""

    status: Status | None
    label: str
    total: Total
    url: str
    chosen: bool


def headings(address: Address, columns: Iterable[str]) -> list[Heading]:
    """Return the heads of the columns; the one that sorts now turns the order round."""
    return [_heading(address, name) for name in columns]


def _heading(address: Address, name: str) -> Heading:
    column, sort = COLUMNS[name], address.sort
    current = sort.name == name
    turned = Sort(name, current and not sort.descending)
    direction = "" if not current else "descending" if sort.descending else "ascending"
    return Heading(name, str(column.label), address.url(tri=str(turned)), direction, column.end)


def status_totals(address: Address, totals: dict[Status, Total]) -> list[StatusTotal]:
    """Return the total of all, then that of each status."""
    chosen = address.filters.statuses
    shown = [StatusTotal(None, _("Toutes"), together(totals.values()), address.url(statut=None), not chosen)]
    for status, total in totals.items():
        pressed = [each for each in Status if (each in chosen) != (each is status)]
        url = address.url(statut=[str(each) for each in pressed])
        shown.append(StatusTotal(status, str(PLURAL[status]), total, url, status in chosen))
    return shown


def summary(matching: Total) -> str:
    """Return what matches in all: «8 412 visites · 9 871 h 15 · 12 034,5 km»."""
    counted = ngettext("%(n)s visite", "%(n)s visites", matching.visits) % {"n": fmt.number(matching.visits)}
    return f"{counted} · {fmt.duration(matching.minutes)} · {fmt.km(matching.km)}"
