"""Series: their days, their visits, going on, changing and ending."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from interventions.guards import Guard
from interventions.jobs import extend_series
from interventions.models import Intervention, Series
from interventions.operations import Refused
from interventions.planning import series as serial
from interventions.planning.recurrence import days_of, facts_on, parts, weekly
from interventions.states import Action, Origin, Status
from tests import factories
from tests.factories import PARIS, World

pytestmark = pytest.mark.django_db
MONDAY = date(2026, 11, 30)
DAY = timedelta(days=1)


@pytest.fixture
def world() -> World:
    return factories.a_world()


def unsaved(world: World, **fields: Any) -> Series:
    """Return Mondays and Thursdays, nine to ten, from the next Monday on."""
    usual: dict[str, Any] = {
        "agence": world.agence,
        "client": world.client,
        "intervenant": world.intervenant,
        "prestation": world.prestation,
        "contrat": world.contrat,
        "rule": weekly([0, 3]),
        "starts_on": MONDAY,
        "start": time(9),
        "end": time(10),
        "km": Decimal("2.0"),
    }
    return Series(**(usual | fields))


def started(world: World, **fields: Any) -> Series:
    """Return a series whose first visits are planned."""
    made = unsaved(world, **fields)
    assert not serial.start(made, actor=world.as_manager, at=world.now, key=factories.key()).refused
    return made


def days(series: Series) -> list[date]:
    """Return the days of its visits that are not cancelled."""
    found = series.interventions.exclude(status=Status.CANCELLED)
    return list(found.order_by("day").values_list("day", flat=True))


def test_a_rule_is_read_as_it_was_made() -> None:
    assert weekly([3, 0, 3], 2) == "FREQ=WEEKLY;INTERVAL=2;WKST=MO;BYDAY=MO,TH"
    assert parts(weekly([3, 0], 2)) == ([0, 3], 2)


def test_every_second_week_counts_from_the_start(world: World) -> None:
    series = unsaved(world, rule=weekly([0, 2], 2), starts_on=MONDAY + 2 * DAY)
    found = days_of(series, MONDAY + 7 * DAY, MONDAY + 30 * DAY)
    assert [f"{day:%d/%m}" for day in found] == ["14/12", "16/12", "28/12", "30/12"]


def test_feasts_and_what_lies_outside_are_left_out(world: World) -> None:
    series = unsaved(world, rule=weekly([4]), skips_holidays=True, ends_on=date(2027, 1, 8))
    found = days_of(series, date(2026, 12, 18), date(2027, 2, 1))
    assert found == [date(2026, 12, 18), date(2027, 1, 8)]
    assert days_of(series, date(2027, 1, 9), date(2027, 2, 1)) == []
    series.skips_holidays = False
    assert date(2026, 12, 25) in days_of(series, date(2026, 12, 18), date(2027, 2, 1))


def test_hours_keep_to_the_clock_over_a_change(world: World) -> None:
    series = unsaved(world)
    assert facts_on(series, date(2027, 3, 25), PARIS).start == datetime(2027, 3, 25, 8, tzinfo=UTC)
    assert facts_on(series, date(2027, 3, 29), PARIS).start == datetime(2027, 3, 29, 7, tzinfo=UTC)
    night = unsaved(world, start=time(22), end=time(2, 30))
    facts = facts_on(night, date(2027, 3, 27), PARIS)
    assert (facts.end - facts.start) == timedelta(hours=4, minutes=30)
    skipped = facts_on(unsaved(world, start=time(2, 30), end=time(4)), date(2027, 3, 28), PARIS)
    assert skipped.start < skipped.end


def test_its_visits_are_planned_a_quarter_ahead_in_one_batch(world: World) -> None:
    series = started(world)
    found = Intervention.objects.filter(series=series)
    assert found.count() == len(days(series)) == 26
    visit = found.earliest("day")
    assert (visit.origin, visit.status, visit.contrat) == (Origin.RECURRENCE, Status.PLANNED, world.contrat)
    assert days(series)[:3] == [MONDAY, MONDAY + 3 * DAY, MONDAY + 7 * DAY]
    assert {visit.journal.get().batch_id for visit in found} == {visit.journal.get().batch_id}


def test_the_same_press_makes_one_series(world: World) -> None:
    key = factories.key()
    for _ in range(2):
        serial.start(unsaved(world), actor=world.as_manager, at=world.now, key=key)
    assert Series.objects.filter(agence=world.agence).count() == 1


def test_the_job_goes_on_and_does_nothing_twice(world: World) -> None:
    series = started(world)
    before = days(series)
    later = world.now + timedelta(days=21)
    assert len(serial.extend(world.agence, later).done) == 6
    assert serial.extend(world.agence, later) is None
    assert days(series)[: len(before)] == before
    assert len(days(series)) == len(set(days(series))) == len(before) + 6


def test_the_task_goes_through_every_agency(world: World) -> None:
    series = started(world)
    Series.objects.filter(pk=series.pk).update(made_until=MONDAY + 7 * DAY)
    series.interventions.filter(day__gt=MONDAY + 7 * DAY).update(series=None)
    assert extend_series() > 20
    assert extend_series() == 0


def test_the_job_waits_while_the_module_is_off(world: World) -> None:
    series = started(world)
    world.agence.module_enabled = False
    assert serial.extend(world.agence, world.now + timedelta(days=21)) is None
    series.refresh_from_db()
    assert series.made_until == world.now.date() + serial.AHEAD


def test_the_job_leaves_out_a_client_who_is_away_and_nobody_sends_who_is(world: World) -> None:
    series = started(world)
    edge = series.made_until
    factories.an_absence(world.client, starts_on=edge + DAY, ends_on=edge + 7 * DAY)
    factories.an_absence(world.intervenant, starts_on=edge + 8 * DAY, ends_on=edge + 14 * DAY)
    serial.extend(world.agence, world.now + timedelta(days=21))
    later = series.interventions.filter(day__gt=edge).order_by("day")
    assert [visit.status for visit in later] == [Status.DRAFT] * 2 + [Status.PLANNED] * 2
    assert later.earliest("day").day > edge + 7 * DAY


def test_a_client_who_is_archived_gets_no_more_visits(world: World) -> None:
    started(world)
    world.client.archived_at = world.now
    world.client.save()
    assert serial.extend(world.agence, world.now + timedelta(days=21)) is None


def test_many_series_go_on_for_the_price_of_one(world: World) -> None:
    def cost(at: datetime) -> int:
        with CaptureQueriesContext(connection) as statements:
            serial.extend(world.agence, at)
        return len(statements)

    started(world)
    one = cost(world.now + timedelta(days=14))
    for n in range(5):
        series = started(world, start=time(10 + n), end=time(11 + n))
        Series.objects.filter(pk=series.pk).update(made_until=world.now.date() + timedelta(days=106))
    assert cost(world.now + timedelta(days=28)) == one


def shape(series: Series, **fields: Any) -> serial.Shape:
    """Return what the series is like, with something changed."""
    now = serial.Shape.of(series)
    names = ("start", "end", "km", "intervenant_id", "ordre_de_mission")
    return serial.Shape(**({name: getattr(now, name) for name in names} | fields))


def reshaped(world: World, series: Series, first: date, **fields: Any) -> Any:
    """Change a series from that day on."""
    return serial.reshape(
        series, shape(series, **fields), first, actor=world.as_manager, at=world.now, key=factories.key()
    )


def test_the_following_visits_change_and_the_earlier_stay(world: World) -> None:
    series = started(world)
    other = factories.an_intervenant(world.agence)
    outcome = reshaped(
        world, series, MONDAY + 7 * DAY, start=time(14), end=time(15), intervenant_id=other.pk, ordre_de_mission="Clés"
    )
    assert len(outcome.done) == 24
    starts = series.interventions.order_by("day").values_list("retained_start", "intervenant_id", "ordre_de_mission")
    assert [(one[0].astimezone(PARIS).hour, *one[1:]) for one in starts[:3]] == [
        (9, world.intervenant.pk, ""),
        (9, world.intervenant.pk, ""),
        (14, other.pk, "Clés"),
    ]
    series.refresh_from_db()
    assert (series.start, series.intervenant_id) == (time(14), other.pk)


def test_what_was_changed_alone_stays_and_what_is_declared_too(world: World) -> None:
    series = started(world, starts_on=world.now.date() - 9 * DAY)
    first, second, third = series.interventions.order_by("day")[:3]
    assert world.act(first, Action.COMPLETE, world.as_intervenant).done
    moved = facts_on(unsaved(world, start=time(17), end=time(18)), third.day, PARIS)
    world.act(third, Action.MOVE, world.as_manager, facts=moved)
    motif = world.motif().pk
    world.act(second, Action.CANCEL, world.as_manager, motif_id=motif)
    reshaped(world, series, first.day, start=time(14), end=time(15))
    for visit, hour in ((first, 9), (second, 9), (third, 17)):
        visit.refresh_from_db()
        assert visit.retained_start.astimezone(PARIS).hour == hour


def test_visits_that_wait_for_somebody_are_given(world: World) -> None:
    series = started(world, intervenant=None)
    outcome = reshaped(world, series, MONDAY, intervenant_id=world.intervenant.pk, start=time(8), end=time(9))
    assert {row.action for row in outcome.done} == {Action.MOVE, Action.ASSIGN}
    assert {visit.status for visit in series.interventions.all()} == {Status.PLANNED}


def test_it_ends(world: World) -> None:
    series = started(world)
    motif = world.motif().pk
    outcome = serial.end(series, MONDAY + 3 * DAY, motif, actor=world.as_manager, at=world.now, key=factories.key())
    assert len(outcome.done) == 24
    assert days(series) == [MONDAY, MONDAY + 3 * DAY]
    assert serial.extend(world.agence, world.now + timedelta(days=60)) is None


def test_planning_a_series_needs_the_right(world: World) -> None:
    reader = factories.actor_of(factories.a_gestionnaire(world.agence, may_manage=False))
    series = started(world)
    key = factories.key()
    presses = (
        lambda: serial.start(unsaved(world), actor=reader, at=world.now, key=key),
        lambda: serial.reshape(series, shape(series), MONDAY, actor=reader, at=world.now, key=key),
        lambda: serial.end(series, MONDAY, world.motif().pk, actor=reader, at=world.now, key=key),
    )
    for press in presses:
        with pytest.raises(Refused) as refused:
            press()
        assert refused.value.guard is Guard.RIGHT
    assert Series.objects.count() == 1


def test_a_series_of_another_secteur_is_not_there(world: World) -> None:
    series = started(world)
    limited = factories.a_gestionnaire(world.agence, secteurs=[factories.a_secteur(world.agence)])
    with pytest.raises(Series.DoesNotExist):
        serial.end(
            series, MONDAY, world.motif().pk, actor=factories.actor_of(limited), at=world.now, key=factories.key()
        )
