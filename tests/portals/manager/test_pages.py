"""Every page of the gestionnaires' portal opens, and shows nothing of another agency or secteur."""

from __future__ import annotations

import pytest

from interventions.states import Action, Role
from interventions.workflow import FACT_CHANGES, TABLE
from portals.manager.act_list import ACTS
from tests import factories
from tests.factories import World
from tests.portals.manager.conftest import Desk, desk_of, words

pytestmark = pytest.mark.django_db

PAGES = ["", "clients/", "intervenants/", "deliberations/", "parametres/"]


@pytest.mark.parametrize("path", PAGES)
def test_pages_open_when_there_is_nothing(path: str) -> None:
    agence = factories.an_agence()
    answer = desk_of(factories.a_gestionnaire(agence)).get(path)
    assert answer.status_code == 200


@pytest.mark.parametrize("path", PAGES)
def test_pages_open_with_what_there_is(desk: Desk, world: World, path: str) -> None:
    world.visit()
    assert desk.get(path).status_code == 200


def of_one_row(world: World) -> list[str]:
    """Return the addresses of the pages of the world's client, intervenant and a visit."""
    visit = world.visit()
    return [
        f"clients/{world.client.public_id}/",
        f"clients/{world.client.public_id}/?onglet=planning",
        f"clients/{world.client.public_id}/interventions/nouvelle/",
        f"interventions/{visit.public_id}/",
        f"interventions/{visit.public_id}/deliberation/",
        *(f"interventions/{visit.public_id}/{act.noun}/" for act in ACTS.values()),
    ]


def test_pages_of_one_row_open(desk: Desk, world: World) -> None:
    paths = [*of_one_row(world), f"intervenants/{world.intervenant.public_id}/"]
    assert {path: desk.get(path).status_code for path in paths} == dict.fromkeys(paths, 200)


def test_another_agency_has_none_of_them(world: World) -> None:
    stranger = desk_of(factories.a_gestionnaire(factories.an_agence()))
    for path in [*of_one_row(world), f"intervenants/{world.intervenant.public_id}/"]:
        assert stranger.get(path).status_code == 404, path
        if "interventions/" in path:
            assert stranger.post(path).status_code in (404, 405), path
    for path in PAGES:
        text = words(stranger.get(path))
        assert "Quéré" not in text
        assert "L’Héritier" not in text


def test_another_secteur_has_none_of_them(world: World) -> None:
    own, other = factories.a_secteur(world.agence), factories.a_secteur(world.agence)
    world.client.secteur = own
    world.client.save()
    limited = desk_of(factories.a_gestionnaire(world.agence, secteurs=[other], last_name="Ailleurs"))
    for path in of_one_row(world):
        assert limited.get(path).status_code == 404, path
        if "interventions/" in path:
            assert limited.post(path).status_code in (404, 405), path
    for path in PAGES:
        assert "Quéré" not in words(limited.get(path)), path
    # An intervenant is seen by all, their visits in other secteurs are not.
    planning = limited.get(f"intervenants/{world.intervenant.public_id}/?onglet=planning&date=2026-11-24")
    assert planning.status_code == 200
    assert "Quéré" not in words(planning)


def test_the_own_secteur_has_them(world: World) -> None:
    own = factories.a_secteur(world.agence)
    world.client.secteur = own
    world.client.save()
    limited = desk_of(factories.a_gestionnaire(world.agence, secteurs=[own], last_name="Ici"))
    for path in of_one_row(world):
        assert limited.get(path).status_code == 200, path


def test_every_act_of_a_manager_has_an_address() -> None:
    by_system_or_elsewhere = {Action.PLAN, Action.ARBITRATE}
    acts = {row.action for row in TABLE.values() if Role.MANAGER in row.by} | set(FACT_CHANGES)
    assert set(ACTS) == acts - by_system_or_elsewhere
