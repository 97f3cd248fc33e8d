"""What is ticked is kept at the server: over pages, sorts, filters and the way back, with and without a script."""

from datetime import timedelta
from typing import Any

import pytest

from interventions.models import Intervention
from interventions.states import Action
from tests import factories
from tests.factories import World
from tests.tracking.browsing import HTMX, SUIVI, browser_of, choose, done, planned, press, shown, token
from tracking.models import Selection, Ticks

FIRST = factories.NOW.date() - timedelta(days=20)
COCHES = "/suivi/coches/"

pytestmark = pytest.mark.django_db


def ticked(page: Any) -> set[str]:
    """Return the ids of the rows that the page shows ticked."""
    return {
        str(row.visit.public_id) for row in page.context["page"].rows if row.visit.pk in page.context["ticks"].here
    }


def leave(browser: Any, page: Any, ticks: list[str], query: str, **more: Any) -> Any:
    """Leave a page by one of its buttons, without a script: what is ticked on it goes along."""
    tokens = {row.token.partition(":")[0]: row.token for row in page.context["page"].rows}
    posted = {"page": page.context["page"].tokens, "visite": [tokens[key] for key in ticks], **more}
    return browser.post(f"{COCHES}{query}", posted, follow=True)


def test_ticks_outlive_pages_sorts_filters_and_the_way_back() -> None:
    world = factories.a_world()
    planned(world, 120, first=FIRST, days=3)
    browser = browser_of(world.gestionnaire)
    first = browser.get(SUIVI)
    on_first = shown(first)[3:5]
    second = leave(browser, first, on_first, first.context["next_url"])
    assert second.redirect_chain == [(SUIVI + first.context["next_url"], 303)]
    assert (second.context["ticks"].size, second.context["ticks"].elsewhere, ticked(second)) == (2, 2, set())
    on_second = shown(second)[:1]
    turned = leave(browser, second, on_second, "?tri=-date")
    assert ticked(turned) == {*on_first, *on_second} & set(shown(turned))
    assert turned.context["ticks"].size == 3
    assert "3 visites cochées" in turned.text
    assert ticked(browser.get(SUIVI)) == set(on_first)
    narrowed = browser.get(f"{SUIVI}?statut=draft")
    assert narrowed.context["ticks"].size == 3
    # Unticked on the page that shows it, and only there.
    again = leave(browser, browser.get(SUIVI), on_first[:1], "?tri=date")
    assert (ticked(again), again.context["ticks"].size) == ({on_first[0]}, 2)


def test_a_tick_by_htmx_keeps_it_and_answers_with_the_bar() -> None:
    world = factories.a_world()
    visits = [done(world, start=f"{8 + n:02}:00") for n in range(3)]
    browser = browser_of(world.gestionnaire)
    page = browser.get(SUIVI)
    posted = {"page": page.context["page"].tokens, "visite": [token(visits[1])]}
    answer = browser.post(COCHES, posted, headers=HTMX | {"HX-Target": "barre"})
    assert answer.status_code == 200
    assert answer.text.lstrip().startswith('<div class="dock" id="barre">')
    assert "1 visite cochée" in answer.text
    fresh = browser.get(SUIVI)
    assert answer.text.strip() in fresh.text
    assert ticked(fresh) == {str(visits[1].public_id)}


def test_the_page_and_everything_that_matches_and_nothing() -> None:
    world = factories.a_world()
    planned(world, 60, first=FIRST, days=3)
    browser = browser_of(world.gestionnaire)
    first = browser.get(SUIVI)
    page = leave(browser, first, [], "", portee="page")
    assert (page.context["ticks"].size, ticked(page)) == (50, set(shown(first)))
    everything = leave(browser, first, [], "?statut=planned", portee="filtre")
    number = Intervention.objects.filter(status="planned").count()
    assert everything.context["ticks"].size == number == everything.context["matching"].visits
    late = world.visit(day=FIRST, start="07:00")
    still = browser.get(f"{SUIVI}?statut=planned")
    assert still.context["ticks"].size == number
    assert str(late.public_id) not in ticked(still)
    assert leave(browser, first, [], "", portee="rien").context["ticks"].size == 0


def test_hours_are_those_of_what_is_ticked_what_is_cancelled_counting_none() -> None:
    world = factories.a_world()
    one, cancelled = done(world, minutes=45), world.visit(start="14:00")
    assert world.act(cancelled, Action.CANCEL, world.as_manager, motif_id=world.motif().pk).done
    browser = browser_of(world.gestionnaire)
    browser.post(COCHES, {"visite": [token(one), token(cancelled)]})
    assert browser.get(SUIVI).context["ticks"].minutes == 45


def test_a_press_takes_all_that_is_ticked_with_the_versions_seen_and_then_nothing_is() -> None:
    world = factories.a_world()
    visits = [done(world, start=f"{8 + n:02}:00") for n in range(3)]
    browser = browser_of(world.gestionnaire)
    browser.post(COCHES, {"visite": [token(visits[0])]})
    preview = choose(browser, visits[1])
    assert Selection.objects.get().visits == [[visit.pk, visit.version] for visit in visits[:2]]
    assert browser.get(SUIVI).context["ticks"].size == 2
    press(browser, preview)
    assert browser.get(SUIVI).context["ticks"].size == 0


def test_ticks_are_one_s_own_of_what_one_sees_and_forgotten_by_the_next_day() -> None:
    world: World = factories.a_world()
    visit, strange = done(world), factories.a_world().visit()
    browser = browser_of(world.gestionnaire)
    browser.post(COCHES, {"visite": [token(visit), token(strange), "x", "é:1"]})
    assert Ticks.objects.get().visits == [[visit.pk, visit.version]]
    colleague = browser_of(factories.a_gestionnaire(world.agence))
    assert colleague.get(SUIVI).context["ticks"].size == 0
    Ticks.objects.update(at=factories.NOW - timedelta(hours=13))
    assert browser.get(SUIVI).context["ticks"].size == 0
    other = done(world, start="15:00")
    browser.post(COCHES, {"visite": [token(other)]})
    assert browser.get(SUIVI).context["ticks"].size == 1


def test_nothing_ticked_leaves_nothing_behind() -> None:
    browser = browser_of(factories.a_world().gestionnaire)
    assert browser.post(f"{COCHES}?tri=client", {"page": "x:1", "visite": []}).url == f"{SUIVI}?tri=client"
    assert Ticks.objects.count() == 0
