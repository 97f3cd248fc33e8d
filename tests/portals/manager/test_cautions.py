"""What is pointed out after an act and never refused, and what a closed month says."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from interventions import operations
from interventions.models import Intervention
from interventions.states import Status
from tests import factories
from tests.factories import World
from tests.portals.manager.conftest import Desk, desk_of, words
from tests.portals.manager.test_new_visits import create

pytestmark = pytest.mark.django_db


def test_an_overlap_is_pointed_out(desk: Desk, world: World) -> None:
    other = factories.a_client(world.agence, last_name="Kerbrat")
    contrat = factories.a_contrat(other, world.prestation)
    world.visit(day=world.now.date().replace(month=12, day=2), client_id=other.pk, contrat_id=contrat.pk)
    asked = create(desk, world, intervenant=world.intervenant.pk)
    assert asked.status_code == 422
    assert "Au même moment : Mme Kerbrat et Aïcha L., 9 h 00 – 10 h 00." in words(asked)
    assert Intervention.objects.count() == 1
    answer = create(desk, world, intervenant=world.intervenant.pk, reason="Relais sur place")
    page = words(desk.browser.get(answer.url))
    assert "Planifiée Claire Morvan (gestionnaire), 25/11/2026 à 12 h 00" in page
    assert "Relais sur place" in page


def test_a_press_repeated_is_not_its_own_overlap(desk: Desk, world: World) -> None:
    key = factories.key()
    first, again = (create(desk, world, intervenant=world.intervenant.pk, key=key) for _ in range(2))
    assert (first.status_code, again.status_code) == (303, 303)
    assert Intervention.objects.count() == 1


def test_an_overlap_in_another_secteur_names_nobody(world: World) -> None:
    mine, hers = (factories.a_secteur(world.agence) for _ in range(2))
    world.client.secteur = mine
    world.client.save()
    other = factories.a_client(world.agence, last_name="Kerbrat", secteur=hers)
    world.visit(day=date(2026, 12, 2), client_id=other.pk, contrat_id=None)
    desk = desk_of(factories.a_gestionnaire(world.agence, secteurs=[mine]))
    asked = create(desk, world, intervenant=world.intervenant.pk)
    assert "Au même moment : une visite dans un autre secteur." in words(asked)
    assert "Kerbrat" not in asked.text


def test_an_absence_and_a_long_week_are_pointed_out(desk: Desk, world: World) -> None:
    factories.an_absence(world.client, starts_on=date(2026, 12, 1), ends_on=date(2026, 12, 4))
    world.intervenant.weekly_minutes = 60
    world.intervenant.save()
    asked = words(create(desk, world, intervenant=world.intervenant.pk))
    assert "Absence de Mme Yvonne Quéré : hospitalisation, du 01/12/2026 au 04/12/2026." in asked
    week = "Semaine du 30 novembre au 6 décembre : Mme Aïcha L’Héritier aurait 1 h 30, pour 1 h."
    assert week in asked


def test_moving_a_visit_onto_another_asks_why(desk: Desk, world: World) -> None:
    visit = world.visit(day=date(2026, 12, 2))
    world.visit(day=date(2026, 12, 2), start="14:00")
    typed = {"day": "2026-12-02", "start": "14:30", "end": "15:30", "km": "0", "intervenant": world.intervenant.pk}
    asked = desk.post(f"interventions/{visit.public_id}/horaire/", visit, **typed)
    assert asked.status_code == 422
    assert "Changez ce qui est signalé, ou écrivez pourquoi." in words(asked)
    done = desk.post(f"interventions/{visit.public_id}/horaire/", visit, **typed, reason="À deux")
    assert done.status_code == 303
    assert "À deux" in words(desk.browser.get(done.url))


def moved(world: World, visit: Intervention, **typed: Any) -> dict[str, Any]:
    """Return what the form of a move sends: as the visit stands, with what was typed otherwise."""
    usual = {"day": f"{visit.day}", "start": "09:00", "end": "10:00", "km": "0", "intervenant": world.intervenant.pk}
    return usual | typed


def asks_why(desk: Desk, path: str, visit: Intervention | None, typed: dict[str, Any]) -> str:
    """See that a form is not saved before somebody wrote why, and then is, with the reason; return what it said."""
    before = Intervention.objects.values_list("pk", "version").order_by("pk")
    standing = list(before)
    asked = desk.post(path, visit, **typed)
    assert asked.status_code == 422
    assert list(before.all()) == standing
    done = desk.post(path, visit, **typed, reason="Vu avec la famille")
    assert done.status_code == 303
    assert "Vu avec la famille" in words(desk.browser.get(done.url))
    return words(asked)


def test_moving_into_an_absence_or_out_of_the_contrat_asks_why(desk: Desk, world: World) -> None:
    visit = world.visit(day=date(2026, 12, 2))
    factories.an_absence(world.client, starts_on=date(2026, 12, 9), ends_on=date(2026, 12, 9))
    world.contrat.ends_on = date(2026, 12, 15)
    world.contrat.save()
    path = f"interventions/{visit.public_id}/horaire/"
    said = asks_why(desk, path, visit, moved(world, visit, day="2026-12-09"))
    assert "Absence de Mme Yvonne Quéré : hospitalisation, le 09/12/2026." in said
    visit.refresh_from_db()
    said = asks_why(desk, path, visit, moved(world, visit, day="2026-12-16"))
    assert "Aucun contrat facturable ne couvre cette visite" in said


def test_giving_a_visit_to_somebody_who_is_busy_away_or_full_asks_why(desk: Desk, world: World) -> None:
    other = factories.an_intervenant(world.agence, last_name="Abgrall", first_name="Maël", weekly_minutes=90)
    client = factories.a_client(world.agence, last_name="Kerbrat")
    contrat = factories.a_contrat(client, world.prestation)
    world.visit(day=date(2026, 12, 2), client_id=client.pk, contrat_id=contrat.pk, intervenant_id=other.pk)
    factories.an_absence(other, starts_on=date(2026, 12, 1), ends_on=date(2026, 12, 3))
    visit = world.visit(day=date(2026, 12, 2))
    path = f"interventions/{visit.public_id}/horaire/"
    said = asks_why(desk, path, visit, moved(world, visit, intervenant=other.pk))
    assert "Au même moment : Mme Kerbrat et Maël A., 9 h 00 – 10 h 00." in said
    assert "Absence de Mme Maël Abgrall : maladie, du 01/12/2026 au 03/12/2026." in said
    assert "Mme Maël Abgrall aurait 2 h, pour 1 h 30." in said
    visit.refresh_from_db()
    assert visit.intervenant == other


def test_a_copy_is_weighed_like_a_new_visit(desk: Desk, world: World) -> None:
    visit = world.visit(day=date(2026, 11, 30), start="09:00")
    world.visit(day=date(2026, 12, 2), start="09:30")
    path = f"clients/{world.client.public_id}/interventions/nouvelle/?copie={visit.public_id}&date=2026-12-02"
    shown = desk.get(path).context["form"]
    typed = {name: shown[name].value() for name in shown.fields if name != "reason" and shown[name].value()}
    said = asks_why(desk, path, None, typed | {"day": "2026-12-02"})
    assert "Au même moment : Mme Quéré et Aïcha L., 9 h 30 – 10 h 30." in said
    assert Intervention.objects.count() == 3


def test_giving_a_draft_to_somebody_who_is_away_asks_why(desk: Desk, world: World) -> None:
    visit = world.visit(day=date(2026, 12, 2), intervenant_id=None)
    factories.an_absence(world.intervenant, starts_on=date(2026, 12, 2))
    path = f"interventions/{visit.public_id}/designation/"
    shown = words(desk.get(path))
    assert "L’Héritier Aïcha · absent · ne connaît pas ce client · 1 h sur 35 h" in shown
    assert "Pourquoi quand même" not in shown
    asked = desk.post(path, visit, intervenant=world.intervenant.pk)
    assert "maladie, à partir du 02/12/2026" in words(asked)
    assert "Pourquoi quand même" in words(asked)
    assert desk.post(path, visit, intervenant=world.intervenant.pk, reason="Elle vient").status_code == 303


def test_who_is_proposed_comes_first(desk: Desk, world: World) -> None:
    other = factories.an_intervenant(world.agence, last_name="Abgrall", first_name="Maël", weekly_minutes=None)
    world.visit(day=date(2026, 11, 20), intervenant_id=other.pk)
    visit = world.visit(day=date(2026, 12, 2))
    field = desk.get(f"interventions/{visit.public_id}/horaire/").text
    options = words(type("Page", (), {"text": field.partition('name="intervenant"')[2].partition("</select>")[0]}))
    assert "L’Héritier Aïcha Abgrall Maël · libre · 1 visite chez ce client · 1 h dans la semaine" in options


def test_a_contrat_of_another_prestation_is_pointed_out(desk: Desk, world: World) -> None:
    visit = world.visit()
    contrat = factories.a_contrat(world.client, factories.a_prestation(world.agence, "Courses"))
    answer = desk.post(f"interventions/{visit.public_id}/contrat/", visit, contrat=contrat.pk)
    page = words(desk.browser.get(answer.url))
    assert f"Le contrat {contrat.number} est d’une autre prestation que la visite" in page


def test_nothing_odd_is_not_mentioned(desk: Desk, world: World) -> None:
    answer = create(desk, world, intervenant=world.intervenant.pk)
    assert "Au même moment" not in words(desk.browser.get(answer.url))


def test_a_closed_month_is_said_once_and_stands_still(desk: Desk, world: World) -> None:
    visit = world.visit()
    operations.close_month(world.as_manager, visit.day.replace(day=1), world.now)
    page = words(desk.get(f"interventions/{visit.public_id}/"))
    assert page.count("Mois clôturé : cette visite ne change plus tant que le mois n’est pas rouvert.") == 1
    assert "Retirer l’intervenant" not in page
    refused = desk.post(f"interventions/{visit.public_id}/retrait/", visit, reason="En arrêt")
    assert refused.status_code == 422
    assert "Mois clôturé" in words(refused)
    visit.refresh_from_db()
    assert visit.status == Status.PLANNED
