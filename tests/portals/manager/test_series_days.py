"""Other days of the week for a series, from a day on."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from interventions import operations
from interventions.guards import Facts
from interventions.models import Intervention, JournalEntry, Mail, Series
from interventions.operations import Change, NewVisit
from interventions.states import Action
from tests import factories
from tests.factories import World
from tests.portals.manager.conftest import Desk, desk_of, words
from tests.portals.manager.test_series import made

pytestmark = pytest.mark.django_db


def turned(desk: Desk, world: World, series: Series, **typed: Any) -> Any:
    """Send other days: Mondays and Fridays from 14 December on."""
    usual = {"first": "2026-12-14", "weekdays": [0, 4], "interval": 1, "motif": world.motif().pk}
    return desk.post(f"series/{series.public_id}/jours/", None, **(usual | typed))


def days(**found: Any) -> list[int]:
    """Return the days of December on which such visits stand."""
    visits = Intervention.objects.filter(**found).exclude(status="cancelled")
    return [visit.day.day for visit in visits.order_by("day")]


def test_the_old_one_ends_and_the_new_one_begins(desk: Desk, world: World) -> None:
    series = made(desk, world)  # Mondays and Thursdays of December, feasts aside
    assert days(series=series) == [3, 7, 10, 14, 17, 21, 24, 28, 31]
    Mail.objects.all().delete()
    asks = turned(desk, world, series, motif="")
    assert asks.status_code == 422
    assert "3 visites sont annulées" in words(asks)
    assert days(series=series) == [3, 7, 10, 14, 17, 21, 24, 28, 31]
    answer = turned(desk, world, series)
    series.refresh_from_db()
    new = Series.objects.latest("pk")
    assert answer.url == f"/gestion/series/{new.public_id}/"
    assert (series.ends_on, new.starts_on, new.ends_on) == (date(2026, 12, 13), date(2026, 12, 14), date(2026, 12, 31))
    assert days(series=series) == [3, 7, 10]
    assert days(series=new) == [14, 18, 21, 28]
    passed = JournalEntry.objects.filter(action=Action.MOVE)
    assert [(one.before, one.after) for one in passed] == [({"series_id": series.pk}, {"series_id": new.pk})] * 3
    told = {line.intervention.day.day for mail in Mail.objects.all() for line in mail.lines.all()}
    assert told == {17, 24, 31}


def test_what_was_cancelled_or_moved_by_itself_stays_so(desk: Desk, world: World) -> None:
    series = made(desk, world)
    monday = series.interventions.get(day=date(2026, 12, 21))
    world.act(monday, Action.CANCEL, world.as_manager, motif_id=world.motif().pk)
    moved = series.interventions.get(day=date(2026, 12, 17))
    facts = moved.retained
    later = Facts(facts.start + timedelta(days=1), facts.end + timedelta(days=1), facts.km)
    world.act(moved, Action.MOVE, world.as_manager, facts=later)
    turned(desk, world, series)
    new = Series.objects.latest("pk")
    assert days(series=new) == [14, 18, 28]
    moved.refresh_from_db()
    assert (moved.series_id, moved.day.day) == (new.pk, 18)


def test_the_same_press_twice_makes_one_series(desk: Desk, world: World) -> None:
    series, key = made(desk, world), factories.key()
    for _ in range(2):
        assert turned(desk, world, series, key=key).status_code == 303
    assert Series.objects.count() == 2


def test_who_may_not(desk: Desk, world: World) -> None:
    series = made(desk, world)
    reader = desk_of(factories.a_gestionnaire(world.agence, may_manage=False))
    assert "demande le droit de gestion" in words(turned(reader, world, series))
    away = desk_of(factories.a_gestionnaire(world.agence, secteurs=[factories.a_secteur(world.agence)]))
    assert turned(away, world, series).status_code == 404
    assert Series.objects.count() == 1


def test_a_visit_number_is_once(world: World) -> None:
    new = {"client_id": world.client.pk, "prestation_id": world.prestation.pk, "number": "V1"}
    first = factories.local(date(2026, 12, 1), "09:00")

    def plan(number: str) -> Change:
        begins = first + timedelta(hours=int(number[-1]))
        fields: dict[str, Any] = new | {"number": number, "start": begins, "end": begins + timedelta(hours=1)}
        return Change(Action.PLAN, new=NewVisit(**fields))

    def answers(*numbers: str) -> list[str]:
        changes = [plan(number) for number in numbers]
        outcome = operations.apply(changes, actor=world.as_manager, at=world.now, key=factories.key())
        return [str(row.refusal) for row in outcome.rows]

    assert answers("V1", "V2", "V1") == ["None", "None", "number"]
    assert answers("V2", "V3") == ["number", "None"]
    assert factories.a_world().visit(number="V1").number == "V1"
