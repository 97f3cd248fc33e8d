"""A month of visits: the same lines and totals on the screen and on the relevé."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby
from typing import Any

from django.db.models.functions import TruncMonth
from django.utils.translation import gettext as _

from interventions.models import Intervention
from interventions.states import Status
from portals.client.settling import settled_words, settling_entries
from portals.client.visits import joined
from portals.client.words import STATUS_WORDS
from portals.web import format as fmt
from portals.web.requests import ActorRequest

PENDING = (Status.DONE, Status.CONTESTED, Status.ARBITRATION)
TOLD = (*PENDING, Status.VALIDATED, Status.CANCELLED)


@dataclass(frozen=True)
class Total:
    """What some visits make together."""

    count: int
    minutes: int
    km: Decimal

    @classmethod
    def of(cls, lines: Iterable[Line]) -> Total:
        """Add the lines up."""
        lines = list(lines)
        return cls(len(lines), sum(line.minutes for line in lines), sum((line.km for line in lines), Decimal(0)))


@dataclass(frozen=True)
class Line:
    """One visit of the month; `carer` is named as the reader may know them."""

    visit: Intervention
    carer: str
    settled: str

    @property
    def cancelled(self) -> bool:
        """Whether its hours are struck through and count nothing."""
        return self.visit.state is Status.CANCELLED

    @property
    def minutes(self) -> int:
        """What it lasted, 0 once cancelled."""
        return 0 if self.cancelled else fmt.elapsed(self.visit.retained_start, self.visit.retained_end)

    @property
    def km(self) -> Decimal:
        """The kilometres, 0 once cancelled."""
        return Decimal(0) if self.cancelled else self.visit.retained_km

    @property
    def status_label(self) -> str:
        """Where it stands, seen from the person helped."""
        return str(STATUS_WORDS[self.visit.state])


@dataclass(frozen=True)
class Statement:
    """The month's visits in order, with their totals."""

    month: dt.date
    lines: list[Line]

    @property
    def validated(self) -> Total:
        """What is agreed."""
        return Total.of(line for line in self.lines if line.visit.state is Status.VALIDATED)

    @property
    def pending(self) -> Total:
        """What somebody has still to answer or decide."""
        return Total.of(line for line in self.lines if line.visit.state in PENDING)

    @property
    def cancelled(self) -> int:
        """How many visits were cancelled; they count no hours."""
        return sum(line.cancelled for line in self.lines)

    @property
    def by_carer(self) -> list[tuple[str, Total]]:
        """What each carer made of what is agreed."""
        agreed = sorted((one for one in self.lines if one.visit.state is Status.VALIDATED), key=lambda one: one.carer)
        return [(carer, Total.of(group)) for carer, group in groupby(agreed, key=lambda one: one.carer)]

    @property
    def totals(self) -> list[tuple[str, str]]:
        """Its totals in words, the same wherever it is shown."""
        return [
            (_("Visites validées"), total_words(self.validated)),
            (_("Pas encore validées"), total_words(self.pending)),
            (_("Annulées"), str(self.cancelled)),
        ]


def total_words(total: Total) -> str:
    """Return «12, soit 14 h 30 et 30 km»."""
    words = {"n": total.count, "hours": fmt.duration(total.minutes), "km": fmt.km(total.km)}
    return _("%(n)d, soit %(hours)s et %(km)s") % words if total.count else "0"


def statement(request: ActorRequest, month: dt.date, *, on_paper: bool = False) -> Statement:
    """Read the month of the client that this person looks at; on paper names are whole and nobody is «vous»."""
    mine: Any = Intervention.objects.visible_to(request.actor).filter(status__in=TOLD)
    found: Any = joined(mine.between(month, end_of(month)).in_order())
    rows: list[Intervention] = list(found)
    entries = settling_entries(rows)
    reader = None if on_paper else request.actor.user_id
    lines = []
    for row in rows:
        carer = _carer(row, on_paper)
        lines.append(Line(row, carer, settled_words(row, entries.get(row.pk), reader, carer)))
    return Statement(month, lines)


def months(request: ActorRequest) -> list[dt.date]:
    """Return the months that have something to show, the latest first."""
    mine = Intervention.objects.visible_to(request.actor).filter(status__in=TOLD)
    found = mine.annotate(month=TruncMonth("day")).values_list("month", flat=True).distinct().order_by("-month")
    return list(found)


def end_of(month: dt.date) -> dt.date:
    """Return the last day of a month given by its first."""
    return (month + dt.timedelta(days=31)).replace(day=1) - dt.timedelta(days=1)


def _carer(visit: Intervention, on_paper: bool) -> str:
    if visit.intervenant is None:
        return _("sans intervenant")
    return visit.intervenant.full_name if on_paper else visit.intervenant.short_name
