"""Hours by kind: cut at instants on the agency's clock, each minute counted once."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from interventions.hours import elapsed_minutes
from interventions.paid_hours import Calendar, HourKind, PaidHours, is_holiday, paid_hours, total

PARIS = ZoneInfo("Europe/Paris")
USUAL = Calendar(PARIS, time(22), time(7))


def at(text: str, fold: int = 0, tz: ZoneInfo = PARIS) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=tz, fold=fold).astimezone(UTC)


def hours(start: str, end: str, calendar: Calendar = USUAL) -> PaidHours:
    return paid_hours(at(start, tz=calendar.tz), at(end, tz=calendar.tz), calendar)


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        ("2026-11-24 09:00", "2026-11-24 10:30", PaidHours(day=90)),
        ("2026-11-24 21:15", "2026-11-24 22:45", PaidHours(day=45, night=45)),
        ("2026-11-24 06:30", "2026-11-24 07:30", PaidHours(day=30, night=30)),
        ("2026-11-24 20:00", "2026-11-25 08:00", PaidHours(day=180, night=540)),
        # Saturday night: until midnight it is night, then Sunday.
        ("2026-11-21 22:00", "2026-11-22 06:00", PaidHours(night=120, sunday=360)),
        ("2026-11-22 22:00", "2026-11-23 06:00", PaidHours(sunday=120, night=360)),
        # 11 November 2026, a Wednesday; the night before and after it.
        ("2026-11-10 23:00", "2026-11-11 01:00", PaidHours(night=60, holiday=60)),
        ("2026-11-11 23:00", "2026-11-12 08:00", PaidHours(holiday=60, night=420, day=60)),
        # 1 November 2026 is a Sunday and a public holiday: it counts once, as the holiday.
        ("2026-11-01 09:00", "2026-11-01 11:00", PaidHours(holiday=120)),
    ],
)
def test_a_visit_is_cut_where_its_kind_changes(start: str, end: str, expected: PaidHours) -> None:
    assert hours(start, end) == expected


def test_the_night_of_the_autumn_change_lasts_an_hour_more() -> None:
    # Saturday 24 to Sunday 25 October 2026: 3:00 becomes 2:00.
    assert hours("2026-10-24 22:00", "2026-10-25 07:00") == PaidHours(night=120, sunday=480)


def test_the_night_of_the_spring_change_lasts_an_hour_less() -> None:
    assert hours("2026-03-28 22:00", "2026-03-29 07:00") == PaidHours(night=120, sunday=360)


def test_a_night_that_ends_in_the_repeated_hour_is_night_in_both_rounds() -> None:
    calendar = Calendar(ZoneInfo("Asia/Beirut"), time(21), time(23, 30))
    # Beirut puts the clock back at 24:00 of Saturday 24 October 2026: 23:00–24:00 exists twice.
    start = datetime(2026, 10, 24, 23, 0, tzinfo=calendar.tz).astimezone(UTC)
    assert paid_hours(start, start + timedelta(hours=2), calendar) == PaidHours(night=60, day=60)


def test_a_night_bound_that_the_clock_skips_is_where_it_jumps() -> None:
    calendar = Calendar(ZoneInfo("Asia/Beirut"), time(22), time(0, 30))
    # Beirut goes from 0:00 to 1:00 on Sunday 29 March 2026.
    assert hours("2026-03-28 23:00", "2026-03-29 02:00", calendar) == PaidHours(night=60, sunday=60)


def test_a_night_within_one_day_and_none_at_all() -> None:
    siesta = Calendar(PARIS, time(1), time(5))
    assert hours("2026-11-24 00:00", "2026-11-24 06:00", siesta) == PaidHours(day=120, night=240)
    none = Calendar(PARIS, time(7), time(7))
    assert hours("2026-11-24 00:00", "2026-11-24 08:00", none) == PaidHours(day=480)


def test_the_agency_s_clock_decides() -> None:
    reunion = Calendar(ZoneInfo("Indian/Reunion"), time(22), time(7), "974")
    start = datetime(2026, 11, 24, 18, 0, tzinfo=UTC)
    assert paid_hours(start, start + timedelta(hours=1), reunion) == PaidHours(night=60)
    assert paid_hours(start, start + timedelta(hours=1), USUAL) == PaidHours(day=60)


@pytest.mark.parametrize(
    ("day", "region", "expected"),
    [
        (date(2026, 4, 6), "", True),  # lundi de Pâques
        (date(2026, 5, 14), "", True),  # Ascension
        (date(2026, 7, 14), "", True),
        (date(2026, 4, 3), "", False),  # Vendredi saint
        (date(2026, 4, 3), "57", True),
        (date(2026, 12, 26), "", False),
        (date(2026, 12, 26), "57", True),
        (date(2026, 12, 20), "", False),  # abolition de l’esclavage
        (date(2026, 12, 20), "974", True),
    ],
)
def test_the_french_calendar_by_region(day: date, region: str, expected: bool) -> None:
    assert is_holiday(day, region) is expected


def test_seconds_are_neither_lost_nor_made() -> None:
    found = hours("2026-11-24 21:59:30", "2026-11-24 22:00:30")
    assert found.total == 1


FIRST = datetime(2026, 1, 1, tzinfo=UTC)
instants = st.integers(0, 365 * 24 * 3600).map(lambda seconds: FIRST + timedelta(seconds=seconds))
clocks = st.times().map(lambda each: each.replace(second=0, microsecond=0))


@given(instants, st.integers(1, 24 * 60), clocks, clocks, st.sampled_from(["Europe/Paris", "Indian/Reunion"]))
def test_the_kinds_add_up_to_what_passed(start: datetime, minutes: int, begins: time, ends: time, zone: str) -> None:
    end = start + timedelta(minutes=minutes)
    calendar = Calendar(ZoneInfo(zone), begins, ends)
    assert paid_hours(start, end, calendar).total == elapsed_minutes(start, end)


@given(instants, st.integers(1, 600), st.integers(1, 600))
def test_two_halves_are_the_whole(start: datetime, first: int, second: int) -> None:
    start = start.replace(second=0, microsecond=0)
    middle, end = start + timedelta(minutes=first), start + timedelta(minutes=first + second)
    halves = total([paid_hours(start, middle, USUAL), paid_hours(middle, end, USUAL)])
    assert halves == paid_hours(start, end, USUAL)


def test_each_minute_has_the_kind_of_its_own_hour() -> None:
    start = at("2026-10-24 20:00")
    for hour in range(40):
        begins = start + timedelta(hours=hour)
        found = paid_hours(begins, begins + timedelta(hours=1), USUAL)
        assert found.of(USUAL.kind_at(begins)) == found.total == 60
        assert [kind for kind in HourKind if found.of(kind)] == [USUAL.kind_at(begins)]
