"""The days that a planning shows: one day, a week from Monday, a month; pure dates, no query."""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from interventions.states import Labelled
from portals.web import format as fmt

ONE_DAY = dt.timedelta(days=1)
ONE_WEEK = dt.timedelta(days=7)
EARLIEST, LATEST = 2000, 2100


class View(Labelled):
    """How much of the calendar is shown at once; the values stand in addresses."""

    DAY = "jour", _("Jour")
    WEEK = "semaine", _("Semaine")
    MONTH = "mois", _("Mois")


@dataclass(frozen=True)
class Span:
    """The days shown, both included, around the day asked for."""

    view: View
    day: dt.date
    first: dt.date
    last: dt.date

    @property
    def days(self) -> list[dt.date]:
        """Every day of it."""
        return [self.first + ONE_DAY * n for n in range((self.last - self.first).days + 1)]

    @property
    def previous(self) -> dt.date:
        """A day of the span before, to lead there."""
        return self.day - ONE_WEEK if self.view is View.WEEK else self.first - ONE_DAY

    @property
    def next(self) -> dt.date:
        """A day of the span after, to lead there."""
        return self.day + ONE_WEEK if self.view is View.WEEK else self.last + ONE_DAY

    def label(self, today: dt.date) -> str:
        """«lundi 19 octobre», «Semaine du 19 au 25 octobre», «octobre 2026»."""
        if self.view is View.DAY:
            return fmt.day(self.day, today)
        return fmt.week(self.day, today) if self.view is View.WEEK else fmt.month(self.day)


def span(view: View, day: dt.date) -> Span:
    """Return the span of that view that holds the day."""
    if view is View.DAY:
        return Span(view, day, day, day)
    if view is View.WEEK:
        monday = day - ONE_DAY * day.weekday()
        return Span(view, day, monday, monday + ONE_DAY * 6)
    length = calendar.monthrange(day.year, day.month)[1]
    return Span(view, day, day.replace(day=1), day.replace(day=length))


def asked(query: Mapping[str, str], today: dt.date) -> Span:
    """Read ?vue= and ?date= of an address; what makes no sense is this week, today."""
    view = next((view for view in View if view == query.get("vue")), View.WEEK)
    try:
        day = dt.date.fromisoformat(query.get("date", ""))
    except ValueError:
        day = today
    return span(view, day if EARLIEST <= day.year < LATEST else today)
