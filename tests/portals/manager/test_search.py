"""The search of every page, and what was seen recently."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from interventions import recent
from interventions.models import Intervention, RecentlySeen, User
from portals.web.actors import actors_of
from tests import factories
from tests.factories import World
from tests.portals.manager.conftest import Desk, desk_of, words
from tests.portals.manager.test_statements import cost

pytestmark = pytest.mark.django_db


def numbered(world: World, number: str, **fields: Any) -> Intervention:
    """Plan a visit with a number, as an import does."""
    visit = world.visit(**fields)
    Intervention.objects.filter(pk=visit.pk).update(number=number)
    return Intervention.objects.get(pk=visit.pk)


def found(desk: Desk, typed: str) -> list[str]:
    """Return where the lines of the page lead to, what was seen recently among them."""
    return _links(desk.get("recherche/", query_params={"q": typed}).text)


def suggested(desk: Desk, typed: str) -> list[str]:
    """Return where the lines that htmx brings below the field lead to."""
    answer = desk.get("recherche/", query_params={"q": typed}, headers={"HX-Request": "true"})
    return re.findall(r'data-url="([^"]+)"', answer.text)


def _links(page: str) -> list[str]:
    content = page.partition('id="contenu"')[2]
    return re.findall(r'<li><a href="([^"]+)">', content)


def url(row: Any) -> str:
    """Return the address of a fiche or a window."""
    return f"/gestion/{row._meta.model_name}s/{row.public_id}/"


@pytest.mark.parametrize("typed", ["QUERE", "quéré yv", "uér", "cl-7"])
def test_a_client_by_any_piece_of_name_or_number(desk: Desk, world: World, typed: str) -> None:
    world.client.number = "CL-7x"
    world.client.save()
    assert suggested(desk, typed) == [url(world.client)]


def test_an_intervenant_and_a_visit_by_the_beginning_of_its_number(desk: Desk, world: World) -> None:
    visit = numbered(world, "In000123")
    numbered(world, "zIN0001", start="14:00")
    assert suggested(desk, "heritier") == [url(world.intervenant)]
    assert suggested(desk, "iN0001") == [url(visit)]
    assert suggested(desk, "i") == [url(world.intervenant)]
    assert suggested(desk, "IN0001%") == []
    assert suggested(desk, "IN00_1") == []


def test_what_means_one_thing_is_opened_and_several_are_listed_by_kind(desk: Desk, world: World) -> None:
    assert desk.get("recherche/?q=yvonne").url == url(world.client)
    other = factories.a_client(world.agence, last_name="Queffélec")
    carer = factories.an_intervenant(world.agence, last_name="Le Quéau")
    gone = factories.a_client(world.agence, last_name="Quéau", archived_at=world.now)
    assert found(desk, "que") == [url(other), url(world.client), url(gone), url(carer)]
    page = words(desk.get("recherche/?q=que"))
    assert "Clients Queffélec Yvonne" in page
    assert "archivé" in page


def test_more_than_is_shown_leads_to_the_list(desk: Desk, world: World) -> None:
    for n in range(21):
        factories.a_client(world.agence, last_name=f"Nom {n}")
    page = desk.get("recherche/?q=nom")
    assert len(_links(page.text)) == 20
    assert 'href="/gestion/clients/?q=nom"' in page.text
    assert len(suggested(desk, "nom")) == 5


def test_nothing_of_it_is_said_in_words_and_what_was_typed_stays(desk: Desk) -> None:
    page = desk.get("recherche/", query_params={"q": "personne <b>"})
    assert "Rien ne répond à « personne &lt;b&gt; »" in words(page)
    assert 'value="personne &lt;b&gt;"' in page.text


def test_only_what_the_secteurs_allow_is_found(world: World) -> None:
    own = factories.a_secteur(world.agence)
    mine = factories.a_client(world.agence, secteur=own)
    theirs = numbered(world, "IN01")
    ours = numbered(
        world, "IN02", client_id=mine.pk, contrat_id=factories.a_contrat(mine, world.prestation).pk, start="14:00"
    )
    elsewhere = factories.a_world()
    numbered(elsewhere, "IN03")
    limited = desk_of(factories.a_gestionnaire(world.agence, secteurs=[own], all_secteurs=False))
    assert suggested(limited, "quere") == [url(mine)]
    assert suggested(limited, "in0") == [url(ours)]
    assert suggested(desk_of(world.gestionnaire), "in0") == [url(theirs), url(ours)]
    assert suggested(desk_of(elsewhere.gestionnaire), "héritier") == [url(elsewhere.intervenant)]


def test_it_costs_as_much_for_many_as_for_one(desk: Desk, world: World) -> None:
    numbered(world, "NOM0")
    path = "recherche/?q=nom"
    factories.a_client(world.agence, last_name="Nom"), factories.an_intervenant(world.agence, last_name="Nom")
    desk.get(path)
    before = cost(desk, path)
    for n in range(1, 30):
        factories.a_client(world.agence, last_name=f"Nom {n}")
        factories.an_intervenant(world.agence, last_name=f"Nom {n}")
        numbered(world, f"NOM{n}", start=f"{n % 20:02d}:30", minutes=10)
    assert cost(desk, path) == before


def test_visits_are_found_by_an_index(world: World) -> None:
    """On a table so small the database would read it whole, unless it is told not to."""
    numbered(world, "IN01")
    with connection.cursor() as cursor:
        cursor.execute("SELECT prosrc FROM pg_proc WHERE proname = 'visits_numbered'")
        ((asked,),) = cursor.fetchall()
        cursor.execute("SET LOCAL enable_seqscan = off")
        # As the owner, whose rights the function has, no policy stands in its way.
        cursor.execute("EXPLAIN " + re.sub(r"\bbeginning\b", "'in0'", asked))
        plan = "\n".join(row[0] for row in cursor.fetchall())
    assert "intervention_by_number" in plan, plan
    assert ">= 'IN0'::text" in plan, plan
    assert "Sort" not in plan, plan


def test_what_this_person_opened_last_comes_first(desk: Desk, world: World) -> None:
    visit = world.visit()
    for row in (world.client, world.intervenant, visit, world.client):
        assert desk.browser.get(url(row)).status_code == 200
    assert suggested(desk, "") == found(desk, "") == [url(world.client), url(visit), url(world.intervenant)]
    page = desk.get("").text.partition('id="recents"')[2]
    assert re.findall(r'<li><a href="([^"]+)">', page) == [url(world.client), url(visit), url(world.intervenant)]


def test_it_is_theirs_alone_bounded_and_only_what_they_may_see(desk: Desk, world: World) -> None:
    colleague = factories.a_gestionnaire(world.agence)
    desk.browser.get(url(world.client))
    assert suggested(desk_of(colleague), "") == []
    for n in range(recent.KEPT + 3):
        desk.browser.get(url(factories.an_intervenant(world.agence, last_name=f"Nom {n}")))
    assert len(suggested(desk, "")) == recent.KEPT
    assert [len(row.seen) for row in RecentlySeen.objects.all()] == [recent.KEPT]
    desk.browser.get(url(world.client))
    assert suggested(desk, "")[0] == url(world.client)
    world.gestionnaire.all_secteurs = False
    world.gestionnaire.save()
    assert url(world.client) not in suggested(desk, "")


def test_two_agencies_of_one_person_share_nothing(world: World) -> None:
    """The same address is a gestionnaire's at both: each agency has a list of its own."""
    user: User = world.gestionnaire.user
    other = factories.a_world()
    factories.a_gestionnaire(other.agence, user=user)
    here, there = (actor for actor in actors_of(user, world.now) if actor.gestionnaire_id)
    if here.agence_id != world.agence.pk:
        here, there = there, here
    recent.note(here, world.client)
    assert recent.seen(here) == [world.client]
    assert recent.seen(there) == []
    recent.note(there, world.client)  # even if it got there
    assert recent.seen(there) == []


def test_opening_the_same_again_writes_nothing(world: World) -> None:
    recent.note(world.as_manager, world.client)
    before = RecentlySeen.objects.values_list("pk", "seen").get()
    with connection.cursor() as cursor:
        cursor.execute("SELECT xmin::text FROM interventions_recentlyseen")
        row = cursor.fetchone()
        recent.note(world.as_manager, world.client)
        cursor.execute("SELECT xmin::text FROM interventions_recentlyseen")
        assert cursor.fetchone() == row
    assert RecentlySeen.objects.values_list("pk", "seen").get() == before


def test_what_was_seen_costs_as_much_for_many_as_for_one(desk: Desk, world: World) -> None:
    def one_of_each(n: int) -> None:
        client = factories.a_client(world.agence, last_name=f"Nom {n}")
        day = world.now.date() + timedelta(days=n)
        for row in (client, factories.an_intervenant(world.agence), world.visit(day=day)):
            recent.note(world.as_manager, row)

    one_of_each(1)
    desk.get("recherche/")
    before = cost(desk, "recherche/")
    for n in range(2, 4):
        one_of_each(n)
    assert cost(desk, "recherche/") == before


def test_the_keys_and_the_menu_offer_what_this_person_may(desk: Desk, world: World) -> None:
    reading = desk_of(factories.a_gestionnaire(world.agence, may_manage=False))
    for one, may in ((desk, True), (reading, False)):
        assert ('data-key="n"' in one.get("contrats/").text) is may
        listed = dict(re.findall(r"<kbd>([^<]+)</kbd></dt><dd>([^<]+)</dd>", one.get("touches/").text))
        assert (listed.get("n") == "Créer une visite") is may
        assert (listed["/"], listed["p"], listed["s"]) == ("Rechercher", "Planning", "Suivi des validations")
    dialog = desk.get("touches/", headers={"HX-Request": "true"}).text
    assert "<html" not in dialog
    assert 'method="dialog"' in dialog
