"""Hours: nights, clock changes, leap day, another zone, and what holds for any of them."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from interventions import hours
from interventions.hours import Clock, InvalidHour, InvalidKilometres

PARIS = ZoneInfo("Europe/Paris")
REUNION = ZoneInfo("Indian/Reunion")
AUTUMN = date(2026, 10, 25)
SPRING = date(2027, 3, 28)
ZONES = st.sampled_from([PARIS, REUNION, ZoneInfo("America/Cayenne"), ZoneInfo("Pacific/Noumea")])
CLOCKS = st.builds(Clock, st.integers(0, 23), st.integers(0, 59)) | st.just(Clock(24, 0))
FIRST_INSTANT = datetime(2024, 1, 1, tzinfo=UTC)
INSTANTS = st.integers(0, 7 * 365 * 24 * 60).map(lambda minutes: FIRST_INSTANT + timedelta(minutes=minutes))


def local(text, tz=PARIS, fold=0):
    return datetime.fromisoformat(text).replace(tzinfo=tz, fold=fold).astimezone(UTC)


@pytest.mark.parametrize(
    ("text", "expected"),
    [("08:30", Clock(8, 30)), ("8:30", Clock(8, 30)), (" 0:00 ", Clock(0, 0)), ("24:00", Clock(24, 0))],
)
def test_clock_is_read(text, expected):
    assert hours.parse_clock(text) == expected


@pytest.mark.parametrize(
    "text", ["", "8", "8h30", "7h3O", "08:60", "24:01", "25:00", "-1:00", "8.75.2", "٠٨:٣٠", "08:30:00"]
)
def test_no_clock_is_refused_in_words(text):
    with pytest.raises(InvalidHour, match="n’est pas une heure"):
        hours.parse_clock(text)


def test_clock_is_written_with_two_digits():
    assert str(Clock(7, 5)) == "07:05"


def test_resolve_gives_utc():
    instant = hours.resolve(Clock(8, 30), date(2026, 7, 1), PARIS)
    assert (instant, instant.tzinfo) == (datetime(2026, 7, 1, 6, 30, tzinfo=UTC), UTC)


def test_end_of_day_is_midnight_of_the_next():
    assert hours.resolve(Clock(24, 0), date(2028, 2, 28), PARIS) == local("2028-02-29T00:00")


@pytest.mark.parametrize(
    ("clock", "exists"), [(Clock(1, 59), True), (Clock(2, 0), False), (Clock(2, 59), False), (Clock(3, 0), True)]
)
def test_missing_hour_of_spring_is_refused_in_words(clock, exists):
    if exists:
        assert hours.clock_of(hours.resolve(clock, SPRING, PARIS), PARIS) == clock
        return
    with pytest.raises(InvalidHour, match="n’existe pas le 28/03/2027"):
        hours.resolve(clock, SPRING, PARIS)


def test_repeated_hour_of_autumn_is_the_first_unless_second():
    first = hours.resolve(Clock(2, 30), AUTUMN, PARIS)
    second = hours.resolve(Clock(2, 30), AUTUMN, PARIS, second=True)
    assert (first, second - first) == (datetime(2026, 10, 25, 0, 30, tzinfo=UTC), timedelta(hours=1))


def test_second_changes_nothing_for_an_hour_that_exists_once():
    day = date(2026, 10, 24)
    assert hours.resolve(Clock(2, 30), day, PARIS, second=True) == hours.resolve(Clock(2, 30), day, PARIS)


@pytest.mark.parametrize(
    ("clock", "day", "twice"),
    [
        (Clock(1, 59), AUTUMN, False),
        (Clock(2, 0), AUTUMN, True),
        (Clock(3, 0), AUTUMN, False),
        (Clock(2, 30), SPRING, False),
        (Clock(24, 0), AUTUMN, False),
    ],
)
def test_exists_twice(clock, day, twice):
    assert hours.exists_twice(clock, day, PARIS) is twice


@pytest.mark.parametrize(
    ("reference", "typed", "expected"),
    [
        ("2026-11-10T22:00", "00:30", "2026-11-11T00:30"),
        ("2026-11-11T00:30", "22:00", "2026-11-10T22:00"),
        ("2026-11-10T07:30", "20:00", "2026-11-10T20:00"),
        ("2026-11-10T20:00", "07:30", "2026-11-10T07:30"),
        ("2026-11-10T22:00", "04:00", "2026-11-11T04:00"),
        ("2026-11-10T22:00", "04:01", "2026-11-10T04:01"),
        ("2028-02-29T23:00", "01:00", "2028-03-01T01:00"),
    ],
)
def test_entered_start_is_the_nearest_within_six_hours(reference, typed, expected):
    assert hours.entered_start(hours.parse_clock(typed), local(reference), PARIS) == local(expected)


def test_entered_start_measures_six_hours_as_elapsed_time():
    # 22:00 to 04:30 is seven and a half hours over the autumn night, five and a half over the spring one.
    autumn = hours.entered_start(Clock(4, 30), local("2026-10-24T22:00"), PARIS)
    spring = hours.entered_start(Clock(4, 30), local("2027-03-27T22:00"), PARIS)
    assert (autumn, spring) == (local("2026-10-24T04:30"), local("2027-03-28T04:30"))


def test_entered_start_in_the_missing_hour_is_refused_not_moved():
    with pytest.raises(InvalidHour, match="n’existe pas"):
        hours.entered_start(Clock(2, 30), local("2027-03-27T22:00"), PARIS)


def test_entered_start_refuses_24():
    with pytest.raises(InvalidHour, match="00:00"):
        hours.entered_start(Clock(24, 0), local("2026-11-10T22:00"), PARIS)


@pytest.mark.parametrize(
    ("start", "typed", "expected", "minutes"),
    [
        ("2026-11-10T09:15", "10:45", "2026-11-10T10:45", 90),
        ("2026-11-10T22:00", "06:00", "2026-11-11T06:00", 480),
        ("2026-11-10T22:00", "24:00", "2026-11-11T00:00", 120),
        ("2026-11-10T00:00", "24:00", "2026-11-11T00:00", 1440),
        ("2026-11-10T09:00", "09:00", "2026-11-11T09:00", 1440),
        ("2028-02-28T22:00", "06:00", "2028-02-29T06:00", 480),
        ("2026-10-24T21:30", "07:00", "2026-10-25T07:00", 630),
        ("2027-03-27T21:30", "07:00", "2027-03-28T07:00", 510),
        ("2026-10-24T09:00", "09:00", "2026-10-25T09:00", 1500),
    ],
)
def test_entered_end_is_the_first_after_the_start(start, typed, expected, minutes):
    end = hours.entered_end(hours.parse_clock(typed), local(start), PARIS)
    assert (end, hours.elapsed_minutes(local(start), end)) == (local(expected), minutes)


@pytest.mark.parametrize(
    ("start", "fold", "typed", "second", "minutes"),
    [
        ("2026-10-24T22:00", 0, "02:30", False, 270),
        ("2026-10-24T22:00", 0, "02:30", True, 330),
        ("2026-10-25T02:15", 0, "02:45", False, 30),
        ("2026-10-25T02:15", 0, "02:15", True, 60),
        ("2026-10-25T02:45", 0, "02:15", True, 30),
        ("2026-10-25T02:45", 0, "02:15", False, 1470),
        ("2026-10-25T02:15", 1, "02:45", False, 30),
        ("2026-10-25T02:45", 1, "02:15", True, 1410),
        ("2026-10-25T02:45", 1, "03:00", True, 15),
        ("2026-11-10T09:00", 0, "09:00", True, 1440),
    ],
)
def test_entered_end_within_the_repeated_hour(start, fold, typed, second, minutes):
    begun = local(start, fold=fold)
    end = hours.entered_end(hours.parse_clock(typed), begun, PARIS, second=second)
    assert hours.elapsed_minutes(begun, end) == minutes


def test_entered_end_in_the_missing_hour_is_refused():
    with pytest.raises(InvalidHour, match="n’existe pas"):
        hours.entered_end(Clock(2, 30), local("2027-03-27T22:00"), PARIS)


@pytest.mark.parametrize(
    ("start", "end", "tz", "elapsed", "clock"),
    [
        ("2026-10-24T21:30", "2026-10-25T07:00", PARIS, 630, 570),
        ("2027-03-27T21:30", "2027-03-28T07:00", PARIS, 510, 570),
        ("2026-10-24T21:30", "2026-10-25T07:00", REUNION, 570, 570),
        ("2028-02-28T21:30", "2028-03-01T07:00", PARIS, 2010, 2010),
    ],
)
def test_durations_on_the_clock_and_elapsed(start, end, tz, elapsed, clock):
    span = local(start, tz), local(end, tz)
    found = hours.elapsed_minutes(*span), hours.clock_minutes(*span, tz), hours.crosses_clock_change(*span, tz)
    assert found == (elapsed, clock, elapsed - clock)


def test_day_and_month_are_those_of_the_zone():
    instant = datetime(2026, 12, 31, 21, 0, tzinfo=UTC)
    days = [hours.day_of(instant, tz) for tz in (PARIS, REUNION)]
    assert days == [date(2026, 12, 31), date(2027, 1, 1)]
    assert [hours.month_of(day) for day in days] == [date(2026, 12, 1), date(2027, 1, 1)]


NOW = local("2026-11-24T12:00")


@pytest.mark.parametrize(
    ("day", "planned_end", "entered_end", "same_day", "past"),
    [
        (date(2026, 11, 23), "2026-11-23T10:00", None, False, True),
        (date(2026, 11, 24), "2026-11-24T10:00", None, False, False),
        (date(2026, 11, 24), "2026-11-24T10:00", None, True, True),
        (date(2026, 11, 24), "2026-11-24T12:00", None, True, True),
        (date(2026, 11, 24), "2026-11-24T12:01", None, True, False),
        (date(2026, 11, 23), "2026-11-24T13:00", None, False, False),
        (date(2026, 11, 23), "2026-11-23T10:00", "2026-11-24T13:00", False, False),
        (date(2026, 11, 23), "2026-11-24T13:00", "2026-11-24T11:00", False, False),
        (date(2026, 11, 23), None, "2026-11-23T11:00", False, True),
        (date(2026, 11, 25), None, None, True, False),
    ],
)
def test_is_past(day, planned_end, entered_end, same_day, past):
    planned, entered = (local(end) if end else None for end in (planned_end, entered_end))
    assert hours.is_past(day, planned, entered, NOW, PARIS, same_day_allowed=same_day) is past


def test_today_is_the_zones_own():
    now = datetime(2026, 11, 23, 21, 0, tzinfo=UTC)
    day = date(2026, 11, 23)
    assert [hours.is_past(day, None, None, now, tz) for tz in (PARIS, REUNION)] == [False, True]


@pytest.mark.parametrize(
    ("start", "end", "km", "fields"),
    [
        ("2026-11-23T09:00", "2026-11-23T10:00", "0", []),
        ("2026-11-23T09:00", "2026-11-23T10:00", None, []),
        ("2026-11-23T09:00", "2026-11-23T09:00", "999.9", ["end"]),
        ("2026-11-23T09:00", "2026-11-23T08:00", "1", ["end"]),
        ("2026-11-22T09:00", "2026-11-23T09:00", "1", []),
        ("2026-11-22T09:00", "2026-11-23T09:01", "1", ["end"]),
        ("2026-10-24T09:00", "2026-10-25T09:00", "1", []),
        ("2026-11-24T11:00", "2026-11-24T12:01", "1", ["end"]),
        ("2026-11-24T13:00", "2026-11-24T14:00", "1", ["start", "end"]),
        ("2026-11-23T09:00", "2026-11-23T10:00", "-0.1", ["km"]),
        ("2026-11-23T09:00", "2026-11-23T10:00", "1000", ["km"]),
        ("2026-11-23T09:00", "2026-11-23T10:00", "1.25", ["km"]),
        ("2026-11-23T09:00", "2026-11-23T10:00", "NaN", ["km"]),
        ("2026-11-23T09:00", "2026-11-23T10:00", "1.50", []),
    ],
)
def test_facts_errors_name_the_field(start, end, km, fields):
    distance = None if km is None else Decimal(km)
    errors = hours.facts_errors(local(start), local(end), distance, NOW, PARIS)
    assert [field for field, _ in errors] == fields
    assert all(message for _, message in errors)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "0.0"),
        ("5,5", "5.5"),
        ("5.5", "5.5"),
        (" 12 ", "12.0"),
        ("1\u202f2,0", "12.0"),
        ("5,50", "5.5"),
        ("-0,0", "0.0"),
    ],
)
def test_kilometres_are_read_with_one_decimal(text, expected):
    assert str(hours.parse_km(text)) == expected


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("douze", "n’est pas un nombre"),
        ("1,2,3", "n’est pas un nombre"),
        ("1e3", "n’est pas un nombre"),
        ("NaN", "n’est pas un nombre"),
        ("-4,0", "négatifs"),
        ("1000", "999,9"),
        ("9" * 60, "999,9"),
        ("1,25", "une décimale"),
    ],
)
def test_other_kilometres_are_refused_in_words(text, reason):
    with pytest.raises(InvalidKilometres, match=reason):
        hours.parse_km(text)


@given(clock=CLOCKS, start=INSTANTS, tz=ZONES, second=st.booleans())
def test_an_entered_end_comes_after_and_within_24_hours_on_the_clock(clock, start, tz, second):
    try:
        end = hours.entered_end(clock, start, tz, second=second)
    except InvalidHour:
        assert (clock.hour, tz) == (2, PARIS)
        return
    assert end > start
    assert -60 <= hours.clock_minutes(start, end, tz) <= 24 * 60
    assert hours.clock_of(end, tz) == Clock(clock.hour % 24, clock.minute)


@given(start=INSTANTS, minutes=st.integers(1, 24 * 60), tz=ZONES)
def test_what_a_screen_shows_can_be_typed_back(start, minutes, tz):
    end = start + timedelta(minutes=minutes)
    if not 0 < hours.clock_minutes(start, end, tz) <= 24 * 60:
        return
    shown = [hours.parse_clock(str(hours.clock_of(instant, tz))) for instant in (start, end)]
    folds = [bool(instant.astimezone(tz).fold) for instant in (start, end)]
    typed_start = hours.entered_start(shown[0], start, tz, second=folds[0])
    assert (typed_start, hours.entered_end(shown[1], typed_start, tz, second=folds[1])) == (start, end)


@given(clock=CLOCKS.filter(lambda clock: clock.hour < 24), reference=INSTANTS, tz=ZONES)
def test_an_entered_start_is_near_or_on_the_same_date(clock, reference, tz):
    try:
        start = hours.entered_start(clock, reference, tz)
    except InvalidHour:
        assert (clock.hour, tz) == (2, PARIS)
        return
    near = abs(start - reference) <= timedelta(hours=6)
    assert near or hours.day_of(start, tz) == hours.day_of(reference, tz)


@given(tenths=st.integers(0, 9999))
def test_kilometres_round_trip(tenths):
    km = Decimal(tenths) / 10
    assert hours.parse_km(f"{km:.1f}".replace(".", ",")) == km
