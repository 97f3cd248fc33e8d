"""The planning of everybody: a row an intervenant, by day and week; the month added up; from it and back."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from interventions.states import Action
from tests import factories
from tests.factories import World
from tests.portals.manager.conftest import Desk, desk_of, words
from tests.portals.manager.test_statements import cost

pytestmark = pytest.mark.django_db
DAY = date(2026, 12, 2)


def test_a_week_has_a_row_an_intervenant_and_one_for_nobody(desk: Desk, world: World) -> None:
    other = factories.an_intervenant(world.agence, last_name="Abgrall", first_name="Maël")
    world.visit(day=DAY)
    world.visit(day=DAY, start="14:00", intervenant_id=None)
    factories.an_absence(other, starts_on=DAY)
    said = words(desk.get("planning/?vue=semaine&date=2026-12-02"))
    assert "Semaine du 30 novembre au 6 décembre 2 visites · 2 h" in said
    rows = said.partition("Sans intervenant")[2]
    assert rows.index("14 h 00 – 15 h 00 Quéré Y.") < rows.index("Abgrall Maël") < rows.index("L’Héritier Aïcha 1 h")
    assert "0 h sur 35 h" in rows.partition("Abgrall")[2]
    assert "Maladie" in rows.partition("Abgrall")[2]
    assert "9 h 00 – 10 h 00 Quéré Y." in rows.partition("L’Héritier")[2]


def test_a_day_lies_along_the_hours(desk: Desk, world: World) -> None:
    world.visit(day=DAY, start="07:30", minutes=45)
    page = desk.get("planning/?vue=jour&date=2026-12-02").text
    assert 'data-first-hour="7" data-hours="13"' in page
    assert '<li data-hour="7" data-step="6" data-steps="9" data-lane="0">' in page


def test_a_month_is_added_up(desk: Desk, world: World) -> None:
    visit = world.visit(day=DAY, minutes=90)
    world.visit(day=DAY, start="14:00", intervenant_id=None)
    cancelled = world.visit(day=DAY, start="16:00")
    world.act(cancelled, Action.CANCEL, world.as_manager, motif_id=world.motif().pk)
    said = words(desk.get(f"planning/?vue=mois&date={visit.day}"))
    assert "Décembre 2026".lower() in said.lower()
    assert "mer 2 2 h 30 3 visites 1 sans intervenant" in said


def test_a_week_beyond_their_hours_says_so(desk: Desk, world: World) -> None:
    world.intervenant.weekly_minutes = 30
    world.intervenant.save()
    world.visit(day=DAY)
    assert "1 h sur 30 min, dépassé" in words(desk.get("planning/?date=2026-12-02"))


def test_the_search_narrows_the_rows(desk: Desk, world: World) -> None:
    factories.an_intervenant(world.agence, last_name="Abgrall", first_name="Maël")
    said = words(desk.get("planning/?q=heritier&date=2026-12-02"))
    assert "L’Héritier Aïcha" in said
    assert "Abgrall" not in said
    assert "Aucun intervenant ne répond à cette recherche" in words(desk.get("planning/?q=personne"))


def test_the_rows_come_fifteen_a_page(desk: Desk, world: World) -> None:
    for n in range(16):
        factories.an_intervenant(world.agence, last_name=f"Nom {n:02d}", user=None)
    first = desk.get("planning/?date=2026-12-02")
    assert "Nom 12" in first.text
    assert "Nom 15" not in first.text
    following = first.text.partition('rel="next" href="?')[2].rpartition('rel="next" href="')[2]
    address = following.partition('"')[0].replace("&amp;", "&").removeprefix("?")
    second = words(desk.get(f"planning/?{address}"))
    assert "Nom 15" in second
    assert "Nom 12" not in second


def test_a_secteur_is_chosen_and_none_of_anothers_is_shown(desk: Desk, world: World) -> None:
    north, south = (factories.a_secteur(world.agence, name=name) for name in ("Nord", "Sud"))
    world.client.secteur = north
    world.client.save()
    other = factories.a_client(world.agence, last_name="Kerbrat", secteur=south)
    world.visit(day=DAY)
    world.visit(day=DAY, start="14:00", client_id=other.pk, contrat_id=None)
    chosen = words(desk.get(f"planning/?date=2026-12-02&secteur={south.public_id}"))
    assert ("Kerbrat" in chosen, "Quéré" in chosen) == (True, False)
    limited = desk_of(factories.a_gestionnaire(world.agence, secteurs=[north]))
    for path in ("planning/?date=2026-12-02", "planning/?date=2026-12-02&vue=jour"):
        assert "Kerbrat" not in limited.get(path).text
        assert "Quéré" in limited.get(path).text
    assert "mer 2 1 h 1 visite " in words(limited.get("planning/?vue=mois&date=2026-12-02"))
    assert str(south.public_id) not in limited.get("planning/").text
    assert "Kerbrat" not in limited.get(f"planning/?date=2026-12-02&secteur={south.public_id}").text


def test_another_agency_is_not_there(desk: Desk) -> None:
    foreign = factories.a_world()
    foreign.client.last_name, foreign.intervenant.last_name = "Étrangère", "Ailleurs"
    foreign.client.save()
    foreign.intervenant.save()
    foreign.visit(day=DAY)
    for path in ("planning/?date=2026-12-02", "planning/?date=2026-12-02&vue=jour", "planning/nouvelle-visite/"):
        page = desk.get(path).text
        assert "Étrangère" not in page
        assert "Ailleurs" not in page
    assert " 1 visite" not in words(desk.get("planning/?vue=mois&date=2026-12-02"))


def test_for_whom_leads_to_the_clients_form(desk: Desk, world: World) -> None:
    factories.a_client(world.agence, last_name="Kerbrat")
    page = desk.get("planning/nouvelle-visite/?q=quere&date=2026-12-09").text
    path = f"/gestion/clients/{world.client.public_id}/interventions/nouvelle/?date=2026-12-09"
    assert path in page
    assert "Kerbrat" not in page
    assert 'value="2026-12-09"' in desk.browser.get(path).text


def test_an_act_from_the_planning_leads_back_to_it(desk: Desk, world: World) -> None:
    visit = world.visit(day=DAY)
    planning = desk.get("planning/?vue=jour&date=2026-12-02").text
    address = planning.partition(f"/gestion/interventions/{visit.public_id}/")[2].partition('"')[0]
    window = desk.get(f"interventions/{visit.public_id}/{address}").text
    back = "/gestion/planning/?vue=jour&amp;date=2026-12-02"
    assert f'href="{back}"' in window
    assert f"/retrait/{address}" in window
    form = desk.get(f"interventions/{visit.public_id}/retrait/{address}").text
    assert f'name="retour" value="{back}"' in form
    typed = {"reason": "En arrêt", "retour": back.replace("&amp;", "&")}
    assert desk.post(f"interventions/{visit.public_id}/retrait/", visit, **typed).url == typed["retour"]


@pytest.mark.parametrize("elsewhere", ["https://ailleurs.example/gestion/", "//ailleurs.example", "/client/"])
def test_nobody_is_sent_elsewhere(desk: Desk, world: World, elsewhere: str) -> None:
    visit = world.visit(day=DAY)
    assert elsewhere not in desk.get(f"interventions/{visit.public_id}/?retour={elsewhere}").text
    done = desk.post(f"interventions/{visit.public_id}/retrait/", visit, reason="En arrêt", retour=elsewhere)
    assert done.url == f"/gestion/interventions/{visit.public_id}/"


def test_creating_needs_the_right(world: World) -> None:
    reader = desk_of(factories.a_gestionnaire(world.agence, may_manage=False))
    assert "nouvelle-visite" not in reader.get("planning/").text


def test_many_rows_cost_as_much_as_one(desk: Desk, world: World) -> None:
    paths = [f"planning/?vue={view}&date=2026-12-02" for view in ("jour", "semaine", "mois")]
    world.visit(day=DAY)
    for path in paths:
        desk.get(path)
    before = [cost(desk, path) for path in paths]
    for n in range(12):
        who = factories.an_intervenant(world.agence, last_name=f"Nom {n}", user=None)
        whom = factories.a_client(world.agence, last_name=f"Nom {n}", user=None)
        world.visit(day=DAY + timedelta(days=n % 4), intervenant_id=who.pk, client_id=whom.pk, contrat_id=None)
        factories.an_absence(who, starts_on=DAY)
    assert [cost(desk, path) for path in paths] == before
