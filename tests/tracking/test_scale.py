"""The cost of a page and of a press does not grow with the rows, and each list uses its index."""

import datetime as dt
from functools import partial
from typing import Any

import pytest
from django.db import connection, connections
from django.db.models import Count
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext

from interventions.actor import system
from interventions.management.owner import OWNER, brief_connection
from interventions.models import Client, Intervenant, Intervention
from interventions.operations import Change, NewVisit, apply
from interventions.states import Action, Status
from tests import factories
from tests.factories import World
from tests.tracking.browsing import SUIVI, browser_of, choose, planned, press
from tracking.filters import Filters
from tracking.keyset import Sort
from tracking.rows import PAGE, page
from tracking.totals import totals

pytestmark = pytest.mark.django_db

FIRST = dt.date(2026, 11, 2)
SIZES = (1, 50, 500)


def declared(world: World, number: int) -> None:
    """Have so many visits declared by their intervenant, on one day."""
    start = factories.local(FIRST, "09:00")
    new = NewVisit(
        world.client.pk,
        world.prestation.pk,
        start,
        start + dt.timedelta(hours=1),
        intervenant_id=world.intervenant.pk,
        contrat_id=world.contrat.pk,
    )
    office = system(world.agence)
    plans = apply([Change(Action.PLAN, new=new)] * number, actor=office, at=world.now, key=factories.key())
    completes = [Change(Action.COMPLETE, row.intervention_id) for row in plans.done]
    assert len(apply(completes, actor=world.as_intervenant, at=world.now, key=factories.key()).done) == number


def statements(act: Any) -> int:
    with CaptureQueriesContext(connection) as queries:
        act()
    return len(queries)


def test_the_table_costs_the_same_for_1_50_and_500_rows() -> None:
    counts = []
    for size in SIZES:
        world = factories.a_world()
        planned(world, size, first=FIRST)
        browser = browser_of(world.gestionnaire)
        browser.get(SUIVI)
        counts.append(statements(partial(browser.get, f"{SUIVI}?tri=client&statut=planned&statut=draft")))
    assert counts[0] == counts[1] == counts[2] <= 20


def test_choosing_previewing_pressing_and_undoing_cost_the_same_for_1_50_and_500_rows() -> None:
    counts = []
    for size in SIZES:
        world = factories.a_world()
        declared(world, size)
        browser = browser_of(world.gestionnaire)
        preview = choose(browser, reach="filtre")
        lot = press(browser, choose(browser, reach="filtre")).url
        assert len(browser.get(lot).context["rows"]) == min(size, 50)
        counts.append(
            [
                statements(partial(choose, browser, reach="filtre")),
                statements(partial(browser.get, preview)),
                statements(partial(browser.get, lot)),
                statements(partial(browser.post, f"{lot}annulation/", {"key": factories.key()})),
                statements(partial(press, browser, choose(browser, reach="filtre"))),
            ]
        )
        assert Intervention.objects.filter(agence=world.agence, status="validated").count() == size
    assert counts[0] == counts[1] == counts[2]


def large() -> World:
    """Make an agency with 20,000 visits over two years, 200 clients, 50 intervenants; written by SQL."""
    world = factories.a_world()
    visit = world.visit()
    _copy(Client, world.client.pk, "CL-", 200)
    _copy(Intervenant, world.intervenant.pk, "SA-", 50)
    replaced = {"id", "public_id", "number", "client_id", "intervenant_id", "contrat_id", "day"}
    moved = {"planned_start", "planned_end", "retained_start", "retained_end"}
    fields = [name for name in columns(Intervention) if name not in replaced]
    chosen = [f"v.{name} - s.span" if name in moved else f"v.{name}" for name in fields]
    people = "(SELECT array_agg(id) AS ids FROM {} WHERE agence_id = %(agence)s AND number LIKE %(like)s)"
    clients = people.format("interventions_client").replace("%(like)s", "'CL-%%'")
    carers = people.format("interventions_intervenant").replace("%(like)s", "'SA-%%'")
    sql(
        f"INSERT INTO interventions_intervention (client_id, intervenant_id, day, number, {', '.join(fields)}) "
        f"SELECT c.ids[1 + n %% 200], i.ids[1 + n %% 50], v.day - n / 28, '', {', '.join(chosen)} "
        "FROM interventions_intervention v, generate_series(1, 20000) n, "
        f"LATERAL (SELECT make_interval(days => n / 28) AS span) s, {clients} c, {carers} i WHERE v.id = %(visit)s",
        agence=world.agence.pk,
        visit=visit.pk,
    )
    # Only their owner may gather the figures by which the database chooses its ways.
    with brief_connection(OWNER) as alias, connections[alias].cursor() as cursor:
        cursor.execute("ANALYZE interventions_intervention, interventions_client, interventions_intervenant")
    return world


def _copy(model: Any, original: int, number: str, many: int) -> None:
    table = model._meta.db_table
    same = ", ".join(name for name in columns(model) if name not in ("id", "public_id", "number", "last_name"))
    sql(
        f"INSERT INTO {table} (number, last_name, {same}) SELECT %(number)s || n, 'Nom ' || n, {same} "
        f"FROM {table}, generate_series(1, %(many)s) n WHERE id = %(original)s",
        number=number,
        many=many,
        original=original,
    )


def columns(model: Any) -> list[str]:
    return [field.column for field in model._meta.local_concrete_fields if not field.generated]


def sql(statement: str, **values: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values or None)


BY_DAY, BY_STATUS = "intervention_by_day", "intervention_by_status"
BY_CLIENT, BY_CARER = "intervention_by_client", "intervention_by_intervenant"
LISTS = [
    ("", "date", {BY_DAY}),
    ("", "-date", {BY_DAY}),
    ("", "client", {BY_DAY, BY_CLIENT}),
    ("", "intervenant", {BY_DAY, BY_CARER}),
    ("", "statut", {BY_DAY, BY_STATUS}),
    ("statut=planned", "date", {BY_DAY, BY_STATUS}),
    ("statut=contested", "date", {BY_STATUS}),
    ("statut=contested&statut=arbitration", "-date", {BY_STATUS}),
    ("client={client}", "date", {BY_CLIENT}),
    ("client={client}&statut=planned", "date", {BY_CLIENT}),
    ("intervenant={intervenant}", "-date", {BY_CARER}),
]


@pytest.mark.django_db(transaction=True)
def test_every_list_uses_its_index_at_20_000_rows() -> None:
    world = large()
    people = {
        "client": Client.objects.get(agence=world.agence, last_name="Nom 7").public_id,
        "intervenant": Intervenant.objects.get(agence=world.agence, last_name="Nom 7").public_id,
    }
    for query, sort, indexes in LISTS:
        _uses(world, Sort.asked(sort), query.format(**people), indexes)
    _deep_page(world)
    month = _filters(world, "du=2026-10-25&au=2026-11-25").visits()
    assert totals(month)[Status.PLANNED].visits == 28 * 31
    assert BY_DAY in month.order_by().values("status").annotate(n=Count("pk")).explain()


def _filters(world: World, query: str) -> Filters:
    return Filters(QueryDict(query), world.as_manager, world.now)


def _uses(world: World, order: Sort, query: str, indexes: set[str]) -> None:
    """Check the plan of the first page and of the one after its first row."""
    found = _filters(world, f"du=2026-10-25&au=2026-11-25&{query}").visits()
    first = page(found, order, world.as_manager, world.now).rows
    pages = [order.order(found)]
    if first:
        place = order.token(Intervention.objects.get(pk=first[0].visit.pk))
        pages.append(order.order(order.beyond(found, place, world.agence.pk)))
    for rows in pages:
        plan = rows[: PAGE + 1].explain()
        assert "Seq Scan on interventions_intervention" not in plan, plan
        assert any(index in plan for index in indexes), (query, str(order), plan)


def _deep_page(world: World) -> None:
    """Check that a page in the middle of all begins at its place in the index, without sorting."""
    order, found = Sort(), _filters(world, "du=2024-01-01&au=2026-11-25").visits()
    middle: Any = found.in_order()[10_000]
    place = order.token(middle)
    plan = order.order(order.beyond(found, place, world.agence.pk))[: PAGE + 1].explain()
    condition = next(line for line in plan.splitlines() if "Index Cond" in line and "retained_start" in line)
    assert "ROW(" in condition, plan
    assert "Sort Key" not in plan, plan
