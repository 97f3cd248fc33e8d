"""The cost of a page and of a press does not grow with the rows."""

import datetime as dt
from functools import partial
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from interventions.actor import system
from interventions.models import Intervention
from interventions.operations import Change, NewVisit, apply
from interventions.states import Action
from tests import factories
from tests.factories import World
from tests.tracking.browsing import SUIVI, browser_of, choose, planned, press

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
        world = factories.a_world(background_from=1000)
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
