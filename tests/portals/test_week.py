"""Where a visit stands in the week's grid."""

import datetime as dt
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings

from portals.web.week import DayColumn, Slot, Week, place

PARIS = ZoneInfo("Europe/Paris")
STEPS = Path(settings.BASE_DIR) / "portals/static/portals/css/week-steps.css"


@dataclass(frozen=True)
class Visit:
    start: dt.datetime
    end: dt.datetime


def visit(start: str, end: str, *, nights: int = 0) -> Visit:
    day = dt.date(2026, 10, 19)
    return Visit(
        dt.datetime.combine(day, dt.time.fromisoformat(start), PARIS),
        dt.datetime.combine(day + dt.timedelta(days=nights), dt.time.fromisoformat(end), PARIS),
    )


def slots(*visits: Visit) -> list[Slot]:
    return [slot for _, slot in place(visits, PARIS)]


def test_a_visit_alone_has_the_whole_width():
    assert slots(visit("09:05", "10:35")) == [Slot(9, 1, 18, 0)]


def test_visits_at_once_stand_side_by_side_and_the_others_do_not():
    placed = slots(visit("14:00", "15:00"), visit("09:00", "10:00"), visit("09:30", "10:30"), visit("10:00", "11:00"))
    assert placed == [Slot(9, 0, 12, 1), Slot(9, 6, 12, 2), Slot(10, 0, 12, 1), Slot(14, 0, 12, 0)]


def test_a_night_ends_at_the_foot_of_its_day():
    assert slots(visit("21:00", "07:00", nights=1)) == [Slot(21, 0, 36, 0)]
    assert slots(visit("21:00", "00:00", nights=1)) == [Slot(21, 0, 36, 0)]


def test_a_very_short_visit_keeps_room_for_a_line():
    [slot] = slots(visit("09:00", "09:05"))
    assert (slot.steps, slot.short) == (3, True)


def test_every_length_of_a_day_has_its_step_in_the_stylesheet():
    known = {int(n) for n in re.findall(r'\[data-steps="(\d+)"\]', STEPS.read_text())}
    ends = [f"{minute // 60:02d}:{minute % 60:02d}" for minute in range(5, 24 * 60, 5)]
    lengths = {slots(visit("00:00", end))[0].steps for end in ends} | {
        slots(visit("00:00", "00:00", nights=1))[0].steps
    }
    assert lengths == known - {1, 2}


def test_the_grid_shows_the_hours_that_it_needs():
    night, dawn = place([visit("21:00", "07:00", nights=1)], PARIS), place([visit("06:15", "07:00")], PARIS)
    quiet: Week[Any] = Week((DayColumn("Lundi 19", "", False, ()),))
    busy = Week((DayColumn("Lundi 19", "", False, night), DayColumn("Mardi 20", "", True, dawn)))
    assert (quiet.first_hour, list(quiet.hours)[-1], quiet.days[0].lanes) == (8, 19, 1)
    assert (busy.first_hour, list(busy.hours)[-1]) == (6, 23)
