"""Where each visit of a week stands in the grid by the hour: pure arithmetic, no query."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from portals.web.format import local

STEP_MINUTES = 5
STEPS_PER_HOUR = 12
LAST_STEP = 24 * STEPS_PER_HOUR
FINE_STEPS = 48
QUARTER = 3
SHORTEST = 3
ONE_LINE = 5
WHOLE_WIDTH = 0
USUAL_HOURS = (8, 19)


class Visit(Protocol):
    """What the grid needs to know of a visit; the rest is for the template."""

    @property
    def start(self) -> dt.datetime:
        """When it starts."""

    @property
    def end(self) -> dt.datetime:
        """When it ends."""


@dataclass(frozen=True)
class Slot:
    """A place in the grid: hour and twelfth of it, length in twelfths, lane among those at once (0: alone)."""

    hour: int
    step: int
    steps: int
    lane: int

    @property
    def short(self) -> bool:
        """Tell whether there is room for one line only."""
        return self.steps <= ONE_LINE


@dataclass(frozen=True)
class DayColumn[V: Visit]:
    """One day as the grid and the list show it."""

    heading: str
    detail: str
    today: bool
    placed: tuple[tuple[V, Slot], ...]

    @property
    def lanes(self) -> int:
        """Return how many stand side by side at most."""
        return max((slot.lane for _, slot in self.placed), default=1) or 1


@dataclass(frozen=True)
class Week[V: Visit]:
    """The days and the hours that the grid has to show."""

    days: tuple[DayColumn[V], ...]

    @property
    def first_hour(self) -> int:
        """Return the first hour of the grid: the earliest visit's, at most 8."""
        return min([USUAL_HOURS[0], *(slot.hour for slot in self._slots())])

    @property
    def hours(self) -> range:
        """Return the hours of the scale, down to the end of the latest visit."""
        ends = [_last_hour(slot) for slot in self._slots()]
        return range(self.first_hour, max([USUAL_HOURS[1], *ends]) + 1)

    def _slots(self) -> list[Slot]:
        return [slot for day in self.days for _, slot in day.placed]


def place[V: Visit](visits: Sequence[V], tz: dt.tzinfo | None = None) -> tuple[tuple[V, Slot], ...]:
    """Place one day's visits, in order of start; those at the same time get lanes of their own.

    A visit that goes past midnight ends at the foot of its day; its hours say the rest.
    """
    timed = [(visit, *_extent(visit, tz)) for visit in sorted(visits, key=lambda visit: (visit.start, visit.end))]
    return tuple(placed for group in _overlapping(timed) for placed in _in_lanes(group))


def _overlapping[V](timed: list[tuple[V, int, int]]) -> list[list[tuple[V, int, int]]]:
    """Group what hangs together in time, so that a visit on its own keeps the whole width."""
    groups: list[list[tuple[V, int, int]]] = []
    busy_until = -1
    for visit, start, steps in timed:
        if start >= busy_until:
            groups.append([])
        groups[-1].append((visit, start, steps))
        busy_until = max(busy_until, start + steps)
    return groups


def _in_lanes[V](group: list[tuple[V, int, int]]) -> list[tuple[V, Slot]]:
    """Give each visit of a group the first lane that is free at its start; 0 to one that is alone."""
    free_from: list[int] = []
    placed = []
    for visit, start, steps in group:
        lane = next((n for n, free in enumerate(free_from) if free <= start), len(free_from))
        free_from[lane : lane + 1] = [start + steps]
        hour, step = divmod(start, STEPS_PER_HOUR)
        placed.append((visit, Slot(hour, step, steps, lane + 1 if len(group) > 1 else WHOLE_WIDTH)))
    return placed


def _extent(visit: Visit, tz: dt.tzinfo | None) -> tuple[int, int]:
    """Return first step and length on the clock; long ones in quarters, as the stylesheet has them."""
    begins, ends = local(visit.start, tz), local(visit.end, tz)
    start = (begins.hour * 60 + begins.minute) // STEP_MINUTES
    foot = _ceil(ends.hour * 60 + ends.minute, STEP_MINUTES)
    if ends.date() > begins.date():
        foot = LAST_STEP
    steps = max(SHORTEST, foot - start)
    return start, steps if steps <= FINE_STEPS else QUARTER * _ceil(steps, QUARTER)


def _ceil(value: int, unit: int) -> int:
    return -(-value // unit)


def _last_hour(slot: Slot) -> int:
    end = slot.hour * STEPS_PER_HOUR + slot.step + slot.steps
    return min(23, (end - 1) // STEPS_PER_HOUR)
