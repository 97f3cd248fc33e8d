"""The desk's planning in a browser: nothing for axe to find, nothing too wide; with JavaScript and without."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from interventions.models import Intervention
from interventions.states import Status
from tests import factories
from tests.e2e.test_manager import desk, with_javascript, world
from tests.factories import World

__all__ = ["desk", "world"]
pytestmark = pytest.mark.django_db(transaction=True)


def busy(world: World) -> Intervention:
    """Fill a week and return one of its visits, which is still to come."""
    today = world.now.date()
    other = factories.an_intervenant(world.agence, last_name="Abgrall", first_name="Maël", weekly_minutes=30)
    factories.a_secteur(world.agence, name="Nord")
    factories.an_absence(other, starts_on=today)
    world.visit(day=today, intervenant_id=other.pk)
    world.visit(day=today, start="14:00", intervenant_id=None)
    world.visit(day=today, start="09:30", minutes=120)
    return world.visit(day=today + timedelta(days=1))


@with_javascript
@pytest.mark.parametrize(("width", "scheme"), [(390, "dark"), (820, "light"), (1440, "light"), (1440, "dark")])
def test_axe_finds_nothing_and_nothing_is_too_wide(desk: Page, world: World, width: int, scheme: Any) -> None:
    visit = busy(world)
    desk.emulate_media(color_scheme=scheme)
    desk.set_viewport_size({"width": width, "height": 900})
    refused: list[str] = []
    desk.on("console", lambda message: refused.append(message.text) if message.type == "error" else None)
    for path in pages(world, visit):
        desk.goto(path)
        found = [violation["id"] for violation in Axe().run(desk).response["violations"]]
        assert (path, found) == (path, [])
        assert desk.evaluate("document.documentElement.scrollWidth") == width, path
    assert refused == []


def pages(world: World, visit: Intervention) -> list[str]:
    """Return the addresses to look at."""
    series = f"series/{factories.a_series(world).public_id}/"
    absence = f"absences/{factories.an_absence(world.client, starts_on=world.now.date()).public_id}/"
    client = f"clients/{world.client.public_id}/"
    return [
        series,
        f"{series}modification/",
        f"{series}fin/",
        f"{client}series/nouvelle/",
        f"{client}absences/nouvelle/",
        f"intervenants/{world.intervenant.public_id}/absences/nouvelle/",
        f"{absence}",
        f"{absence}suppression/",
        client,
        f"{client}?onglet=planning",
        "planning/",
        "planning/?vue=jour",
        "planning/?vue=mois",
        "planning/?q=personne",
        "planning/nouvelle-visite/",
        f"interventions/{visit.public_id}/horaire/?retour=/gestion/planning/",
    ]


def test_a_visit_is_given_to_another_from_the_planning(desk: Page, world: World) -> None:
    visit = busy(world)
    other = factories.an_intervenant(world.agence, last_name="Riou", first_name="Nadia")
    desk.goto(f"planning/?vue=jour&date={visit.day}")
    desk.get_by_role("link", name="Quéré Y.").click()
    desk.get_by_role("link", name="Modifier le planning").click()
    desk.get_by_label("Intervenant", exact=True).select_option(str(other.pk))
    desk.get_by_role("button", name="Enregistrer").click()
    expect(desk.get_by_role("heading", name="Planning", exact=True)).to_be_visible()
    row = desk.get_by_role("listitem").filter(has=desk.get_by_role("heading", name="Riou Nadia"))
    expect(row).to_contain_text("Quéré Y.")
    visit.refresh_from_db()
    assert visit.intervenant == other


def test_what_is_odd_asks_why(desk: Page, world: World) -> None:
    visit = busy(world)
    desk.goto(f"planning/nouvelle-visite/?date={visit.day}")
    desk.get_by_role("main").get_by_role("link", name="Créer une visite").click()
    desk.get_by_label("Début").fill("09:30")
    desk.get_by_label("Fin", exact=True).fill("10:30")
    desk.get_by_label("Prestation").select_option(str(world.prestation.pk))
    desk.get_by_role("button", name="Créer la visite").click()
    expect(desk.get_by_text("Au même moment : Mme Quéré et Aïcha L.")).to_be_visible()
    desk.get_by_label("Pourquoi quand même").fill("À deux pour le lever")
    desk.get_by_role("button", name="Créer la visite").click()
    expect(desk.get_by_role("complementary")).to_contain_text("À deux pour le lever")
    assert Intervention.objects.latest("pk").status == Status.DRAFT


def test_a_series_is_created(desk: Page, world: World) -> None:
    desk.goto(f"clients/{world.client.public_id}/?onglet=planning")
    desk.get_by_role("link", name="Créer une série").click()
    for day in ("Lundi", "Jeudi"):
        desk.get_by_label(day).check()
    desk.get_by_label("Sauf les jours fériés").check()
    desk.get_by_label("Début").fill("09:00")
    desk.get_by_label("Fin", exact=True).fill("10:00")
    desk.get_by_label("Prestation").select_option(str(world.prestation.pk))
    desk.get_by_role("button", name="Créer la série").click()
    expect(desk.get_by_role("status")).to_contain_text("Planifiée")
    expect(desk.get_by_role("heading", level=1)).to_have_text("Série de Mme Yvonne Quéré")
    assert Intervention.objects.count() > 20


def test_the_visits_of_an_absence_are_listed_then_given_away(desk: Page, world: World) -> None:
    visit = busy(world)
    desk.goto(f"intervenants/{world.intervenant.public_id}/")
    desk.get_by_role("link", name="Saisir une absence").click()
    desk.get_by_label("Du", exact=True).fill(visit.day.isoformat())
    desk.get_by_label("Au", exact=False).first.fill(visit.day.isoformat())
    desk.get_by_role("button", name="Enregistrer l’absence").click()
    expect(desk.get_by_text("1 visite est prévue pendant cette absence")).to_be_visible()
    desk.get_by_role("radio", name="Retirer l’intervenant").check()
    desk.get_by_label("Pourquoi, pour retirer l’intervenant").fill("En arrêt")
    desk.get_by_role("button", name="Enregistrer l’absence").click()
    expect(desk.get_by_role("status").first).to_contain_text("L’absence est enregistrée.")
    visit.refresh_from_db()
    assert visit.status == Status.DRAFT
