"""The list of Mes prestations: weeks, what a press for all leaves out, two carers at once, pages of whole weeks."""

from datetime import timedelta
from typing import Any

import pytest

from interventions import operations
from interventions.models import Intervention
from interventions.states import Action, Right
from portals.client import weeks
from tests import factories
from tests.factories import World
from tests.portals.client.conftest import signed_in
from tests.portals.client.test_answers import HTMX, rows
from tests.portals.client.test_prestations import words
from tests.portals.client.visits import YESTERDAY, a_done_visit, at, sent


def a_second_carer(world: World) -> Any:
    return factories.an_intervenant(world.agence, first_name="Karim", last_name="Benali", civility="M.")


def a_visit_of_two(world: World, start: str = "09:15") -> tuple[Intervention, Intervention]:
    """Return two carers' visits on one another: 9:00 to 10:00, and an hour from `start`."""
    other = a_second_carer(world)
    first = a_done_visit(world)
    second = world.visit(start=start, intervenant_id=other.pk)
    world.act(second, Action.COMPLETE, factories.actor_of(other))
    return first, second


def test_two_carers_at_once_are_one_block_and_one_press(world: World, client_page: Any) -> None:
    first, second = a_visit_of_two(world)
    answer = client_page.get("/client/")
    assert "Mardi 24 novembre, Aïcha L. et Karim B. étaient là en même temps." in words(answer)
    assert words(answer).count("Valider les deux") == 1
    for visit in (first, second):
        assert at(visit, "validation") in answer.text
        assert at(visit, "modification") in answer.text
    client_page.post("/client/validations/", rows(first, second))
    assert list(Intervention.objects.values_list("status", flat=True)) == ["validated", "validated"]


def test_answering_one_of_two_takes_the_common_press_away(world: World, client_page: Any) -> None:
    first, second = a_visit_of_two(world)
    answer = client_page.post(at(first, "validation"), sent(first), headers=HTMX)
    assert f'id="ensemble-{first.public_id}-tete" hx-swap-oob="true"' in answer.text
    assert "Valider les deux" not in words(answer)
    second.refresh_from_db()
    assert second.status == "done"


def test_a_relay_of_a_few_minutes_is_no_common_visit(world: World, client_page: Any) -> None:
    a_visit_of_two(world, start="09:50")
    assert "en même temps" not in words(client_page.get("/client/"))


def test_one_carers_own_overlap_is_no_common_visit(world: World, client_page: Any) -> None:
    a_done_visit(world)
    a_done_visit(world, start="09:15")
    assert "en même temps" not in words(client_page.get("/client/"))


def test_what_the_press_for_the_week_leaves_out_is_named_with_why(world: World, client_page: Any) -> None:
    monday = YESTERDAY.replace(day=30, month=11) - timedelta(days=35)  # Monday 26 October: the week of two months
    for day in range(7):
        a_done_visit(world, day=monday + timedelta(days=day))
    a_done_visit(world, day=monday + timedelta(days=6), start="14:00")
    closer = factories.a_gestionnaire(world.agence, may_close=True)
    assert Right.CLOSE in factories.actor_of(closer).rights
    operations.close_month(factories.actor_of(closer), monday, world.now)
    said = words(client_page.get("/client/"))
    assert "6 visites n’en font pas partie :" in said
    assert "Lundi 26 octobre, Aïcha L. est venue de 9 h à 10 h. Mois clôturé : cette visite ne change plus." in said


@pytest.fixture
def short_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """Three visits a page."""
    monkeypatch.setattr(weeks, "SHOWN", 3)


@pytest.mark.usefixtures("short_pages")
def test_pages_hold_whole_weeks_and_lead_on(world: World, client_page: Any) -> None:
    starts = [YESTERDAY - timedelta(days=days) for days in (21, 14, 14, 7, 0)]
    visits = [a_done_visit(world, day=day, start=f"{8 + n:02d}:00") for n, day in enumerate(starts)]
    first = client_page.get("/client/")
    assert "5 visites à valider." in words(first)
    assert [str(visit.public_id) in first.text for visit in visits] == [True, True, True, False, False]
    assert "?semaine=2026-11-16" in first.text
    assert "Premières semaines" not in words(first)
    second = client_page.get("/client/", {"semaine": "2026-11-16"})
    assert [str(visit.public_id) in second.text for visit in visits] == [False, False, False, True, True]
    assert "Semaines suivantes" not in words(second)
    assert "Premières semaines" in words(second)


@pytest.mark.usefixtures("short_pages")
def test_a_week_too_long_for_a_page_is_shown_whole(world: World, client_page: Any) -> None:
    visits = [a_done_visit(world, start=f"{8 + n:02d}:00", minutes=30) for n in range(5)]
    page = client_page.get("/client/")
    assert all(str(visit.public_id) in page.text for visit in visits)
    assert "Semaines suivantes" not in words(page)


@pytest.mark.usefixtures("short_pages")
def test_an_answer_from_a_later_page_comes_back_to_it(world: World, client_page: Any) -> None:
    for days in (21, 14, 14):
        a_done_visit(world, day=YESTERDAY - timedelta(days=days))
    late = a_done_visit(world)
    place = f"/client/?semaine=2026-11-23#visite-{late.public_id}"
    for noun in ("modification", "annulation"):
        assert f'<a class="button" href="{place}">Ne rien changer</a>' in client_page.get(at(late, noun)).text
    answer = client_page.post(at(late, "validation"), sent(late))
    assert answer.url == place
    other = a_done_visit(world, start="14:00")
    page = {**HTMX, "HX-Current-URL": "http://testserver/client/?semaine=2026-11-23"}
    swapped = client_page.post(at(other, "validation"), sent(other), headers=page)
    assert "Visite validée." in words(swapped)
    assert 'id="semaine-2026-11-23-tete"' in swapped.text


def test_an_address_that_is_no_week_shows_the_first(world: World) -> None:
    visit = a_done_visit(world)
    page = signed_in(world.client.user).get("/client/", {"semaine": "demain"})
    assert str(visit.public_id) in page.text
