"""The charts say what the table says: each figure against the table's own count, or against the visits one by one."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from typing import Any

import pytest
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext

from interventions.models import Intervention, Proposition
from interventions.states import Action, Role, Settled, Status
from tests import factories
from tests.factories import NOW, World
from tests.interventions import acts
from tests.tracking.browsing import HTMX, browser_of, in_every_status, planned
from tracking.address import Address
from tracking.charts import drawn, shapes
from tracking.charts.counts import AGES, DECLARED, Named, by_motif, by_person, overview
from tracking.filters import Filters
from tracking.totals import counted

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)
PERIOD = "du=2026-10-01&au=2026-11-30"


def filters_of(world: World, query: str = "", **changes: str) -> Filters:
    asked = QueryDict(f"{PERIOD}&{query}", mutable=True)
    asked.update(changes)
    return Filters(asked, world.as_manager, world.now)


def size(filters: Filters) -> int:
    assert filters.is_valid()
    return sum(total.visits for total in counted(filters.visits()).values())


def a_month(world: World) -> None:
    """Fill some weeks with visits in every status, declared and validated sooner and later."""
    for n, day in enumerate((NOW.date() - DAY, NOW.date() - 5 * DAY, NOW.date() - 12 * DAY, NOW.date() - 30 * DAY)):
        visits = in_every_status(world, day)
        moment = factories.local(day, "20:00") + n * dt.timedelta(hours=1)
        Intervention.objects.filter(pk__in=[visit.pk for visit in visits]).update(last_at=moment)
        for visit in Intervention.objects.filter(pk__in=[visit.pk for visit in visits], done_at__isnull=False):
            Intervention.objects.filter(pk=visit.pk).update(
                done_at=moment,
                settled_at=moment + dt.timedelta(hours=40 + 8 * n) if visit.settled_at else None,
            )
    for way in Settled:
        visit = acts.validated(world, day=NOW.date() - 9 * DAY, start=f"{8 + list(Settled).index(way):02}:00")
        Intervention.objects.filter(pk=visit.pk).update(settled_by=way)


def test_the_waits_are_those_of_the_filter() -> None:
    world = factories.a_world()
    a_month(world)
    found = overview(filters_of(world))
    for n, days in enumerate(AGES[1:], 1):
        longer = sum(found.aged(each) for each in range(n, len(AGES)))
        assert longer == size(filters_of(world, attente=str(days))), days
        assert longer
    turns = Counter[Role | None]()
    for visit in filters_of(world, attente="0").visits() if filters_of(world, attente="0").is_valid() else []:
        turns[Status(visit.status).turn] += 1  # type: ignore[attr-defined]
    by_turn = Counter[Role | None]()
    for (_age, role), n in found.waiting.items():
        by_turn[role] += n
    assert by_turn == turns


def test_the_ways_of_validating_are_those_of_the_filter() -> None:
    world = factories.a_world()
    a_month(world)
    settled = overview(filters_of(world)).settled
    assert {way: settled[way] for way in Settled} == {way: size(filters_of(world, validee=way)) for way in Settled}
    assert sum(settled.values()) == size(filters_of(world, statut="validated"))


def test_the_48_hours_of_each_week() -> None:
    world = factories.a_world()
    a_month(world)
    expected: dict[dt.date, list[int]] = {}
    for visit in Intervention.objects.filter(status__in=DECLARED, done_at__isnull=False):
        if visit.done_at and visit.done_at <= NOW - 2 * DAY:
            week = expected.setdefault(visit.day - dt.timedelta(visit.day.weekday()), [0, 0])
            week[0] += 1
            if visit.status == Status.VALIDATED and visit.settled_at:
                week[1] += visit.settled_at - visit.done_at <= dt.timedelta(hours=48)
    weeks = {week.monday: [week.asked, week.within] for week in overview(filters_of(world)).weeks if week.asked}
    assert weeks == expected
    assert any(0 < within < asked for asked, within in weeks.values())


def test_the_disputes_of_the_filter_by_motif_and_person() -> None:
    world = factories.a_world()
    a_month(world)
    annulled = acts.cancelled_by_client(world, day=NOW.date() - 3 * DAY, start="21:00")
    taken_back = acts.contested(world, day=NOW.date() - 3 * DAY, start="22:00", minutes=30)
    world.act(taken_back, Action.RETRACT, world.as_client)
    outside = acts.contested(world, day=dt.date(2026, 9, 30))
    filters = filters_of(world)
    assert filters.is_valid()
    counts = Counter(
        proposition.motif.label
        for proposition in Proposition.objects.filter(intervention__in=filters.visits().values("pk"))
        if proposition.motif and proposition.intervention_id != taken_back.pk
    )
    assert {one.label: one.count for one in by_motif(filters)} == counts
    assert annulled.motif
    assert counts[annulled.motif.label] == 1
    total = Proposition.objects.exclude(intervention__in=[taken_back.pk, outside.pk]).count()
    for who, person in (("client", world.client), ("intervenant", world.intervenant)):
        (only,) = by_person(filters, who)
        assert (only.public_id, only.count) == (str(person.public_id), total)
    narrowed = filters_of(world, statut="contested")
    assert narrowed.is_valid()
    assert sum(one.count for one in by_motif(narrowed)) == 4


def test_the_page_has_each_chart_with_its_table_and_a_few_in_the_head() -> None:
    world = factories.a_world()
    a_month(world)
    browser = browser_of(world.gestionnaire)
    page = browser.get(f"/suivi/graphiques/?{PERIOD}")
    keys = ["semaines", "attente", "motifs", "intervenants", "clients", "validees"]
    assert [chart.key for chart in page.context["charts"]] == keys
    assert page.text.count('role="img"') == page.text.count("table-figures") == 6
    assert page.text.count("<title id=") == page.text.count("<desc id=") == 6
    assert "style=" not in page.text
    assert "Quéré Yvonne" in page.text
    table = browser.get(f"/suivi/?{PERIOD}")
    assert str(table.context["summary"]) in page.text
    (wait,) = re.findall(r'id="graphiques" hx-get="([^"]+)"', table.text)
    head = browser.get(f"/suivi/{wait.replace('&amp;', '&')}", headers=HTMX)
    assert head.text.lstrip().startswith('<div class="card charts-head" id="graphiques">')
    assert [chart.key for chart in head.context["charts"]] == ["semaines", "attente", "motifs", "validees"]
    assert f'href="graphiques/?{wait.partition("?")[2]}"' in table.text


def test_links_of_the_tables_lead_to_what_they_count() -> None:
    world = factories.a_world()
    a_month(world)
    browser = browser_of(world.gestionnaire)
    page = browser.get(f"/suivi/graphiques/?{PERIOD}")
    charts = {chart.key: chart for chart in page.context["charts"]}
    rows = [(row.url, row.cells[0]) for row in charts["validees"].rows]
    rows += [(row.url, row.cells[-1]) for row in charts["attente"].rows if row.url]
    assert len(rows) == 6
    for query, said in rows:
        assert browser.get(f"/suivi/?{query}").context["matching"].visits == int(said), query


def test_a_filter_with_an_error_leads_to_the_table_and_nothing_to_nothing() -> None:
    world = factories.a_world()
    browser = browser_of(world.gestionnaire)
    assert browser.get("/suivi/graphiques/?du=x").url.startswith("/suivi/?")
    empty = browser.get("/suivi/graphiques/")
    assert (empty.status_code, empty.text.count("Rien à montrer pour ce filtre.")) == (200, 4)
    assert 'role="img"' not in browser.get("/suivi/graphiques/apercu/?du=x", headers=HTMX).text


def test_only_what_one_may_see_is_counted() -> None:
    world = factories.a_world()
    a_month(world)
    other = factories.a_secteur(world.agence)
    limited = browser_of(factories.a_gestionnaire(world.agence, secteurs=[other]))
    elsewhere = browser_of(factories.a_world().gestionnaire)
    for browser in (limited, elsewhere):
        page = browser.get(f"/suivi/graphiques/?{PERIOD}")
        assert {chart.figure for chart in page.context["charts"]} == {"0", "–"}
        assert "Quéré" not in page.text


def test_the_statements_do_not_grow_with_the_visits() -> None:
    world = factories.a_world()
    browser = browser_of(world.gestionnaire)
    browser.get(f"/suivi/graphiques/?{PERIOD}")
    counts: list[int] = []
    for _round in range(2):
        if counts:
            planned(world, 60, first=NOW.date() - 25 * DAY)
        a_month(world)
        with CaptureQueriesContext(connection) as statements:
            browser.get(f"/suivi/graphiques/?{PERIOD}")
        counts.append(len(statements))
    assert counts[0] == counts[1]


def test_more_than_a_few_are_counted_together() -> None:
    world = factories.a_world()
    filters = filters_of(world)
    assert filters.is_valid()
    address = Address.asked(filters, QueryDict())
    named: list[Any] = [Named(f"Motif {n}", 20 - n) for n in range(12)]
    chart = drawn._disputes("motifs", "Titre", named, 4, lambda _one: "")
    assert [row.label for row in chart.rows] == ["Motif 0", "Motif 1", "Motif 2", "Motif 3", "Tous les autres"]
    assert sum(int(row.cells[0]) for row in chart.rows) == sum(one.count for one in named) == int(chart.figure)
    assert address.query()


def test_shapes_keep_to_their_room() -> None:
    bars, height = shapes.bars([("a", 3, "3"), ("b", 0, "0"), ("c", 6, "6")])
    assert [bar.length for bar in bars] == ["50.00%", "0.00%", "100.00%"]
    assert (height, bars[2].bar_at) == ("7.20em", "6.30em")
    columns, _height = shapes.columns([(str(n), n / 20, f"{n}") for n in range(21)])
    assert [column.label for column in columns if column.label] == ["0", "20"]
    assert {column.anchor for column in columns} == {"start", "middle", "end"}
    last = columns[-1]
    assert float(last.x[:-1]) + float(last.width[:-1]) <= 100
    assert shapes.bars([]) == ([], "0.00em")
