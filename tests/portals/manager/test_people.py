"""Clients and intervenants: lists that find people as typed, and their fiches."""

from __future__ import annotations

import re

import pytest

from portals.web import paging
from tests import factories
from tests.factories import World
from tests.portals.manager.conftest import Desk, words

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


@pytest.mark.parametrize("typed", ["quere", "QUÉRÉ", "yvonne quere", "Quéré Y"])
def test_a_client_is_found_whatever_the_accents(desk: Desk, world: World, typed: str) -> None:
    factories.a_client(world.agence, last_name="Kerbrat", first_name="Paul")
    page = words(desk.get("clients/", data={"q": typed}))
    assert "Quéré Yvonne" in page
    assert "Kerbrat" not in page


def test_a_client_is_found_by_number(desk: Desk, world: World) -> None:
    other = factories.a_client(world.agence, last_name="Kerbrat", first_name="Paul")
    page = words(desk.get("clients/", data={"q": other.number.lower()}))
    assert "Kerbrat Paul" in page
    assert "Quéré" not in page


def test_nobody_found_says_what_to_do(desk: Desk, world: World) -> None:
    page = words(desk.get("clients/", data={"q": "xyz%_"}))
    assert "Aucun client ne répond à « xyz%_ »" in page
    assert "Les accents et les majuscules ne comptent pas" in page


def test_a_fragment_is_the_page_cut(desk: Desk, world: World) -> None:
    for path in ("clients/", "intervenants/"):
        fragment = desk.get(path, headers=HTMX).text.strip()
        assert "<html" not in fragment
        assert fragment in desk.get(path).text


def test_pages_of_fifty_lead_on_and_back(desk: Desk, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    for n in range(4):
        factories.a_client(world.agence, last_name=f"Nom {n}")

    def names(path: str) -> tuple[list[str], dict[str, str]]:
        text = desk.get(path).text
        links = {
            rel: href.replace("&amp;", "&") for rel, href in re.findall(r'rel="(next|prev)" href="([^"]+)"', text)
        }
        return re.findall(r'<th scope="row"><a[^>]*>([^<]+) Yvonne</a>', text), links

    monkeypatch.setattr(paging, "PAGE", 2)
    first, links = names("clients/")
    second, more = names(f"clients/{links['next']}")
    third, last = names(f"clients/{more['next']}")
    assert (first, second, third) == (["Nom 0", "Nom 1"], ["Nom 2", "Nom 3"], ["Quéré"])
    assert (set(links), set(more), set(last)) == ({"next"}, {"prev", "next"}, {"prev"})
    assert names(f"clients/{last['prev']}")[0] == second
    assert names(f"clients/{more['prev']}")[0] == first
    assert names("clients/?apres=rien")[0] == first


def test_clients_without_an_address_come_the_oldest_first(desk: Desk, world: World) -> None:
    for name in ("Zola", "Abgrall", "Morice"):
        factories.a_client(world.agence, last_name=name, user=None)
    listed = re.findall(r'<th scope="row"><a[^>]*>([^<]+) Yvonne</a>', desk.get("clients/?adresse=sans").text)
    assert listed == ["Zola", "Abgrall", "Morice"]


def test_a_fiche_says_who_the_client_is(desk: Desk, world: World) -> None:
    page = words(desk.get(f"clients/{world.client.public_id}/"))
    for said in ("32 impasse du Vieux-Puits, 44510 Le Pouliguen", "14B7", "06 21 78 98 91", "Anne Quéré"):
        assert said in page
    assert world.contrat.number in page


def test_both_fiches_show_the_same_visit(desk: Desk, world: World) -> None:
    visit = world.visit()
    at = f"?onglet=planning&date={visit.day}"
    of_client = desk.get(f"clients/{world.client.public_id}/{at}")
    of_intervenant = desk.get(f"intervenants/{world.intervenant.public_id}/{at}")
    assert "9 h 00 – 10 h 00" in words(of_client)
    assert "9 h 00 – 10 h 00" in words(of_intervenant)
    assert "Mme Aïcha L’Héritier" in words(of_client)
    assert f"/gestion/interventions/{visit.public_id}/" in of_client.text
