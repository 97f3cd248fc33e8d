"""The totals of days stay those of the visits, whatever happens to them."""

from collections import Counter
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection

from interventions import day_totals
from interventions.actor import system
from interventions.day_totals import Total
from interventions.models import DayTotal, Intervention
from interventions.states import Action, Ground, Status
from tests.factories import World, a_gestionnaire, a_secteur, a_world, actor_of

pytestmark = pytest.mark.django_db

EVER = (date(2000, 1, 1), date(2100, 1, 1))


@pytest.fixture
def world() -> World:
    return a_world()


def counted(world: World, first: date, last: date) -> dict[Status, Total]:
    """Count the visits themselves."""
    visits: Counter[str] = Counter()
    spent: dict[str, timedelta] = {}
    km: dict[str, Decimal] = {}
    found: Any = Intervention.objects.filter(agence=world.agence, withdrawn=False).between(first, last)
    for visit in found:
        visits[visit.status] += 1
        length = visit.retained_end - visit.retained_start
        spent[visit.status] = spent.get(visit.status, timedelta()) + length
        km[visit.status] = km.get(visit.status, Decimal()) + visit.retained_km
    return {Status(status): Total(visits[status], spent[status], km[status]) for status in visits}


def held(world: World, first: date = EVER[0], last: date = EVER[1]) -> dict[Status, Total]:
    return day_totals.between(world.as_manager, first, last)


def a_week_of_acts(world: World) -> None:
    """Plan, declare longer, validate, contest, cancel, move to another day, withdraw."""
    visits = [world.visit(start=f"{8 + place:02d}:00") for place in range(6)]
    longer = visits[0].retained
    world.act(
        visits[0],
        Action.COMPLETE,
        world.as_intervenant,
        facts=type(longer)(longer.start, longer.end + timedelta(minutes=20), Decimal("7.5")),
    )
    for visit in visits[1:4]:
        world.act(visit, Action.COMPLETE, world.as_intervenant)
    world.act(visits[1], Action.VALIDATE_FOR_CLIENT, world.as_manager, ground=Ground.PHONE)
    world.act(visits[2], Action.WITHDRAW, world.as_intervenant)
    earlier = visits[4].retained
    moved = type(earlier)(earlier.start - timedelta(days=3), earlier.end - timedelta(days=3), earlier.km)
    world.act(visits[4], Action.MOVE, world.as_manager, facts=moved)


def test_each_act_keeps_the_totals_those_of_the_visits(world: World) -> None:
    assert held(world) == {}
    a_week_of_acts(world)
    days = sorted(set(Intervention.objects.values_list("day", flat=True)))
    assert len(days) == 2
    for first, last in (EVER, (days[0], days[0]), (days[1], days[1])):
        assert held(world, first, last) == counted(world, first, last) != {}


def test_gathering_changes_no_total_and_leaves_one_row_a_day_and_status(world: World) -> None:
    a_week_of_acts(world)
    before = held(world)
    assert DayTotal.objects.count() > 10
    day_totals.gather(world.agence, world.now)
    assert held(world) == before == counted(world, *EVER)
    assert DayTotal.objects.count() == len({(t.day, t.status) for t in DayTotal.objects.all()}) <= 6
    assert day_totals.gather(world.agence, world.now) == 0


def test_another_agency_counts_for_itself(world: World) -> None:
    a_week_of_acts(world)
    other = a_world()
    other.visit()
    assert held(other) == counted(other, *EVER)
    assert held(other)[Status.PLANNED].visits == 1
    before = DayTotal.objects.filter(agence=world.agence).count()
    day_totals.gather(other.agence, other.now)
    assert DayTotal.objects.filter(agence=world.agence).count() == before


def test_who_sees_only_some_visits_gets_no_total_of_all(world: World) -> None:
    limited = actor_of(a_gestionnaire(world.agence, secteurs=[a_secteur(world.agence)]))
    for actor in (limited, world.as_client, world.as_intervenant, system(world.agence)):
        assert not day_totals.knows(actor)
        with pytest.raises(ValueError, match=str(actor.role)):
            day_totals.between(actor, *EVER)


def test_a_statement_on_many_visits_writes_one_row_a_day_and_status(world: World) -> None:
    for place in range(5):
        world.visit(start=f"{8 + place:02d}:00")
    day_totals.gather(world.agence, world.now)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE interventions_intervention SET retained_km = retained_km + 1")
    changes = DayTotal.objects.order_by("pk").values_list("status", "visits", "seconds", "km")
    assert list(changes)[1:] == [("planned", 0, 0, Decimal("5.0"))]
