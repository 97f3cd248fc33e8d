"""Presses at the same moment, through the whole of the web: each row once, everybody told the truth."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import connections

from interventions.models import Batch, Intervention
from interventions.states import Action
from tests import factories
from tests.tracking.browsing import browser_of, choose, done, press

pytestmark = pytest.mark.django_db(transaction=True)


def together(*acts: Callable[[], Any]) -> list[Any]:
    """Do the acts at once, each on a connection of its own; return their answers in order."""
    start = Barrier(len(acts))

    def run(act: Callable[[], Any]) -> Any:
        try:
            start.wait(10)
            return act()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(acts)) as pool:
        return [answer.result(30) for answer in [pool.submit(run, act) for act in acts]]


def test_two_managers_press_at_once() -> None:
    world = factories.a_world()
    visits = [done(world, start=f"{8 + n:02}:00") for n in range(6)]
    browsers = [browser_of(world.gestionnaire), browser_of(factories.a_gestionnaire(world.agence))]
    # Their choices overlap, in the other order.
    previews = [choose(browsers[0], *visits[:4]), choose(browsers[1], *visits[:1:-1])]
    answers = together(
        lambda: press(browsers[0], previews[0]),
        lambda: press(browsers[1], previews[1]),
    )
    assert [answer.status_code for answer in answers] == [303, 303]
    fates = [browser.get(answer.url).context["fates"] for browser, answer in zip(browsers, answers, strict=True)]
    assert sum(each.done for each in fates) == 6
    assert sum(len(each.left) for each in fates) == 2
    assert {left.why.value for each in fates for left in each.left} == {"stale"}
    for visit in visits:
        assert visit.journal.filter(action=Action.VALIDATE_FOR_CLIENT).count() == 1
    assert set(Intervention.objects.values_list("status", flat=True)) == {"validated"}


def test_a_double_click_is_one_lot() -> None:
    world = factories.a_world()
    visit = done(world)
    browser = browser_of(world.gestionnaire)
    preview, key = choose(browser, visit), factories.key()
    other = browser_of(world.gestionnaire)
    first, second = together(lambda: press(browser, preview, key=key), lambda: press(other, preview, key=key))
    assert (first.status_code, first.url) == (second.status_code, second.url)
    assert Batch.objects.filter(key=key).count() == 1
    assert visit.journal.filter(action=Action.VALIDATE_FOR_CLIENT).count() == 1
