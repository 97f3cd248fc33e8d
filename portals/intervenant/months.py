"""A month as the history shows it, on screen and on paper: hours by kind, kilometres, what waits and on whom.

Both read the same `Month`, so that a sheet never says other figures than the screen.
"""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import cast

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from interventions.actor import Actor
from interventions.models import Intervention
from interventions.paid_hours import HourKind, PaidHours, paid_hours, total
from interventions.states import Role, Status
from portals.intervenant import visits
from portals.web import format as fmt

ONE_DAY = dt.timedelta(days=1)
# What the intervenant has declared and nobody cancelled: its hours count, agreed or not yet.
COUNTED = frozenset({Status.DONE, Status.CONTESTED, Status.ARBITRATION, Status.VALIDATED})
KINDS = {
    HourKind.DAY: gettext_lazy("Jour"),
    HourKind.NIGHT: gettext_lazy("Nuit"),
    HourKind.SUNDAY: gettext_lazy("Dimanche"),
    HourKind.HOLIDAY: gettext_lazy("Jour férié"),
}
WHOM = {
    Role.CLIENT: gettext_lazy("le client"),
    Role.MANAGER: gettext_lazy("l’agence"),
}
YOURS = {Status.PLANNED: gettext_lazy("votre validation"), Status.CONTESTED: gettext_lazy("votre réponse")}


@dataclass(frozen=True, slots=True)
class Line:
    """One visit of the month."""

    visit: Intervention
    hours: PaidHours
    waits_on: str

    @property
    def counts(self) -> bool:
        """Whether it is in the totals."""
        return self.visit.status in COUNTED

    @property
    def km(self) -> Decimal:
        """Its kilometres, as far as they count."""
        return self.visit.retained_km if self.counts else Decimal(0)

    @property
    def status(self) -> Status:
        """Where it stands."""
        return self.visit.state

    @property
    def kinds(self) -> str:
        """Its hours that are not of the day, in words: «nuit 2 h, dimanche 6 h»."""
        found = [(kind, self.hours.of(kind)) for kind in HourKind if kind is not HourKind.DAY]
        return ", ".join(f"{str(KINDS[kind]).lower()} {fmt.duration(minutes)}" for kind, minutes in found if minutes)


@dataclass(frozen=True, slots=True)
class Month:
    """What an intervenant's month holds up to today."""

    first: dt.date
    lines: list[Line]
    last_allowed: dt.date

    @property
    def hours(self) -> PaidHours:
        """Its hours by kind."""
        return total(line.hours for line in self.lines)

    @property
    def km(self) -> Decimal:
        """Its kilometres."""
        return sum((line.km for line in self.lines), Decimal(0))

    @property
    def counted(self) -> list[Line]:
        """The visits in the totals."""
        return [line for line in self.lines if line.counts]

    @property
    def waiting(self) -> list[Line]:
        """What is not settled yet."""
        return [line for line in self.lines if line.waits_on]

    @property
    def waiting_on(self) -> list[tuple[str, int]]:
        """How many wait on whom, whoever has most first."""
        whom = [line.waits_on for line in self.waiting]
        return sorted(((name, whom.count(name)) for name in dict.fromkeys(whom)), key=lambda item: -item[1])

    @property
    def totals(self) -> list[tuple[str, str]]:
        """The figures, each with its name: the same on screen and on paper."""
        kinds = [(str(KINDS[kind]), fmt.duration(self.hours.of(kind))) for kind in HourKind]
        return [*kinds, (_("Total"), fmt.duration(self.hours.total)), (_("Kilomètres"), fmt.km(self.km))]

    @property
    def previous(self) -> dt.date:
        """The month before."""
        return (self.first - ONE_DAY).replace(day=1)

    @property
    def next(self) -> dt.date | None:
        """The month after, unless it has not begun."""
        after = last_day(self.first) + ONE_DAY
        return after if after <= self.last_allowed else None


def last_day(first: dt.date) -> dt.date:
    """Return the last day of a month."""
    return first.replace(day=calendar.monthrange(first.year, first.month)[1])


def asked(text: str, today: dt.date) -> dt.date:
    """Read ?mois=2026-11; what makes no sense, or has not begun, is this month."""
    try:
        first = dt.date.fromisoformat(f"{text}-01")
    except ValueError:
        return today.replace(day=1)
    return first if dt.date(2000, 1, 1) <= first <= today else today.replace(day=1)


def month_of(actor: Actor, first: dt.date, now: dt.datetime) -> Month:
    """Read an intervenant's month up to today, in two statements.

    A visit that is not over yet waits on nobody: what waits is what Mes interventions lists.
    """
    today = actor.today(now)
    found = visits.mine(actor).between(first, min(last_day(first), today)).in_order()
    rows = cast("Iterable[Intervention]", found.select_related("client", "prestation"))
    ahead = set(
        found.filter(status=Status.PLANNED)
        .exclude(pk__in=visits.waiting(actor, now).values("pk"))
        .values_list("pk", flat=True)
    )
    return Month(first, [_line(visit, actor, visit.pk in ahead) for visit in rows], today)


def _line(visit: Intervention, actor: Actor, is_ahead: bool) -> Line:
    counts = visit.status in COUNTED
    here = actor.agence.paid_calendar
    hours = paid_hours(visit.retained_start, visit.retained_end, here) if counts else PaidHours()
    turn = visit.state.turn
    waits_on = "" if is_ahead else YOURS.get(visit.state) or (WHOM[turn] if turn in WHOM else "")  # noqa: SIM401
    return Line(visit, hours, str(waits_on))
