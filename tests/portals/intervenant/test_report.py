"""Ajouter une intervention, and «Corriger»: nothing typed is lost, nobody else's client can be chosen."""

from datetime import date, timedelta
from typing import Any

from django.test import Client
from django.urls import reverse

from interventions.models import Contrat, Intervention, Prestation
from interventions.states import Action, Status
from portals.web.phone import door_of
from tests.factories import World, a_client, a_prestation, a_world, an_intervenant, local
from tests.portals.intervenant.conftest import SignIn
from tests.portals.intervenant.posted import form_of

NEW = "/intervenant/interventions/nouvelle/"
JSON = {"Accept": "application/json"}
YESTERDAY = date(2026, 11, 24)


def a_report(portal: Client, world: World, **typed: Any) -> dict[str, str]:
    data = form_of(portal.get(NEW).text, NEW)
    chosen = {
        "client": str(world.client.public_id),
        "prestation": str(world.prestation.public_id),
        "date": YESTERDAY.isoformat(),
        "start": "14:00",
        "end": "15:30",
        "km": "3",
        "comment": "Appel de sa fille.",
    }
    return data | chosen | typed


def test_with_a_contrat_facturable_it_goes_to_the_client(world: World, portal: Client) -> None:
    world.visit()
    answer = portal.post(NEW, a_report(portal, world))
    assert answer.status_code == 302
    made = Intervention.objects.get(origin="intervenant")
    assert (made.status, made.contrat_id) == (Status.DONE, world.contrat.pk)
    assert made.declared_start == local(YESTERDAY, "14:00")
    assert made.comment == "Appel de sa fille."
    assert made.ordre_de_mission.startswith("Ajoutée par")


def test_without_one_the_office_attaches_it_and_that_is_said(world: World, portal: Client) -> None:
    world.visit()
    Contrat.objects.update(billable=False)
    answer = portal.post(NEW, a_report(portal, world), follow=True)
    assert "l’agence l’a dans sa liste" in answer.text
    assert Intervention.objects.get(origin="intervenant").status == Status.DRAFT


def test_three_fields_do_for_a_usual_client(world: World, portal: Client) -> None:
    world.visit()
    data = form_of(portal.get(NEW).text, NEW)
    assert data["date"] == YESTERDAY.isoformat()
    typed = {"client": str(world.client.public_id), "start": "14:00", "length": "90"}
    answer = portal.post(NEW, data | typed, follow=True)
    made = Intervention.objects.get(origin="intervenant")
    assert (made.prestation_id, made.contrat_id) == (world.prestation.pk, world.contrat.pk)
    assert made.declared_end == local(YESTERDAY, "15:30")
    assert f"contrat n° {world.contrat.number}" in answer.text


def test_a_length_and_an_end_must_say_the_same(world: World, portal: Client) -> None:
    world.visit()
    answer = portal.post(NEW, a_report(portal, world, length="60"))
    assert answer.status_code == 422
    assert "ne vont pas ensemble" in answer.text
    assert portal.post(NEW, a_report(portal, world, length="90")).status_code == 302


def test_the_usual_prestation_is_that_of_the_latest_visit_that_was_not_cancelled(world: World, portal: Client) -> None:
    other = a_prestation(world.agence, "Courses")
    world.visit()
    gone = world.visit(day=YESTERDAY + timedelta(days=1), prestation_id=other.pk, contrat_id=None)
    world.act(gone, Action.CANCEL, world.as_manager, motif_id=world.motif().pk)
    portal.post(NEW, a_report(portal, world, prestation=""))
    assert Intervention.objects.get(origin="intervenant").prestation_id == world.prestation.pk


def test_without_a_usual_prestation_it_is_asked_for(world: World, portal: Client) -> None:
    world.visit()
    Prestation.objects.update(archived_at=world.now)
    offered = a_prestation(world.agence)
    answer = portal.post(NEW, a_report(portal, world, prestation=""))
    assert answer.status_code == 422
    assert "Choisissez la prestation." in answer.text
    assert offered.name in answer.text


def test_pressed_twice_it_is_added_once(world: World, portal: Client) -> None:
    world.visit()
    data = a_report(portal, world)
    portal.post(NEW, data)
    assert Intervention.objects.filter(origin="intervenant").count() == 1
    again = portal.post(NEW, data, follow=True)
    assert "déjà enregistrée" in again.text
    assert Intervention.objects.filter(origin="intervenant").count() == 1


def test_the_queue_of_a_phone_adds_it_once_however_often_it_sends(world: World, portal: Client) -> None:
    world.visit()
    data = a_report(portal, world) | {"door": door_of(world.as_intervenant)}
    for _again in range(3):
        answer = portal.post(NEW, data, headers=JSON)
        assert answer.json() == {"answer": "saved", "location": "/intervenant/interventions/"}
    assert Intervention.objects.filter(origin="intervenant").count() == 1


def test_the_queue_is_told_what_is_to_review_and_what_is_another_s(world: World, portal: Client) -> None:
    world.visit(start="14:30")
    data = a_report(portal, world)
    mine, other = {"door": door_of(world.as_intervenant)}, {"door": door_of(a_world().as_intervenant)}
    assert portal.post(NEW, data | mine, headers=JSON).json() == {"answer": "review"}
    assert portal.post(NEW, data | mine | {"end": "midi"}, headers=JSON).json() == {"answer": "review"}
    assert portal.post(NEW, data | other, headers=JSON).status_code == 409
    assert Intervention.objects.filter(origin="intervenant").count() == 0
    assert f'name="replaces" value="{data["key"]}"' in portal.post(NEW, data).text


def test_what_is_missing_or_wrong_is_said_beside_it(world: World, portal: Client) -> None:
    world.visit()
    answer = portal.post(NEW, a_report(portal, world, client="", date="", start="midi", end=""))
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {"client", "date"}
    answer = portal.post(NEW, a_report(portal, world, start="midi", km="-3"))
    assert set(answer.context["form"].errors) == {"start", "km"}
    assert form_of(answer.text, NEW)["comment"] == "Appel de sa fille."
    future = a_report(portal, world, date=(YESTERDAY + timedelta(days=3)).isoformat())
    assert "à partir du lendemain" in portal.post(NEW, future).text
    assert Intervention.objects.filter(origin="intervenant").count() == 0


def test_an_overlap_is_pointed_out_first(world: World, portal: Client) -> None:
    world.visit(start="14:30")
    answer = portal.post(NEW, a_report(portal, world))
    assert answer.status_code == 422
    assert "Chevauche de" in answer.text
    assert portal.post(NEW, form_of(answer.text, NEW) | _selected(world)).status_code == 302


def _selected(world: World) -> dict[str, str]:
    return {"client": str(world.client.public_id), "prestation": str(world.prestation.public_id)}


def test_only_own_clients_can_be_chosen(world: World, portal: Client) -> None:
    world.visit()
    for stranger in (a_client(world.agence), a_world().client):
        answer = portal.post(NEW, a_report(portal, world, client=str(stranger.public_id)))
        assert answer.status_code == 422
        assert stranger.full_name not in portal.get(NEW).text.replace(world.client.full_name, "")


def test_without_own_clients_it_says_why(world: World, portal: Client) -> None:
    assert "60 jours" in portal.get(NEW).text


def correction_of(visit: Intervention) -> str:
    return reverse("intervenant:correction", args=[visit.public_id])


def a_done_visit(world: World) -> Intervention:
    visit = world.visit()
    world.act(visit, Action.COMPLETE, world.as_intervenant)
    return visit


def sheet(portal: Client, visit: Intervention) -> str:
    return portal.get(reverse("intervenant:sheet", args=[visit.public_id])).text


def test_corriger_declares_anew(world: World, portal: Client) -> None:
    visit = a_done_visit(world)
    data = form_of(sheet(portal, visit), correction_of(visit)) | {"end": "10:10", "comment": "Plus long."}
    assert portal.post(correction_of(visit), data).status_code == 302
    visit.refresh_from_db()
    assert (visit.status, visit.declared_end, visit.comment) == (Status.DONE, local(YESTERDAY, "10:10"), "Plus long.")


def test_corriger_keeps_what_was_typed_when_it_is_wrong(world: World, portal: Client) -> None:
    visit = a_done_visit(world)
    data = form_of(sheet(portal, visit), correction_of(visit)) | {"end": "9h"}
    answer = portal.post(correction_of(visit), data)
    assert answer.status_code == 422
    assert form_of(answer.text, correction_of(visit))["end"] == "9h"


def test_corriger_closes_once_the_client_has_answered(world: World, portal: Client) -> None:
    visit = a_done_visit(world)
    data = form_of(sheet(portal, visit), correction_of(visit)) | {"end": "10:10"}
    world.act(visit, Action.VALIDATE, world.as_client)
    answer = portal.post(correction_of(visit), data)
    assert answer.status_code == 422
    assert "a changé depuis" in answer.text
    assert "Corriger ce que" not in sheet(portal, visit)


def test_another_intervenant_corrects_nothing(world: World, portal: Client, signed_in: SignIn) -> None:
    visit = a_done_visit(world)
    data = form_of(sheet(portal, visit), correction_of(visit)) | {"end": "10:10"}
    for stranger in (an_intervenant(world.agence), a_world().intervenant):
        assert signed_in(stranger).post(correction_of(visit), data).status_code == 404
    assert portal.get(correction_of(visit)).status_code == 302
