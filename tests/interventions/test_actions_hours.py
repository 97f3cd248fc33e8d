"""Nights, 24:00, both clock changes, a leap day and another time zone, through the acts themselves."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from interventions import hours
from interventions.guards import Facts
from interventions.models import Intervention
from interventions.operations import Change, NewVisit
from interventions.states import Action
from tests.factories import World, a_world
from tests.interventions import acts
from tests.interventions.acts import did, ending, press, refused, version

pytestmark = pytest.mark.django_db
AUTUMN, SPRING = date(2026, 10, 25), date(2027, 3, 28)
LEAP = date(2028, 2, 29)


def typed(world: World, visit: Intervention, start: str, end: str, km: str = "1.0") -> Facts:
    """Return the facts that the intervenant means who types these hours beside this visit."""
    tz, reference = world.agence.zone, visit.declared or visit.retained
    begins = hours.entered_start(hours.parse_clock(start), reference.start, tz)
    return Facts(begins, hours.entered_end(hours.parse_clock(end), begins, tz), Decimal(km))


def a_night(day: date, start: str = "22:00", minutes: int = 480, **agence: Any) -> tuple[World, Intervention]:
    """Return a world some days after `day`, and a visit that begins that evening."""
    world = a_world(**agence)
    world.now = datetime.combine(day + timedelta(days=3), datetime.min.time(), UTC) + timedelta(hours=11)
    return world, world.visit(day=day, start=start, minutes=minutes)


@pytest.mark.parametrize(
    ("day", "start", "end", "elapsed"),
    [
        (date(2026, 11, 20), "22:00", "06:00", 480),
        (date(2026, 11, 20), "22:00", "24:00", 120),
        (date(2026, 11, 20), "22:00", "22:00", 1440),
        (AUTUMN - timedelta(days=1), "22:00", "06:00", 540),
        (AUTUMN - timedelta(days=1), "22:00", "22:00", 1500),
        (SPRING - timedelta(days=1), "22:00", "06:00", 420),
        (SPRING - timedelta(days=1), "22:00", "22:00", 1380),
        (LEAP - timedelta(days=1), "22:00", "06:00", 480),
        (LEAP, "22:00", "24:00", 120),
    ],
)
def test_a_night_is_worth_the_time_that_passed(day: date, start: str, end: str, elapsed: int) -> None:
    world, visit = a_night(day)
    facts = typed(world, visit, start, end)
    world.act(visit, Action.COMPLETE, world.as_intervenant, facts=facts)
    assert (visit.status, visit.declared, visit.day) == ("done", facts, day)
    assert hours.elapsed_minutes(visit.retained_start, visit.retained_end) == elapsed


@pytest.mark.parametrize(("start", "day"), [("21:30", LEAP), ("00:30", date(2028, 3, 1))])
def test_an_entered_start_carries_a_night_over_a_leap_days_end(start: str, day: date) -> None:
    world, visit = a_night(LEAP)
    world.act(visit, Action.COMPLETE, world.as_intervenant, facts=typed(world, visit, start, "06:00"))
    assert (visit.day, visit.retained_end) == (day, datetime(2028, 3, 1, 5, tzinfo=UTC))


def test_a_leap_day_is_reported_moved_and_contested() -> None:
    world, visit = a_night(LEAP, "09:00", 60)
    facts = typed(world, visit, "23:00", "24:00")
    change = Change(
        Action.REPORT, new=NewVisit(world.client.pk, world.prestation.pk, facts.start, facts.end, facts.km)
    )
    made = acts.born(press(world, [change], world.as_intervenant))
    assert (made.day, made.retained_end) == (LEAP, datetime(2028, 2, 29, 23, tzinfo=UTC))
    before = replace(facts, start=facts.start - timedelta(days=1), end=facts.end - timedelta(days=1))
    did(
        world,
        visit,
        Action.MOVE,
        world.as_manager,
        to="planned",
        sets={**version("planned", before), **version("retained", before), "day": date(2028, 2, 28)},
        facts=before,
    )


@pytest.mark.parametrize("night", [AUTUMN, SPRING])
def test_24_hours_on_the_clock_and_not_a_minute_more(night: date) -> None:
    world, visit = a_night(night - timedelta(days=1), "12:00")
    whole = typed(world, visit, "12:00", "12:00")
    more = replace(whole, end=whole.end + timedelta(minutes=1))
    refused(world, visit, Action.COMPLETE, world.as_intervenant, "facts", facts=more)
    assert not world.act(visit, Action.COMPLETE, world.as_intervenant, facts=whole).refused
    motif = world.motif(kind="refus", opens_hours=True).pk
    refused(world, visit, Action.CONTEST, world.as_client, "facts", facts=more, motif_id=motif)


def test_the_second_of_an_hour_that_exists_twice_can_be_meant() -> None:
    world, visit = a_night(AUTUMN - timedelta(days=1))
    world.act(visit, Action.COMPLETE, world.as_intervenant)
    tz, clock = world.agence.zone, hours.parse_clock("02:30")
    first, second = (hours.entered_end(clock, visit.retained_start, tz, second=later) for later in (False, True))
    assert hours.elapsed_minutes(first, second) == 60
    acts.contest(world, visit, facts=ending(visit.declared, second))
    world.act(visit, Action.ACCEPT_CHANGE, world.as_intervenant)
    assert (visit.retained_end, visit.status) == (second, "validated")
    assert hours.elapsed_minutes(visit.retained_start, visit.retained_end) == 330


def test_an_hour_that_does_not_exist_is_refused_in_words() -> None:
    world, visit = a_night(SPRING - timedelta(days=1))
    with pytest.raises(hours.InvalidHour, match="n’existe pas le 28/03/2027"):
        typed(world, visit, "22:00", "02:30")


REUNION = "Indian/Reunion"


@pytest.mark.parametrize(
    ("now", "past"),
    [
        # The visit is of 24 November, 09:00 to 10:00 in Saint-Denis: past from 20:00 UTC on, its midnight.
        (datetime(2026, 11, 24, 19, 59, tzinfo=UTC), False),
        (datetime(2026, 11, 24, 20, 0, tzinfo=UTC), True),
    ],
)
def test_past_begins_at_the_midnight_of_the_agency(now: datetime, past: bool) -> None:
    world = a_world(timezone=REUNION)
    visit = world.visit(day=date(2026, 11, 24))
    world.now = now
    today = world.as_intervenant.today(now)
    assert Intervention.objects.to_declare(today).filter(pk=visit.pk).exists() is past
    if past:
        assert not world.act(visit, Action.COMPLETE, world.as_intervenant).refused
    else:
        refused(world, visit, Action.COMPLETE, world.as_intervenant, "past")


def test_a_day_and_a_month_are_those_of_the_agency() -> None:
    """Half past midnight of 1 November in Saint-Denis is 20:30 UTC of 31 October, and no clock ever changes there."""
    world, visit = a_night(date(2026, 11, 1), "00:30", timezone=REUNION)
    assert (visit.planned_start, visit.day) == (datetime(2026, 10, 31, 20, 30, tzinfo=UTC), date(2026, 11, 1))
    facts = typed(world, visit, "23:30", "02:00")
    world.act(visit, Action.COMPLETE, world.as_intervenant, facts=facts)
    assert visit.day == date(2026, 10, 31)
    world, visit = a_night(AUTUMN - timedelta(days=1), timezone=REUNION)
    world.act(visit, Action.COMPLETE, world.as_intervenant, facts=typed(world, visit, "22:00", "06:00"))
    assert hours.elapsed_minutes(visit.retained_start, visit.retained_end) == 480


def test_nothing_declared_lies_in_the_future() -> None:
    world = a_world(same_day_allowed=True)
    visit = world.visit(day=world.now.date(), start="10:00")
    ends = ending(visit.planned, world.now)
    soon = world.now + timedelta(minutes=1)
    refused(world, visit, Action.COMPLETE, world.as_intervenant, "past", facts=replace(ends, end=soon))
    assert not world.act(visit, Action.COMPLETE, world.as_intervenant, facts=ends).refused
    ahead = ending(visit.declared, soon)
    refused(world, visit, Action.CORRECT, world.as_intervenant, "facts", facts=ahead)
    motif = world.motif(kind="refus", opens_hours=True).pk
    refused(world, visit, Action.CONTEST, world.as_client, "facts", facts=ahead, motif_id=motif)
