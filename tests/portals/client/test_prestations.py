"""Mes prestations: what is shown, to whom, in what words."""

import re
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from interventions import operations
from interventions.guards import Facts
from interventions.states import Action
from tests import factories
from tests.factories import World, local
from tests.portals.client.conftest import signed_in
from tests.portals.client.visits import YESTERDAY, a_done_visit, at, sent


def words(answer: Any) -> str:
    """Return what a page says, without its markup, spaces made plain."""
    text = re.sub(r"<[^>]+>", " ", answer.text)
    return re.sub(r"[\s\u00a0\u202f]+", " ", text)


def test_a_visit_is_told_in_plain_words(world: World, client_page: Any) -> None:
    day = YESTERDAY
    declared = Facts(local(day, "09:00"), local(day, "10:30"), Decimal("8"))
    a_done_visit(world, minutes=60, declared=declared, comment="Pharmacie de garde.", ordre_de_mission="Courses")
    said = words(client_page.get("/client/"))
    for sentence in (
        "1 visite à valider.",
        "Mardi 24 novembre, Aïcha L. est venue de 9 h à 10 h 30 (prévu : 9 h à 10 h)",
        "1 h 30",
        "30 minutes de plus que prévu",
        "8 km au lieu de 2,4 km",
        "Pharmacie de garde.",
        "Ordre de mission : Courses",
        "Valider",
        "Modifier",
        "Annuler",
    ):
        assert sentence in said
    assert "Héritier" not in said
    assert "Comme prévu" not in said


def test_as_planned_and_moved_and_added(world: World, client_page: Any) -> None:
    a_done_visit(world, start="08:00")
    moved = Facts(local(YESTERDAY, "11:00"), local(YESTERDAY, "12:00"), Decimal("2.4"))
    a_done_visit(world, start="10:00", declared=moved)
    new = operations.NewVisit(
        world.client.pk, world.prestation.pk, local(YESTERDAY, "15:00"), local(YESTERDAY, "16:00")
    )
    report = operations.Change(Action.REPORT, new=new)
    outcome = operations.apply([report], actor=world.as_intervenant, at=world.now, key=factories.key())
    assert not outcome.refused
    said = words(client_page.get("/client/"))
    assert "Comme prévu" in said
    assert "est venue de 11 h à 12 h (prévu : 10 h à 11 h)" in said
    assert "Même durée, mais à une autre heure que prévu" in said
    assert "Visite ajoutée par Aïcha L. : elle n’était pas prévue." in said
    assert "Ordre de mission : Ajoutée par Aïcha L. le 25/11/2026" in said
    assert "Héritier" not in said


def test_only_what_awaits_an_answer_is_shown_and_counted(world: World, client_page: Any) -> None:
    a_done_visit(world)
    world.visit(start="14:00")
    answer = client_page.get("/client/")
    assert answer.text.count('class="countersign"') == 1
    assert re.search(r"visites à valider\s*:\s*</span>1<", answer.text)


def test_nothing_to_validate_says_what_comes_next(client_page: Any) -> None:
    said = words(client_page.get("/client/"))
    assert "Rien à valider" in said
    assert "Voir mon planning" in said


def test_another_clients_and_another_agencys_visits_are_not_there(world: World, client_page: Any) -> None:
    other = factories.a_world()
    neighbour = factories.a_client(world.agence)
    contrat = factories.a_contrat(neighbour, world.prestation)
    theirs = a_done_visit(world, client_id=neighbour.pk, contrat_id=contrat.pk)
    for visit in (a_done_visit(other), theirs):
        assert str(visit.public_id) not in client_page.get("/client/").text
        assert client_page.get(at(visit)).status_code == 404
        for noun in ("validation", "modification", "annulation", "reprise", "contestation"):
            if noun not in ("validation", "reprise"):
                assert client_page.get(at(visit, noun)).status_code == 404
            assert client_page.post(at(visit, noun), sent(visit)).status_code == 404
        row = f"{visit.public_id}:{visit.version}"
        assert client_page.post("/client/validations/", {"key": factories.key(), "visite": row}).status_code == 404
        visit.refresh_from_db()
        assert visit.status == "done"


def test_a_proche_reads_for_whom_they_act(world: World, proche_page: Any) -> None:
    a_done_visit(world)
    for page in ("/client/", "/client/planning/", "/client/demandes/"):
        assert "Vous agissez pour Mme Yvonne Quéré" in words(proche_page.get(page))


def test_the_client_is_not_told_for_whom(client_page: Any) -> None:
    assert "Vous agissez pour" not in client_page.get("/client/").text


def test_a_proche_without_the_right_reads_why(world: World) -> None:
    visit = a_done_visit(world)
    looker = factories.a_proche(world.client, may_validate=False, may_contest=False)
    browser = signed_in(looker.user)
    answer = browser.get("/client/")
    assert "Votre mandat ne permet pas de valider." in words(answer)
    assert "Votre mandat ne permet pas de modifier ni d’annuler." in words(answer)
    assert at(visit, "validation") not in answer.text
    refused = browser.post(at(visit, "validation"), sent(visit))
    assert refused.status_code == 422
    assert "Votre mandat ne permet pas de valider." in words(refused)
    visit.refresh_from_db()
    assert visit.status == "done"


def test_a_proche_who_may_only_validate_sees_only_that_button(world: World) -> None:
    visit = a_done_visit(world)
    browser = signed_in(factories.a_proche(world.client, may_contest=False).user)
    text = browser.get("/client/").text
    assert at(visit, "validation") in text
    assert at(visit, "modification") not in text
    assert browser.post(at(visit, "validation"), sent(visit)).status_code == 303
    answered = browser.get("/client/")
    assert at(visit, "reprise") not in answered.text
    assert "Votre mandat ne permet pas de modifier ni d’annuler." in words(answered)


def test_a_mandate_that_is_over_opens_nothing(world: World, proche_page: Any) -> None:
    visit = a_done_visit(world)
    assert proche_page.get("/client/").status_code == 200
    world.proche.ends_on = YESTERDAY
    world.proche.save()
    assert proche_page.get("/client/").status_code == 403
    assert proche_page.post(at(visit, "validation"), sent(visit)).status_code == 403
    visit.refresh_from_db()
    assert visit.status == "done"


def test_a_client_whose_tuteur_acts_alone_reads_so(world: World, client_page: Any) -> None:
    visit = a_done_visit(world)
    world.agence.tuteur_acts_alone = True
    world.agence.save()
    factories.a_proche(world.client, kind="tuteur")
    answer = client_page.get("/client/")
    assert "Votre tuteur répond à votre place." in words(answer)
    assert at(visit, "validation") not in answer.text


def test_the_module_off_is_said_once_and_nothing_can_be_pressed(world: World, client_page: Any) -> None:
    visits = [a_done_visit(world, start=f"{hour:02d}:00") for hour in (8, 10, 12)]
    operations.set_module(world.as_manager, False, world.now)
    answer = client_page.get("/client/")
    assert words(answer).count("La validation depuis les portails n’est pas activée par votre agence.") == 1
    assert "Valider toute la semaine" not in words(answer)
    refused = client_page.post(at(visits[0], "validation"), sent(visits[0]))
    assert refused.status_code == 422
    assert "n’est pas activée par votre agence" in words(refused)


def test_a_closed_month_is_said(world: World, client_page: Any) -> None:
    visit = a_done_visit(world, day=YESTERDAY - timedelta(days=30))
    operations.close_month(world.as_manager, visit.day.replace(day=1), world.now)
    assert "Mois clôturé : cette visite ne change plus." in words(client_page.get("/client/"))


@pytest.mark.parametrize("page", ["/client/", "/client/demandes/", "/client/planning/"])
def test_thirty_visits_cost_no_more_statements_than_one(world: World, client_page: Any, page: str) -> None:
    def visit(n: int) -> None:
        done = a_done_visit(world, day=YESTERDAY - timedelta(days=n // 3), start=f"{8 + 2 * (n % 3):02d}:00")
        if page == "/client/demandes/":
            world.act(done, Action.CANCEL_BY_CLIENT, world.as_client, motif_id=world.motif().pk, comment="Absente.")

    visit(0)
    client_page.get(page)
    with CaptureQueriesContext(
        connection,
    ) as one:
        assert client_page.get(page).status_code == 200
    for n in range(1, 30):
        visit(n)
    with CaptureQueriesContext(connection) as thirty:
        assert client_page.get(page).status_code == 200
    assert len(thirty) == len(one)
