"""The columns of the table: their names in the address, what a visit shows in each, what has to be read for it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from interventions.states import Settled
from portals.web import format as fmt

if TYPE_CHECKING:
    from tracking.rows import Row

LARGE_GAP_MINUTES = 60
# How a cell looks: the plain figure, none, one that is not there yet, one to look at, one that is late.
PLAIN, NONE, SOFT, GAP, LARGE, LATE = "", "gap-none", "soft", "gap", "gap gap-large", "age-late"
ABSENT = ("–", NONE)

type Shown = tuple[str, str]


@dataclass(frozen=True)
class Column:
    """One column. `shows` gives the text of a cell and how it looks; None where the template has a way of its own."""

    name: str
    label: Promise
    shows: Callable[[Row], Shown] | None = None
    end: bool = False
    usual: bool = True
    reads: tuple[str, ...] = ()


def _hours(start: dt.datetime | None, end: dt.datetime | None) -> str:
    return fmt.time_range(start, end) if start and end else ""


def _planned(row: Row) -> Shown:
    return (_hours(row.visit.planned_start, row.visit.planned_end), PLAIN) if row.visit.planned_start else ABSENT


def _declared(row: Row) -> Shown:
    visit = row.visit
    if visit.declared_start:
        return _hours(visit.declared_start, visit.declared_end), PLAIN
    return f"{_('prévu')} {_hours(visit.retained_start, visit.retained_end)}", SOFT


def _gap(row: Row) -> Shown:
    gap = row.gap
    if gap is None:
        return ABSENT
    if gap:
        return fmt.signed_duration(gap), LARGE if abs(gap) >= LARGE_GAP_MINUTES else GAP
    if row.shift:
        return _("décalée de %(gap)s") % {"gap": fmt.signed_duration(row.shift)}, GAP
    return _("Comme prévu"), NONE


def _waits(row: Row) -> Shown:
    since = row.waiting_since
    return (fmt.age_short(since, row.now), LATE if row.late else PLAIN) if since else ABSENT


def _carer(row: Row) -> Shown:
    return (str(row.visit.intervenant), PLAIN) if row.visit.intervenant else (_("à affecter"), SOFT)


def _settled(row: Row) -> Shown:
    way = row.visit.settled_by
    return (str(Settled(way).label), PLAIN) if way else ABSENT


def _name(of: Callable[[Any], Any]) -> Callable[[Row], Shown]:
    def shows(row: Row) -> Shown:
        found = of(row.visit)
        return (str(found), PLAIN) if found else ABSENT

    return shows


SECTEUR = ("client__secteur__public_id", "client__secteur__name")
CONTRAT = ("contrat__public_id", "contrat__number")
COLUMNS = {
    column.name: column
    for column in (
        Column("date", gettext_lazy("Date"), lambda row: (row.day, PLAIN)),
        Column("client", gettext_lazy("Client")),
        Column("intervenant", gettext_lazy("Intervenant"), _carer),
        Column("prestation", gettext_lazy("Prestation"), lambda row: (row.visit.prestation.name, PLAIN)),
        Column(
            "secteur",
            gettext_lazy("Secteur"),
            _name(lambda v: v.client.secteur and v.client.secteur.name),
            usual=False,
            reads=SECTEUR,
        ),
        Column(
            "contrat",
            gettext_lazy("Contrat"),
            _name(lambda v: v.contrat and v.contrat.number),
            usual=False,
            reads=CONTRAT,
        ),
        Column("prevu", gettext_lazy("Prévu"), _planned, end=True, usual=False),
        Column("declare", gettext_lazy("Déclaré"), _declared, end=True),
        Column(
            "duree",
            gettext_lazy("Durée retenue"),
            lambda row: (fmt.duration(row.minutes), PLAIN),
            end=True,
            usual=False,
        ),
        Column(
            "km", gettext_lazy("Kilomètres"), lambda row: (fmt.km(row.visit.retained_km), PLAIN), end=True, usual=False
        ),
        Column("ecart", gettext_lazy("Écart au prévu"), _gap, end=True),
        Column("statut", gettext_lazy("Statut")),
        Column("attente", gettext_lazy("Attente"), _waits, end=True),
        Column("validee", gettext_lazy("Validée"), _settled, usual=False),
    )
}
# What a row cannot do without: who and when.
ALWAYS = ("date", "client")
USUAL = tuple(column.name for column in COLUMNS.values() if column.usual)


def known(names: Iterable[str]) -> tuple[str, ...]:
    """Return those of the names that are columns, in the order of the table, with those that are always there."""
    asked = {*names, *ALWAYS}
    return tuple(name for name in COLUMNS if name in asked)
