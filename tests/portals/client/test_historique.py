"""Historique and the relevé: the same totals on the screen and on paper, each name as it may be read."""

import io
from datetime import timedelta
from typing import Any

import pypdf
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from interventions.states import Action, Choice, Ground
from tests import factories
from tests.factories import World
from tests.portals.client.conftest import signed_in
from tests.portals.client.test_prestations import words
from tests.portals.client.visits import YESTERDAY, a_done_visit, at, facts_of

PAGE = "/client/historique/"
PAPER = "/client/historique/2026-11/releve.pdf"


@pytest.fixture
def month(world: World) -> World:
    """Two visits validated in their own ways, one waiting, one cancelled, one not declared, one of October."""
    other = factories.an_intervenant(world.agence, first_name="Karim", last_name="Benali", civility="M.")
    first = a_done_visit(world, start="08:00", declared=None)
    world.act(first, Action.VALIDATE, world.as_client)
    second = world.visit(start="10:00", minutes=90, intervenant_id=other.pk)
    world.act(second, Action.COMPLETE, factories.actor_of(other))
    world.act(second, Action.VALIDATE_FOR_CLIENT, world.as_manager, ground=Ground.PHONE)
    a_done_visit(world, start="14:00")
    cancelled = world.visit(start="16:00")
    world.act(cancelled, Action.CANCEL, world.as_intervenant, comment="Porte close.")
    world.visit(start="18:00")
    a_done_visit(world, day=YESTERDAY - timedelta(days=40))
    return world


def on_paper(browser: Any, address: str = PAPER) -> str:
    """Return what the relevé says, spaces made plain."""
    answer = browser.get(address)
    assert answer.status_code == 200
    assert answer["Content-Type"] == "application/pdf"
    text = "\n".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(answer.content)).pages)
    return " ".join(text.split())


def test_a_month_says_visits_hours_carers_and_who_validated(month: World, client_page: Any) -> None:
    said = words(client_page.get(PAGE))
    for sentence in (
        "Novembre 2026",
        "Visites validées 2, soit 2 h 30 et 4,8 km",
        "Pas encore validées 1, soit 1 h et 2,4 km",
        "Annulées 1",
        "Validée par vous le 25 novembre à 12 h 00",
        "Validée par l’agence pour vous (téléphone) le 25 novembre à 12 h 00",
        "Annulée, par Aïcha L. le 25 novembre à 12 h 00",
        "Karim B. : 1 visite, 1 h 30, 2,4 km",
        "Octobre 2026",
    ):
        assert sentence in said
    assert "Benali" not in said
    assert "Héritier" not in said


def test_the_paper_has_the_screens_totals_and_whole_names(month: World, client_page: Any) -> None:
    said = on_paper(client_page)
    for sentence in (
        "Relevé des visites, novembre 2026",
        "Mme Yvonne Quéré",
        "Visites validées 2, soit 2 h 30 et 4,8 km",
        "Pas encore validées 1, soit 1 h et 2,4 km",
        "Annulées 1",
        "Total validé 2 2 h 30 4,8 km",
        "M. Karim Benali",
        "Aïcha L’Héritier",
        "Établi le 25 novembre 2026",
    ):
        assert sentence in said
    assert "Validée par vous" not in said
    assert "par Mme Yvonne Quéré" in said


def test_a_proche_reads_the_same_and_who_did_what(month: World, proche_page: Any) -> None:
    said = words(proche_page.get(PAGE))
    assert "Vous agissez pour Mme Yvonne Quéré" in said
    assert "Validée par Mme Yvonne Quéré le 25 novembre" in said
    assert "Visites validées 2, soit 2 h 30 et 4,8 km" in on_paper(proche_page)


@pytest.mark.parametrize("address", ["2026-12", "2026-13", "novembre", "0001-01"])
def test_a_month_without_visits_has_no_paper(month: World, client_page: Any, address: str) -> None:
    assert client_page.get(f"/client/historique/{address}/releve.pdf").status_code == 404
    assert client_page.get(PAGE, {"mois": address}).status_code == 200


def test_another_clients_month_is_not_there(month: World) -> None:
    other = factories.a_world()
    a_done_visit(other, start="07:07")
    stranger = signed_in(other.client.user)
    assert "Karim" not in stranger.get(PAGE).text
    assert "Benali" not in on_paper(stranger)
    month.proche.ends_on = YESTERDAY
    month.proche.save()
    assert signed_in(month.proche.user).get(PAPER).status_code == 403


def test_what_was_decided_and_agreed_says_so(world: World, client_page: Any) -> None:
    motif = world.motif(kind="refus", opens_hours=True)
    agreed, decided = a_done_visit(world, start="08:00"), a_done_visit(world, start="10:00")
    for visit, start in ((agreed, "08:15"), (decided, "10:15")):
        facts = facts_of(visit, start, f"{int(start[:2]) + 1:02d}:00")
        world.act(visit, Action.CONTEST, world.as_client, motif_id=motif.pk, facts=facts)
    world.act(agreed, Action.ACCEPT_CHANGE, world.as_intervenant)
    world.act(decided, Action.REFUSE_CHANGE, world.as_intervenant)
    world.act(decided, Action.ARBITRATE, world.as_manager, choice=Choice.CLIENT, reason="Vu.")
    said = words(client_page.get(PAGE))
    assert "Modification acceptée par Aïcha L. le 25 novembre" in said
    assert "Décidée par l’agence le 25 novembre" in said
    assert at(agreed) in client_page.get(PAGE).text


def test_the_number_of_statements_does_not_grow(month: World, client_page: Any) -> None:
    client_page.get(PAGE)
    with CaptureQueriesContext(connection) as before:
        client_page.get(PAGE)
    for hour in range(8, 14):
        world_visit = a_done_visit(month, day=YESTERDAY - timedelta(days=3), start=f"{hour:02d}:00")
        month.act(world_visit, Action.VALIDATE, month.as_client)
    with CaptureQueriesContext(connection) as after:
        client_page.get(PAGE)
    assert len(after) == len(before)
