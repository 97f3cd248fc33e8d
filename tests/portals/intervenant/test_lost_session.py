"""A session that ends while somebody types: what they typed comes back after the sign-in, to nobody else."""

from datetime import date
from typing import Any
from urllib.parse import parse_qs, urlsplit

from django.test import Client
from django.urls import reverse

from interventions.models import Intervenant, Intervention
from interventions.states import Action, Status
from tests.factories import World, a_world, an_intervenant
from tests.portals.intervenant.posted import entered, form_of

LIST = "/intervenant/interventions/"
VALIDER = "/intervenant/validations/"
NEW = "/intervenant/interventions/nouvelle/"
YESTERDAY = date(2026, 11, 24)


def end_session(portal: Client) -> None:
    portal.cookies.pop("session")


def sign_in(portal: Client, intervenant: Intervenant) -> None:
    assert intervenant.user is not None
    portal.force_login(intervenant.user)


def sent_without_session(portal: Client, url: str, data: dict[str, str], page: str) -> Any:
    end_session(portal)
    answer: Any = portal.post(url, data, headers={"referer": f"http://testserver{page}"})
    assert answer.status_code == 302
    assert parse_qs(urlsplit(answer.url).query)["next"] == [page]
    return answer


def half_a_day(world: World, portal: Client) -> Intervention:
    """Press Valider on a day that was half typed, without a session any more."""
    visit = world.visit()
    data = form_of(portal.get(LIST).text, VALIDER)
    typed = entered(visit, state="done", end="10:05", comment="Pansement refait.")
    sent_without_session(portal, VALIDER, data | typed, f"{LIST}?client={world.client.public_id}")
    return visit


def test_the_day_comes_back_as_it_was_typed_and_is_saved_by_one_press(world: World, portal: Client) -> None:
    visit = half_a_day(world, portal)
    sign_in(portal, world.intervenant)
    shown = portal.get(LIST, {"client": str(world.client.public_id)}).text
    assert "Votre session avait pris fin" in shown
    again = form_of(shown, VALIDER)
    prefix = visit.public_id.hex
    assert [again[f"{prefix}-{name}"] for name in ("state", "end", "comment")] == [
        "done",
        "10:05",
        "Pansement refait.",
    ]
    assert again["client"] == str(world.client.public_id)
    assert Intervention.objects.get(pk=visit.pk).status == Status.PLANNED
    assert "Pansement refait." in portal.get(LIST).text, "a reload does not lose it"
    assert portal.post(VALIDER, again).status_code == 303
    assert Intervention.objects.get(pk=visit.pk).status == Status.DONE
    assert "Votre session avait pris fin" not in portal.get(LIST).text


def test_somebody_else_on_the_same_phone_is_shown_nothing(world: World, portal: Client) -> None:
    half_a_day(world, portal)
    colleague = an_intervenant(world.agence)
    world.visit(intervenant_id=colleague.pk)
    sign_in(portal, colleague)
    shown = portal.get(LIST).text
    assert "Pansement" not in shown
    assert "Votre session avait pris fin" not in shown
    assert "kept" not in portal.session
    end_session(portal)
    sign_in(portal, a_world().intervenant)
    assert "Pansement" not in portal.get(LIST).text


def test_signing_out_forgets_it(world: World, portal: Client) -> None:
    half_a_day(world, portal)
    sign_in(portal, world.intervenant)
    portal.post("/compte/deconnexion/")
    sign_in(portal, world.intervenant)
    assert "Pansement" not in portal.get(LIST).text


def test_it_is_forgotten_after_an_hour(world: World, portal: Client, settings: Any) -> None:
    half_a_day(world, portal)
    sign_in(portal, world.intervenant)
    settings.CLOCK_OFFSET_SECONDS += 61 * 60
    assert "Pansement" not in portal.get(LIST).text


def test_a_form_that_names_nobody_keeps_nothing(world: World, portal: Client) -> None:
    end_session(portal)
    portal.post(VALIDER, {"key": "x", "comment": "Pansement"})
    assert "kept" not in portal.session


def test_an_addition_comes_back(world: World, portal: Client) -> None:
    world.visit()
    typed = {"client": str(world.client.public_id), "start": "14:00", "length": "90", "comment": "Appel de sa fille."}
    sent_without_session(portal, NEW, form_of(portal.get(NEW).text, NEW) | typed, NEW)
    sign_in(portal, world.intervenant)
    shown = portal.get(NEW).text
    again = form_of(shown, NEW)
    assert ("Votre session avait pris fin" in shown, again["start"], again["comment"]) == (
        True,
        "14:00",
        "Appel de sa fille.",
    )
    assert Intervention.objects.filter(origin="intervenant").count() == 0


def test_a_correction_comes_back(world: World, portal: Client) -> None:
    visit = world.visit()
    world.act(visit, Action.COMPLETE, world.as_intervenant)
    sheet, url = (reverse(f"intervenant:{name}", args=[visit.public_id]) for name in ("sheet", "correction"))
    data = form_of(portal.get(sheet).text, url) | {"end": "10:10", "comment": "Repas."}
    sent_without_session(portal, url, data, sheet)
    sign_in(portal, world.intervenant)
    again = form_of(portal.get(sheet).text, url)
    assert (again["end"], again["comment"]) == ("10:10", "Repas.")
    assert portal.post(url, again).status_code == 302
    assert Intervention.objects.get(pk=visit.pk).comment == "Repas."
