"""How figures, hours and days read in French."""

import datetime as dt
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from portals.web import format as fmt

PARIS = ZoneInfo("Europe/Paris")
REUNION = ZoneInfo("Indian/Reunion")
TODAY = dt.date(2026, 10, 27)


def at(day: str, hour: str = "00:00", tz: dt.tzinfo = PARIS) -> dt.datetime:
    return dt.datetime.fromisoformat(f"{day}T{hour}").replace(tzinfo=tz)


def plain(text: str) -> str:
    """Show no-break spaces as plain ones: most cases are about words."""
    return text.replace("\u202f", " ").replace("\u00a0", " ")


def test_numbers_hold_to_their_units_by_narrow_no_break_spaces():
    assert fmt.hour(at("2026-10-19", "09:00")) == "9\u202fh\u202f00"
    assert fmt.duration(90) == "1\u202fh\u202f30"
    assert fmt.km(Decimal("2.4")) == "2,4\u202fkm"
    assert fmt.signed_duration(-30) == "\u221230\u202fmin"
    assert fmt.number(6842) == "6\u202f842"


def test_an_hour_is_that_of_the_agency():
    moment = at("2026-10-19", "07:00", dt.UTC)
    assert plain(fmt.hour(moment, PARIS)) == "9 h 00"
    assert plain(fmt.hour(moment, REUNION)) == "11 h 00"
    with timezone.override(REUNION):
        assert plain(fmt.hour(moment)) == "11 h 00"


def test_a_naive_moment_is_refused():
    with pytest.raises(ValueError, match="naive"):
        fmt.hour(at("2026-10-19").replace(tzinfo=None))


@pytest.mark.parametrize(
    ("minutes", "short", "signed", "words"),
    [
        (0, "0 h", "0 min", "Comme prévu"),
        (1, "1 min", "+1 min", "1 minute de plus que prévu"),
        (45, "45 min", "+45 min", "45 minutes de plus que prévu"),
        (60, "1 h", "+1 h", "1 heure de plus que prévu"),
        (125, "2 h 05", "+2 h 05", "2 heures et 5 minutes de plus que prévu"),
        (598_255, "9 970 h 55", "+9 970 h 55", "9970 heures et 55 minutes de plus que prévu"),
        (-30, "30 min", "\u221230 min", "30 minutes de moins que prévu"),
        (-90, "1 h 30", "\u22121 h 30", "1 heure et 30 minutes de moins que prévu"),
    ],
)
def test_durations_and_differences(minutes, short, signed, words):
    assert plain(fmt.duration(minutes)) == short
    assert plain(fmt.signed_duration(minutes)) == signed
    assert plain(fmt.difference(minutes)) == words


@pytest.mark.parametrize(
    ("value", "text", "signed"),
    [
        (Decimal("2.4"), "2,4 km", "+2,4 km"),
        (Decimal("8.0"), "8 km", "+8 km"),
        (Decimal("-0.5"), "0,5 km", "\u22120,5 km"),
        (0, "0 km", "0 km"),
        (Decimal(100), "100 km", "+100 km"),
        (Decimal("12480.5"), "12 480,5 km", "+12 480,5 km"),
        (1_234_567, "1 234 567 km", "+1 234 567 km"),
    ],
)
def test_kilometres(value, text, signed):
    assert plain(fmt.km(value)) == text
    assert plain(fmt.signed_km(value)) == signed


@pytest.mark.parametrize(
    ("start", "end", "text"),
    [
        (at("2026-10-19", "09:00"), at("2026-10-19", "10:30"), "9 h 00 – 10 h 30"),
        (at("2026-10-19", "22:00"), at("2026-10-20", "06:00"), "22 h 00 – 6 h 00 (le lendemain)"),
        (at("2026-10-19", "22:00"), at("2026-10-20"), "22 h 00 – 24 h 00"),
        (at("2026-10-19"), at("2026-10-19", "00:15"), "0 h 00 – 0 h 15"),
        (at("2026-10-19"), at("2026-10-20"), "0 h 00 – 24 h 00"),
    ],
)
def test_time_ranges(start, end, text):
    assert plain(fmt.time_range(start, end, PARIS)) == text


def test_a_time_range_in_words():
    start, end = at("2026-10-19", "09:00"), at("2026-10-19", "10:30")
    assert plain(fmt.time_range_words(start, end, PARIS)) == "De 9 h 00 à 10 h 30"


def test_a_night_of_the_clock_change_says_what_really_passed():
    autumn = at("2026-10-24", "22:00"), at("2026-10-25", "06:00")
    spring = at("2026-03-28", "22:00"), at("2026-03-29", "06:00")
    usual = at("2026-10-19", "22:00"), at("2026-10-20", "06:00")
    assert [fmt.elapsed(*night) for night in (autumn, spring, usual)] == [540, 420, 480]
    assert plain(fmt.clock_change(*autumn, PARIS)) == "nuit du changement d’heure : 9 h écoulées"
    assert plain(fmt.clock_change(*spring, PARIS)) == "nuit du changement d’heure : 7 h écoulées"
    assert fmt.clock_change(*usual, PARIS) == ""
    assert fmt.clock_change(*autumn, REUNION) == ""


@pytest.mark.parametrize(
    ("date", "text"),
    [
        (dt.date(2026, 10, 19), "lundi 19 octobre"),
        (dt.date(2026, 11, 1), "dimanche 1er novembre"),
        (dt.date(2027, 1, 4), "lundi 4 janvier 2027"),
        (at("2026-10-19", "23:00", dt.UTC), "mardi 20 octobre"),
    ],
)
def test_days(date, text):
    assert fmt.day(date, TODAY, PARIS) == text


def test_short_days_and_months():
    assert fmt.day_short(dt.date(2026, 10, 19)) == "lun. 19/10"
    assert fmt.month(dt.date(2026, 10, 19)) == "octobre 2026"


@pytest.mark.parametrize(
    ("date", "text"),
    [
        (dt.date(2026, 10, 22), "Semaine du 19 au 25 octobre"),
        (dt.date(2026, 11, 1), "Semaine du 26 octobre au 1er novembre"),
        (dt.date(2026, 12, 31), "Semaine du 28 décembre 2026 au 3 janvier 2027"),
        (dt.date(2025, 10, 22), "Semaine du 20 au 26 octobre 2025"),
    ],
)
def test_weeks(date, text):
    assert fmt.week(date, TODAY) == text


@pytest.mark.parametrize(
    ("ago", "words", "short"),
    [
        (dt.timedelta(seconds=20), "à l’instant", "0 min"),
        (dt.timedelta(minutes=1), "il y a 1 minute", "1 min"),
        (dt.timedelta(hours=5), "il y a 5 heures", "5 h"),
        (dt.timedelta(days=1), "il y a 1 jour", "1 j"),
        (dt.timedelta(days=15), "il y a 15 jours", "15 j"),
        (dt.timedelta(days=100), "il y a 3 mois", "100 j"),
        (dt.timedelta(hours=-1), "à l’instant", "0 min"),
    ],
)
def test_ages(ago, words, short):
    now = at("2026-10-27", "09:00")
    assert plain(fmt.age(now - ago, now)) == words
    assert plain(fmt.age_short(now - ago, now)) == short


def test_a_carer_is_shown_by_first_name_and_initial():
    assert fmt.first_name_initial("Aïcha", "lemoine") == "Aïcha L."
    assert fmt.first_name_initial("Aïcha", "") == "Aïcha"
