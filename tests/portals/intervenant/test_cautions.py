"""What is pointed out before saving: what asks, what only tells, words for a gap, the contrat's hours of the month."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client

from interventions.models import Agence, Intervention
from interventions.states import Status
from tests.factories import World
from tests.portals.intervenant.posted import entered, form_of

LIST = "/intervenant/interventions/"
VALIDER = "/intervenant/validations/"
NEW = "/intervenant/interventions/nouvelle/"
YESTERDAY = date(2026, 11, 24)


def press(portal: Client, *typed: dict[str, str]) -> Any:
    data = form_of(portal.get(LIST).text, VALIDER)
    for each in typed:
        data |= each
    return portal.post(VALIDER, data)


def decides(world: World, **settings: Any) -> None:
    Agence.objects.filter(pk=world.agence.pk).update(**settings)


def status(visit: Intervention) -> str:
    return Intervention.objects.get(pk=visit.pk).status


def test_a_gap_wants_words_and_then_needs_no_second_press(world: World, portal: Client) -> None:
    visit = world.visit()
    silent = press(portal, entered(visit, state="done", end="10:40"))
    assert silent.status_code == 422
    assert "Dites pourquoi" in silent.text
    assert f'id="id_{visit.public_id.hex}-comment_error"' in silent.text
    explained = press(portal, entered(visit, state="done", end="10:40", chips="Circulation difficile"))
    assert explained.status_code == 303
    assert Intervention.objects.get(pk=visit.pk).comment == "Circulation difficile."


def test_a_gap_within_the_tolerance_asks_nothing(world: World, portal: Client) -> None:
    visit = world.visit()
    assert press(portal, entered(visit, state="done", end="10:15")).status_code == 303


def test_what_the_agency_only_wants_to_be_told_goes_through_and_is_said(world: World, portal: Client) -> None:
    decides(world, gap_caution="tell", km_caution="tell", overlap_caution="tell", long_caution="tell")
    first, second = world.visit(start="08:00"), world.visit(start="09:30")
    answer = press(portal, entered(first, state="done", end="23:00", km="80"), entered(second, state="done"))
    assert answer.status_code == 303
    said = portal.get(LIST).text
    for sentence in ("de plus que prévu", "habituels", "Chevauche de", "Cette visite dure 15"):
        assert sentence in said
    assert status(first) == status(second) == Status.DONE


@pytest.mark.parametrize(("setting", "typed"), [("long_caution", {"end": "22:00"}), ("km_caution", {"km": "80"})])
def test_what_asks_is_confirmed_by_pressing_once_more(
    world: World, portal: Client, setting: str, typed: dict[str, str]
) -> None:
    decides(world, gap_caution="tell", **{setting: "ask"})
    visit = world.visit()
    answer = press(portal, entered(visit, state="done", **typed))
    assert (answer.status_code, status(visit)) == (422, Status.PLANNED)
    assert portal.post(VALIDER, form_of(answer.text, VALIDER)).status_code == 303
    assert status(visit) == Status.DONE


def test_planned_visits_that_overlap_show_it_at_first_sight(world: World, portal: Client) -> None:
    world.visit(start="08:00", minutes=120)
    world.visit(start="09:30")
    shown = portal.get(LIST).text
    assert shown.count("Chevauche de") == 2
    assert "-acknowledged" not in shown


def test_hours_beyond_the_contrat_are_told(world: World, portal: Client) -> None:
    world.contrat.monthly_minutes = 125
    world.contrat.save()
    visit, other = world.visit(start="08:00"), world.visit(start="14:00")
    press(portal, entered(visit, state="done", end="09:10"), entered(other, state="done"))
    said = portal.get(LIST).text
    assert "Le contrat prévoit 2\u202fh\u202f05 en novembre 2026\u00a0: 5\u202fmin de trop" in said
    assert said.count("de trop avec cette visite") == 1, "who keeps to the plan cannot help it"


def test_hours_beyond_the_contrat_may_ask(world: World, portal: Client) -> None:
    decides(world, contrat_caution="ask")
    world.contrat.monthly_minutes = 65
    world.contrat.save()
    visit = world.visit()
    within = press(portal, entered(visit, state="done", end="10:05"))
    assert within.status_code == 303
    later = world.visit(day=YESTERDAY - timedelta(days=30))
    answer = press(portal, entered(later, state="done", end="10:10"))
    assert answer.status_code == 422, "another month has hours of its own: 70 minutes of 65"
    assert "5\u202fmin de trop" in answer.text


def test_an_addition_counts_towards_the_contrat(world: World, portal: Client) -> None:
    world.contrat.monthly_minutes = 90
    world.contrat.save()
    world.visit()
    typed = {"client": str(world.client.public_id), "start": "14:00", "length": "60"}
    answer = portal.post(NEW, form_of(portal.get(NEW).text, NEW) | typed, follow=True)
    assert "30\u202fmin de trop avec cette visite" in answer.text


def test_tout_est_conforme_for_all_that_is_listed(world: World, portal: Client) -> None:
    days = [world.visit(day=YESTERDAY - timedelta(days=n)) for n in range(3)]
    closed = world.visit(start="17:00", contrat_id=None)
    page = portal.get(LIST).text
    assert "Tout est conforme, les 3" in page
    answer = portal.post(VALIDER, form_of(page, VALIDER) | {"conforme": "tout"})
    again = form_of(answer.text, VALIDER)
    assert [again[f"{visit.public_id.hex}-state"] for visit in (*days, closed)] == ["done"] * 3 + ["nb"]
    assert portal.post(VALIDER, again).status_code == 303
    assert [status(visit) for visit in days] == [Status.DONE] * 3


def test_chips_join_what_was_written_and_are_kept_on_screen(world: World, portal: Client) -> None:
    decides(world, quick_comments="Retard\n\n  Courses en plus \nRetard\n")
    visit = world.visit()
    page = portal.get(LIST).text
    assert page.count('value="Retard"') == 1
    typed = entered(visit, state="nb", comment="Vu le médecin", chips="Retard")
    kept = portal.post(VALIDER, form_of(page, VALIDER) | typed)
    assert form_of(kept.text, VALIDER)[f"{visit.public_id.hex}-chips"] == "Retard"
    data = form_of(page, VALIDER) | entered(visit, state="done", comment="Vu le médecin")
    assert (
        portal.post(VALIDER, data | {f"{visit.public_id.hex}-chips": ["Retard", "Courses en plus"]}).status_code == 303
    )
    assert Intervention.objects.get(pk=visit.pk).comment == "Vu le médecin. Retard. Courses en plus."
