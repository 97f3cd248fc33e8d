"""Mon planning and the sheet: the actor's own visits, with the retained hours, and nobody else's."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from interventions.models import Intervention
from interventions.states import Action
from tests.factories import World, a_client, a_world, an_intervenant
from tests.portals.intervenant.conftest import SignIn

TODAY = date(2026, 11, 25)


def sheet_of(visit: Intervention) -> str:
    return reverse("intervenant:sheet", args=[visit.public_id])


@pytest.mark.parametrize("vue", ["jour", "semaine", "mois"])
def test_each_view_shows_the_visit_with_its_state(world: World, portal: Client, vue: str) -> None:
    visit = world.visit(day=TODAY, ordre_de_mission="Aide à la toilette.")
    html = portal.get("/intervenant/", {"vue": vue}).text
    assert "Mme Quéré" in html
    assert "À réaliser" in html
    assert sheet_of(visit) in html


def test_retained_hours_count_and_a_cancelled_visit_counts_nothing(world: World, portal: Client) -> None:
    world.visit(day=TODAY, minutes=90)
    gone = world.visit(day=TODAY, start="14:00", minutes=60)
    world.act(gone, Action.CANCEL, world.as_manager, motif_id=world.motif().pk)
    made = portal.get("/intervenant/", {"vue": "jour"}).context["planning"]
    assert (made.count, made.minutes) == (2, 90)


def test_same_statements_for_one_visit_and_thirty(
    world: World, portal: Client, django_assert_num_queries: Callable
) -> None:
    world.visit(day=TODAY, start="06:00", minutes=20)
    portal.get("/intervenant/")
    with CaptureQueriesContext(connection) as one:
        portal.get("/intervenant/")
    for n in range(30):
        world.visit(day=TODAY + timedelta(days=n % 3), start=f"{7 + n // 3:02d}:00", minutes=20)
    with django_assert_num_queries(len(one.captured_queries)):
        portal.get("/intervenant/")


def test_sheet_tells_where_to_go(world: World, portal: Client) -> None:
    visit = world.visit(day=TODAY, ordre_de_mission="Préparer le repas.")
    html = portal.get(sheet_of(visit)).text
    for part in ("32 impasse du Vieux-Puits", "tel:0621789891", "14B7", "Préparer le repas.", "openstreetmap.org"):
        assert part in html


def test_address_closes_sixty_days_after_the_last_visit(world: World, portal: Client) -> None:
    client = a_client(world.agence, last_name="Ancien", access_code="9999")
    old = world.visit(day=TODAY - timedelta(days=61), client_id=client.pk, contrat_id=None)
    html = portal.get(sheet_of(old)).text
    assert "Ancien" in html
    assert "9999" not in html
    assert "Vieux-Puits" not in html


def test_another_intervenant_and_another_agency_find_nothing(world: World, signed_in: SignIn) -> None:
    visit = world.visit(day=TODAY)
    for stranger in (an_intervenant(world.agence), a_world().intervenant):
        other = signed_in(stranger)
        assert other.get(sheet_of(visit)).status_code == 404
        assert "Quéré" not in other.get("/intervenant/").text


def test_the_planning_takes_no_post(world: World, portal: Client) -> None:
    assert portal.post("/intervenant/").status_code == 405
    assert portal.post(sheet_of(world.visit(day=TODAY))).status_code == 405
