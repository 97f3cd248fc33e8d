"""Hours by kind, for the carer's history and for the pay: day, night, Sunday, public holiday.

Pure: no database, no current time. A visit is cut at the instants where its kind changes (midnight, the hours at which
the agency's night begins and ends), each read on the agency's clock, so that a night over a clock change counts the
minutes that really passed. A minute has exactly one kind: public holiday before Sunday, Sunday before night, night
before day; the four add up to what the visit lasts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from functools import cache, lru_cache
from itertools import pairwise
from zoneinfo import ZoneInfo

import holidays

ONE_DAY = timedelta(days=1)
SUNDAY = 6


class HourKind(StrEnum):
    """What an hour of work counts as; in the order in which a history shows them."""

    DAY = "day"
    NIGHT = "night"
    SUNDAY = "sunday"
    HOLIDAY = "holiday"


@dataclass(frozen=True, slots=True)
class Calendar:
    """What decides an hour's kind at an agency: its zone, its night, its public holidays."""

    tz: ZoneInfo
    night_starts: time
    night_ends: time
    region: str = ""

    def is_night(self, clock: time) -> bool:
        """Whether the clock shows an hour of the night, which may go past midnight; equal bounds mean no night."""
        if self.night_starts <= self.night_ends:
            return self.night_starts <= clock < self.night_ends
        return clock >= self.night_starts or clock < self.night_ends

    def kind_at(self, instant: datetime) -> HourKind:
        """Return what the hour that begins at this instant counts as."""
        local = instant.astimezone(self.tz)
        if is_holiday(local.date(), self.region):
            return HourKind.HOLIDAY
        if local.weekday() == SUNDAY:
            return HourKind.SUNDAY
        return HourKind.NIGHT if self.is_night(local.time()) else HourKind.DAY


@dataclass(frozen=True, slots=True)
class PaidHours:
    """Elapsed minutes by kind; they can be added up."""

    day: int = 0
    night: int = 0
    sunday: int = 0
    holiday: int = 0

    def __add__(self, other: PaidHours) -> PaidHours:
        return PaidHours(
            self.day + other.day,
            self.night + other.night,
            self.sunday + other.sunday,
            self.holiday + other.holiday,
        )

    @property
    def total(self) -> int:
        """All of them together: what the visits last."""
        return self.day + self.night + self.sunday + self.holiday

    def of(self, kind: HourKind) -> int:
        """Return the minutes of one kind."""
        return int(getattr(self, kind))


def paid_hours(start: datetime, end: datetime, calendar: Calendar) -> PaidHours:
    """Return the minutes of a visit by kind, from its start to its end (aware instants).

    Seconds are kept until the end, then each kind is rounded so that the four add up to the elapsed minutes.
    """
    seconds = dict.fromkeys(HourKind, 0.0)
    for begins, ends in _pieces(start, end, calendar):
        seconds[calendar.kind_at(begins)] += (ends - begins).total_seconds()
    return PaidHours(**_whole_minutes(seconds))


def total(found: Iterable[PaidHours]) -> PaidHours:
    """Add up the hours of several visits."""
    return sum(found, PaidHours())


@cache
def _holidays_of(region: str, year: int) -> frozenset[date]:
    found = holidays.country_holidays("FR", subdiv=region or None, years=year)
    return frozenset(found)


def is_holiday(day: date, region: str = "") -> bool:
    """Whether this is a public holiday in France, or in that region of it ("57", "974", …: HolidayRegion)."""
    return day in _holidays_of(region, day.year)


def _pieces(start: datetime, end: datetime, calendar: Calendar) -> Iterator[tuple[datetime, datetime]]:
    """Cut the time between two instants wherever the kind may change."""
    cuts = sorted({start, *(cut for cut in _cuts(start, end, calendar) if start < cut < end), end})
    return pairwise(cuts)


def _cuts(start: datetime, end: datetime, calendar: Calendar) -> Iterator[datetime]:
    day, last = start.astimezone(calendar.tz).date(), end.astimezone(calendar.tz).date()
    while day <= last:
        yield from _cuts_of(day, calendar)
        day += ONE_DAY


# A month of ten thousand visits has thirty days: each is cut once.
@lru_cache(maxsize=2_000)
def _cuts_of(day: date, calendar: Calendar) -> tuple[datetime, ...]:
    """Return the instants of a day at which the kind may change."""
    clocks = (time(), calendar.night_starts, calendar.night_ends)
    # An hour that the clock shows twice is a bound twice; one that it skips is where the clock jumps.
    found = [
        datetime.combine(day, clock.replace(fold=fold), calendar.tz).astimezone(UTC)
        for clock in clocks
        for fold in (0, 1)
    ]
    return (*found, *_clock_changes(day, calendar.tz))


def _clock_changes(day: date, tz: ZoneInfo) -> Iterator[datetime]:
    """Yield the instant of that day at which the clock is moved, if it is: the kind may change with it."""
    first = datetime.combine(day, time(), tz).astimezone(UTC)
    after = datetime.combine(day + ONE_DAY, time(), tz).astimezone(UTC)
    if _offset(first, tz) == _offset(after, tz):
        return
    yield _bisect(first, after, lambda instant: _offset(instant, tz) != _offset(first, tz))


def _offset(instant: datetime, tz: ZoneInfo) -> timedelta | None:
    return instant.astimezone(tz).utcoffset()


def _bisect(low: datetime, high: datetime, changed: Callable[[datetime], bool]) -> datetime:
    while high - low > timedelta(minutes=1):
        middle = low + (high - low) // 2
        low, high = (low, middle) if changed(middle) else (middle, high)
    return high.replace(second=0, microsecond=0)


def _whole_minutes(seconds: dict[HourKind, float]) -> dict[str, int]:
    """Round to minutes, the remainder to the kind with most of it, so that nothing is lost or made."""
    minutes = {kind: int(value // 60) for kind, value in seconds.items()}
    left = int(sum(seconds.values()) // 60) - sum(minutes.values())
    for kind in sorted(seconds, key=lambda kind: seconds[kind] % 60, reverse=True)[:left]:
        minutes[kind] += 1
    return {kind.value: count for kind, count in minutes.items()}
