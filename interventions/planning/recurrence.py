"""The days and the hours of a series: RRULE by dateutil, the clock by the agency's zone; no database."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from dateutil.rrule import MO, rrulestr, weekday

from interventions import hours
from interventions.guards import Facts
from interventions.models import Series
from interventions.paid_hours import is_holiday

WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


def weekly(days: Iterable[int], interval: int = 1) -> str:
    """Return the rule of some days of the week (0 is Monday), every `interval` weeks; weeks begin on Monday."""
    names = ",".join(WEEKDAYS[day] for day in sorted(set(days)))
    return f"FREQ=WEEKLY;INTERVAL={interval};WKST={MO};BYDAY={names}"


def parts(rule: str) -> tuple[list[int], int]:
    """Return the days of the week and the interval of a rule that `weekly` made."""
    named = dict(part.split("=", 1) for part in rule.split(";"))
    days = [weekday(WEEKDAYS.index(name)).weekday for name in named["BYDAY"].split(",")]
    return days, int(named["INTERVAL"])


def days_of(series: Series, first: date, last: date, region: str = "") -> list[date]:
    """Return its days from `first` to `last`, both included, in its bounds; without feasts if it says so."""
    first, last = max(first, series.starts_on), min(last, series.ends_on or last)
    if last < first:
        return []
    # The rule counts from the start of the series: every second week is always the same one.
    rule = rrulestr(series.rule, dtstart=datetime.combine(series.starts_on, time()))
    met = rule.between(datetime.combine(first, time()), datetime.combine(last, time()), inc=True)
    found = [moment.date() for moment in met]
    return [day for day in found if not (series.skips_holidays and is_holiday(day, region))]


def facts_on(series: Series, day: date, zone: ZoneInfo) -> Facts:
    """Return the hours of its visit on that day; one that the clock skips in spring is moved on by what it skips."""
    start = _instant(series.start, day, zone)
    clock = hours.Clock(series.end.hour, series.end.minute)
    try:
        end = hours.entered_end(clock, start, zone)
    except hours.InvalidHour:
        end = _instant(series.end, day if series.end > series.start else day + hours.ONE_DAY, zone)
    return Facts(start, end, series.km)


def _instant(clock: time, day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, clock, zone).astimezone(UTC)
