"""What is odd about a time that is about to be planned, and who could make a visit."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from interventions.guards import ContratTerms
from interventions.models import Intervenant
from interventions.planning.cautions import Caution, Kind, weigh
from interventions.planning.replacements import candidates
from interventions.planning.slots import Slot
from interventions.states import Action
from tests import factories
from tests.factories import World, local

pytestmark = pytest.mark.django_db
DAY = date(2026, 12, 2)  # a Wednesday


@pytest.fixture
def world() -> World:
    return factories.a_world()


def a_slot(world: World, start: str = "09:00", minutes: int = 60, day: date = DAY, **fields: Any) -> Slot:
    """Return a time for the world's client and intervenant, on their contrat."""
    begins = local(day, start)
    contrat = world.contrat
    terms = ContratTerms(contrat.client_id, contrat.state, contrat.billable, contrat.starts_on, contrat.ends_on)
    usual: dict[str, Any] = {"intervenant_id": world.intervenant.pk, "contrat": terms}
    return Slot(world.client.pk, begins, begins + timedelta(minutes=minutes), **(usual | fields))


def kinds(found: list[Caution]) -> list[Kind]:
    """Return what is odd, in its order."""
    return [caution.kind for caution in found]


def odd(world: World, *slots: Slot) -> list[Kind]:
    """Return what is odd about these times."""
    return kinds(weigh(slots, world.as_manager))


def test_nothing_is_odd(world: World) -> None:
    world.visit(day=DAY, start="08:00")
    world.visit(day=DAY, start="10:00")
    assert odd(world, a_slot(world)) == []
    assert weigh([], world.as_manager) == []


def test_the_intervenant_is_elsewhere(world: World) -> None:
    other = factories.a_client(world.agence)
    visit = world.visit(day=DAY, start="09:30", client_id=other.pk, contrat_id=None)
    [found] = weigh([a_slot(world)], world.as_manager)
    assert (found.kind, found.visit_id) == (Kind.INTERVENANT_BUSY, visit.pk)
    assert odd(world, a_slot(world, intervenant_id=None)) == []
    assert odd(world, a_slot(world, intervention_id=visit.pk)) == []


def test_the_client_has_somebody_already(world: World) -> None:
    other = factories.an_intervenant(world.agence)
    world.visit(day=DAY, start="09:30", intervenant_id=other.pk)
    assert odd(world, a_slot(world)) == [Kind.CLIENT_BUSY]


def test_a_night_reaches_into_the_next_day_and_the_week_before(world: World) -> None:
    monday = date(2026, 11, 30)
    world.visit(day=monday - timedelta(days=1), start="22:00", minutes=9 * 60)
    assert odd(world, a_slot(world, start="06:30", day=monday)) == [Kind.INTERVENANT_BUSY]


def test_a_cancelled_visit_takes_no_time(world: World) -> None:
    visit = world.visit(day=DAY)
    world.act(visit, Action.CANCEL, world.as_manager, motif_id=world.motif().pk)
    assert odd(world, a_slot(world)) == []


@pytest.mark.parametrize(("whose", "starts", "ends", "away"), [
    ("client", DAY, DAY, True),
    ("client", DAY - timedelta(days=9), None, True),
    ("intervenant", DAY, DAY, True),
    ("intervenant", DAY + timedelta(days=1), None, False),
    ("client", DAY - timedelta(days=3), DAY - timedelta(days=1), False),
])  # fmt: skip
def test_somebody_is_away(world: World, whose: str, starts: date, ends: date | None, away: bool) -> None:
    factories.an_absence(getattr(world, whose), starts_on=starts, ends_on=ends)
    assert odd(world, a_slot(world)) == ([Kind.AWAY] if away else [])


def test_midnight_is_not_the_next_day(world: World) -> None:
    factories.an_absence(world.client, starts_on=DAY + timedelta(days=1))
    assert odd(world, a_slot(world, start="23:00", minutes=60)) == []
    assert odd(world, a_slot(world, start="23:00", minutes=61)) == [Kind.AWAY]


def test_no_contrat_covers_it(world: World) -> None:
    assert odd(world, a_slot(world, contrat=None)) == [Kind.CONTRAT]
    assert odd(world, a_slot(world, contrat=None, asks_contrat=False)) == []
    assert odd(world, a_slot(world, day=date(2024, 12, 2))) == [Kind.CONTRAT]


def test_a_week_that_is_too_long(world: World) -> None:
    world.intervenant.weekly_minutes = 5 * 60
    world.intervenant.save()
    world.visit(day=DAY - timedelta(days=2), minutes=200)
    world.visit(day=DAY + timedelta(days=5), minutes=200)
    assert odd(world, a_slot(world, minutes=100)) == []
    [found] = weigh([a_slot(world, minutes=101)], world.as_manager)
    assert (found.kind, found.week, found.minutes) == (Kind.WEEK, date(2026, 11, 30), 301)
    assert odd(world, a_slot(world, minutes=60), a_slot(world, start="12:00", minutes=60)) == [Kind.WEEK]


def test_other_agencies_take_no_time(world: World) -> None:
    factories.a_world().visit(day=DAY)
    assert odd(world, a_slot(world)) == []


def test_many_times_cost_as_much_as_one(world: World) -> None:
    def cost(count: int) -> int:
        slots = [a_slot(world, day=DAY + timedelta(days=n)) for n in range(count)]
        with CaptureQueriesContext(connection) as statements:
            weigh(slots, world.as_manager)
        return len(statements)

    assert [cost(1), cost(60)] == [3, 3]


def test_who_knows_the_client_and_is_free_comes_first(world: World) -> None:
    def person(name: str, **fields: Any) -> int:
        return factories.an_intervenant(world.agence, last_name=name, **fields).pk

    stranger, knows = person("Inconnue"), person("Connue")
    busy, away, full = person("Occupée"), person("Absente"), person("Pleine", weekly_minutes=60)
    person("Partie", archived_at=world.now)
    for who in (knows, knows, full, busy):
        world.visit(day=DAY - timedelta(days=20), intervenant_id=who)
    other = factories.a_client(world.agence)
    world.visit(day=DAY, start="09:30", intervenant_id=busy, client_id=other.pk, contrat_id=None)
    world.visit(day=DAY + timedelta(days=1), intervenant_id=full, client_id=other.pk, contrat_id=None, minutes=30)
    factories.an_absence(Intervenant.objects.get(pk=away), starts_on=DAY, ends_on=DAY)
    found = candidates(a_slot(world), world.as_manager)
    assert [one.intervenant.pk for one in found] == [knows, stranger, full, busy, away]
    assert [one.visits_before for one in found] == [2, 0, 1, 1, 0]
    assert [(one.free, one.away, one.fits_week) for one in found[2:]] == [
        (True, False, False),
        (False, False, True),
        (True, True, True),
    ]
    assert found[2].week_minutes == 90


def test_the_ranking_costs_the_same_for_many(world: World) -> None:
    def cost() -> int:
        with CaptureQueriesContext(connection) as statements:
            candidates(a_slot(world), world.as_manager)
        return len(statements)

    before = cost()
    for n in range(20):
        someone = factories.an_intervenant(world.agence, last_name=f"Nom {n}")
        world.visit(day=DAY, start="14:00", minutes=10, intervenant_id=someone.pk)
    assert (before, cost()) == (5, 5)
