"""What was entered for a visit that changed meanwhile is shown beside what stands there now; what a queue is told."""

from typing import Any

import pytest
from django.test import Client

from interventions.models import Batch, Intervention
from interventions.states import Action, Status
from portals.web.phone import door_of, owner_of
from tests.factories import World, an_intervenant
from tests.portals.intervenant.posted import a_key, entered, form_of

LIST = "/intervenant/interventions/"
VALIDER = "/intervenant/validations/"
JSON = {"Accept": "application/json"}


def page_of(portal: Client) -> dict[str, str]:
    return form_of(portal.get(LIST).text, VALIDER)


def words(answer: Any) -> str:
    """Return the page with plain spaces, as one reads it."""
    return str(answer.text).replace("\u202f", " ").replace("\u00a0", " ")


def status(visit: Intervention) -> str:
    return Intervention.objects.get(pk=visit.pk).status


def reassigned(world: World, visit: Intervention) -> None:
    other = an_intervenant(world.agence)
    outcome = world.act(visit, Action.UNASSIGN, world.as_manager, reason="Congé.")
    assert outcome.done
    assert world.act(visit, Action.ASSIGN, world.as_manager, intervenant_id=other.pk).done


def test_a_visit_given_to_somebody_else_meanwhile_is_shown_with_what_was_entered(world: World, portal: Client) -> None:
    kept, lost = world.visit(), world.visit(start="14:00")
    page = page_of(portal) | entered(kept, state="done") | entered(lost, state="done", end="15:10", comment="Douche.")
    reassigned(world, lost)
    answer = portal.post(VALIDER, page)
    assert "Une visite a changé avant votre envoi" in words(answer)
    assert "Mme Yvonne Quéré, mar. 24/11, 14 h 00 – 15 h 00" in words(answer)
    assert "Réalisé, 14 h 00 – 15 h 10, 2,4 km, « Douche. »" in words(answer)
    assert "Cette visite n’est plus à votre planning." in words(answer)
    assert (status(kept), status(lost)) == (Status.DONE, Status.PLANNED)


def test_a_visit_that_the_office_cancelled_shows_both_sides(world: World, portal: Client) -> None:
    visit = world.visit()
    page = page_of(portal) | entered(visit, state="done", end="10:10")
    world.act(visit, Action.CANCEL, world.as_manager, motif_id=world.motif().pk)
    answer = portal.post(VALIDER, page)
    assert answer.status_code == 422
    assert "Réalisé, 9 h 00 – 10 h 10, 2,4 km" in words(answer)
    assert "Annulée, 9 h 00 – 10 h 00, 2,4 km" in words(answer)
    assert f"/intervenant/interventions/{visit.public_id}/" in words(answer)


def test_what_this_very_press_saved_is_no_conflict(world: World, portal: Client) -> None:
    saved, typed = world.visit(), world.visit(start="14:00")
    page = page_of(portal) | entered(saved, state="done") | entered(typed, comment="Plus tard.")
    for _time in range(2):
        answer = portal.post(VALIDER, page)
        assert answer.status_code == 200
        assert "avant votre envoi" not in words(answer)


def queued(world: World, page: dict[str, str], **fields: str) -> dict[str, str]:
    return page | {"door": door_of(world.as_intervenant)} | fields


def test_the_queue_is_told_that_all_is_saved_once_however_often_it_sends(world: World, portal: Client) -> None:
    visit = world.visit()
    data = queued(world, page_of(portal) | entered(visit, state="done"))
    for _time in range(3):
        answer = portal.post(VALIDER, data, headers=JSON)
        assert answer.json() == {"answer": "saved", "location": LIST}
    assert Batch.objects.filter(actor_id=world.intervenant.user_id).count() == 1
    assert Intervention.objects.get(pk=visit.pk).version == visit.version + 1


@pytest.mark.parametrize("end", ["12:30", "9 heures"], ids=["a warning", "an error"])
def test_the_queue_is_told_what_is_to_review(world: World, portal: Client, end: str) -> None:
    visit = world.visit()
    data = queued(world, page_of(portal) | entered(visit, state="done", end=end))
    assert portal.post(VALIDER, data, headers=JSON).json() == {"answer": "review"}
    shown = portal.post(VALIDER, data)
    assert shown.status_code == 422
    assert f'name="replaces" value="{data["key"]}"' in shown.text
    assert status(visit) == Status.PLANNED


def test_what_was_kept_for_somebody_else_is_refused(world: World, portal: Client) -> None:
    visit = world.visit()
    page = page_of(portal) | entered(visit, state="done") | a_key()
    for door in ("", "another"):
        answer = portal.post(VALIDER, page | {"door": door}, headers=JSON)
        assert (answer.status_code, answer.json()) == (409, {"answer": "other"})
    assert status(visit) == Status.PLANNED


def test_the_marks_of_people_differ_and_say_nothing(world: World) -> None:
    other = an_intervenant(world.agence)
    assert other.user_id
    assert owner_of(other.user_id) != owner_of(world.as_intervenant.user_id or 0)
    assert owner_of(other.user_id) == owner_of(other.user_id)
    assert str(other.user_id) not in (owner_of(other.user_id),)
