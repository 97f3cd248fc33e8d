"""The planning of everybody: a row an intervenant, one for what nobody makes yet; read as plain columns.

A day lies along the hours, a week in seven boxes, a month is added up day by day. Five statements at most, however
many visits: the rows are 15 a page. A week has some three hundred visits: what is printed of each is made here once,
as plain texts.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from uuid import UUID

from django.db.models import Count, F, Q, Sum
from django.utils.formats import date_format

from interventions.actor import Actor
from interventions.models import Absence, Intervenant, Intervention
from interventions.planning.cautions import meets
from interventions.querysets import InterventionQuerySet
from interventions.states import Status
from portals.manager.acts import visit_address
from portals.templatetags.many import Printed
from portals.web import format as fmt
from portals.web.spans import Span, View
from portals.web.week import DayColumn, Slot, Week, place

ROWS = 15
NOBODY = Q(intervenant__isnull=True, status=Status.DRAFT)


@dataclass(frozen=True, slots=True)
class Chip:
    """One visit of the board, its hours on the agency's clock."""

    public_id: UUID
    day: dt.date
    start: dt.datetime
    end: dt.datetime
    status: str
    intervenant_id: int | None
    last_name: str
    first_name: str
    what: str
    url: str
    status_label: str

    @property
    def who(self) -> str:
        """The client, shortly and without mistaking one for another: «Quéré Y.»."""
        return f"{self.last_name} {self.first_name[:1]}." if self.first_name else self.last_name

    @property
    def printed(self) -> Printed:
        """What the template prints; nothing of it but names was typed by anybody."""
        return self.url, self.status, fmt.clock_range(self.start, self.end), self.who, self.what, self.status_label

    @property
    def cancelled(self) -> bool:
        """Whether it counts nothing."""
        return self.status == Status.CANCELLED

    @property
    def minutes(self) -> int:
        """What it counts."""
        return 0 if self.cancelled else fmt.elapsed(self.start, self.end)


_COLUMNS = (
    "public_id",
    "day",
    "retained_start",
    "retained_end",
    "status",
    "intervenant_id",
    "client__last_name",
    "client__first_name",
    "prestation__name",
)


@dataclass(frozen=True)
class Cell:
    """One day of one row."""

    day: dt.date
    label: str
    chips: tuple[Chip, ...]
    absences: tuple[Absence, ...] = ()

    @property
    def printed(self) -> Iterable[tuple[None, Printed]]:
        """Its visits as the page prints them."""
        return ((None, chip.printed) for chip in self.chips)

    @property
    def printed_by_hour(self) -> Iterable[tuple[Slot, Printed]]:
        """Its visits as the page prints them, each with its place along the hours."""
        return ((slot, chip.printed) for chip, slot in self.placed)

    @cached_property
    def placed(self) -> tuple[tuple[Chip, Slot], ...]:
        """Where each visit of the day lies along the hours."""
        return place(self.chips)


@dataclass(frozen=True)
class Line:
    """One row: an intervenant, or None for the visits that nobody makes yet."""

    intervenant: Intervenant | None
    cells: tuple[Cell, ...]

    @property
    def minutes(self) -> int:
        """What these days count."""
        return sum(chip.minutes for cell in self.cells for chip in cell.chips)

    @property
    def count(self) -> int:
        """How many visits they hold."""
        return sum(len(cell.chips) for cell in self.cells)

    @property
    def too_long(self) -> bool:
        """Whether the week goes beyond their hours."""
        limit = self.intervenant.weekly_minutes if self.intervenant else None
        return limit is not None and self.minutes > limit


@dataclass(frozen=True)
class Total:
    """A day of the month, added up."""

    date: dt.date
    today: bool = False
    count: int = 0
    minutes: int = 0
    nobody: int = 0
    outside: bool = False


@dataclass(frozen=True)
class Board:
    """What the page shows, with what the bar above a planning reads of it."""

    span: Span
    label: str
    today: dt.date
    lines: Sequence[Line] = ()
    totals: Sequence[Total] = ()

    @property
    def views(self) -> list[tuple[View, bool]]:
        """The views to choose from, with whether each is the one shown."""
        return [(view, view is self.span.view) for view in View]

    @property
    def count(self) -> int:
        """How many visits are shown."""
        return sum(line.count for line in self.lines) + sum(total.count for total in self.totals)

    @property
    def minutes(self) -> int:
        """What they count."""
        return sum(line.minutes for line in self.lines) + sum(total.minutes for total in self.totals)

    @property
    def week(self) -> Week[Chip]:
        """The hours that a day has to show."""
        columns = (DayColumn("", "", False, cell.placed) for line in self.lines for cell in line.cells)
        return Week(tuple(columns))

    @property
    def statuses(self) -> list[Status]:
        """The statuses that occur: the legend."""
        met = {chip.status for line in self.lines for cell in line.cells for chip in cell.chips}
        return [status for status in Status if status in met]


def rows(
    visits: InterventionQuerySet, people: Sequence[Intervenant], actor: Actor, shown: Span, today: dt.date, back: str
) -> Board:
    """Build a day or a week of these intervenants from visits already scoped; `back` ends each visit's address."""
    mine = visits.between(shown.first, shown.last).filter(Q(intervenant__in=people) | NOBODY).filter(withdrawn=False)
    found: Any = mine.in_order().values_list(*_COLUMNS)
    chips: defaultdict[tuple[int | None, dt.date], list[Chip]] = defaultdict(list)
    before, after = visit_address()
    labels, zone = {str(status): str(status.label) for status in Status}, actor.agence.zone
    for key, day, start, end, status, *others in found:
        hours = start.astimezone(zone), end.astimezone(zone)
        chip = Chip(*(key, day, *hours, status, *others, f"{before}{key}{after}{back}", labels[status]))
        chips[chip.intervenant_id, chip.day].append(chip)
    away = _absences(people, actor, shown)
    days = [(day, date_format(day, "D j")) for day in shown.days]
    lines = [_line(one, chips, away[one.pk], days) for one in people]
    nobody = _line(None, chips, [], days)
    return Board(shown, shown.label(today), today, [nobody, *lines] if nobody.count else lines)


def _line(one: Intervenant | None, chips: Any, away: Sequence[Absence], days: Sequence[tuple[dt.date, str]]) -> Line:
    key = one.pk if one else None
    cells = (
        Cell(day, label, tuple(chips[key, day]), tuple(a for a in away if meets(a, day, day))) for day, label in days
    )
    return Line(one, tuple(cells))


def _absences(people: Sequence[Intervenant], actor: Actor, shown: Span) -> defaultdict[int | None, list[Absence]]:
    found: Any = Absence.objects.filter(agence_id=actor.agence_id, intervenant__in=people)
    by_person: defaultdict[int | None, list[Absence]] = defaultdict(list)
    for absence in found.meeting(shown.first, shown.last).order_by("starts_on"):
        by_person[absence.intervenant_id].append(absence)
    return by_person


def month(visits: InterventionQuerySet, shown: Span, today: dt.date) -> Board:
    """Add up a month day by day, in whole weeks."""
    lasting = Sum(F("retained_end") - F("retained_start"), filter=~Q(status=Status.CANCELLED))
    mine: Any = visits.between(shown.first, shown.last).filter(withdrawn=False)
    sums = {"count": Count("pk"), "lasting": lasting, "nobody": Count("pk", filter=NOBODY)}
    added = mine.values("day").annotate(**sums).order_by().values_list("day", *sums)
    by_day = {day: (count, _minutes(time), nobody) for day, count, time, nobody in added}
    days = [Total(day, day == today, *by_day.get(day, (0, 0, 0))) for day in shown.days]
    before = [Total(shown.first, outside=True)] * shown.first.weekday()
    after = [Total(shown.last, outside=True)] * (6 - shown.last.weekday())
    return Board(shown, shown.label(today), today, totals=[*before, *days, *after])


def _minutes(time: dt.timedelta | None) -> int:
    return round(time.total_seconds() / 60) if time else 0


def scoped(actor: Actor, secteur_id: int | None) -> InterventionQuerySet:
    """Return the visits that the actor may see, of one secteur if one is asked for."""
    visits = Intervention.objects.visible_to(actor)
    return visits.filter(client__secteur=secteur_id) if secteur_id else visits
