"""Accueil and the menu: what waits, counted and listed alike."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from interventions import operations
from interventions.models import Fate, Mail
from interventions.states import Action
from portals.manager.waiting import Subject
from tests import factories
from tests.factories import World
from tests.portals.manager.conftest import Desk, desk_of, words
from tests.portals.manager.test_acts import reported_without_contrat
from tests.portals.manager.test_deliberations import disputed

pytestmark = pytest.mark.django_db


def everything(world: World) -> None:
    """Make one visit wait for each reason."""
    disputed(world)
    reported_without_contrat(world)  # leaves its planned visit past and undeclared too
    world.visit(intervenant_id=None, start="18:00")
    contested = world.visit(start="20:00")
    world.act(contested, Action.COMPLETE, world.as_intervenant)
    motif = world.motif("Les kilomètres", kind="refus")
    facts = operations.NewVisit(1, 1, contested.retained_start, contested.retained_end).facts
    world.act(contested, Action.CONTEST, world.as_client, facts=facts, motif_id=motif.pk)


def counts(page: str) -> dict[str, int]:
    """Return the totals at the head of the page, by their words."""
    found = re.findall(r'class="total".*?<b>(?:<svg.*?</svg>\s*)?(\d+)</b>([^<]+)</a>', page, flags=re.S)
    return {label.replace("\u00a0", " "): int(n) for n, label in found}


def test_each_count_leads_to_as_many_rows(desk: Desk, world: World) -> None:
    everything(world)
    page = desk.get("").text
    assert counts(page) == {
        "Visites en attente": 5,
        "À délibérer": 1,
        "À rattacher": 1,
        "Brouillons": 1,
        "Contestées sans réponse": 1,
        "Passées, à réaliser": 1,
        "Mails revenus": 0,
        "Clients sans adresse": 0,
    }
    assert page.count('class="inbox-item"') == 5
    for subject in Subject:
        assert desk.get(f"?sujet={subject}").text.count('class="inbox-item"') == 1, subject


def test_visits_that_wait_alike_are_one_line_that_leads_to_them(desk: Desk, world: World) -> None:
    for start in ("08:00", "10:00", "12:00"):
        world.visit(start=start)
    page = desk.get("")
    assert "Mme Quéré et Mme Aïcha L’Héritier : 3 visites passées, rien de déclaré" in words(page)
    link = re.search(r'class="inbox-title" href="([^"]+)"', page.text)
    assert link
    listed = desk.browser.get(link[1].replace("&amp;", "&"))
    assert listed.text.count('class="inbox-item"') == 3


def test_the_longest_wait_comes_first(desk: Desk, world: World) -> None:
    today = world.now.date()
    other = factories.an_intervenant(world.agence, last_name="Lemoine")
    world.visit(day=today - timedelta(days=2))
    world.visit(day=today - timedelta(days=12), intervenant_id=other.pk)
    page = words(desk.get(""))
    assert page.index("Lemoine") < page.index("L’Héritier")
    assert "Depuis plus d’une semaine" in page
    assert "Cette semaine" in page


def test_many_of_one_kind_do_not_hide_the_others(desk: Desk, world: World) -> None:
    for n in range(12):
        other = factories.an_intervenant(world.agence, last_name=f"Nom {n}")
        world.visit(day=world.now.date() - timedelta(days=9), intervenant_id=other.pk)
    disputed(world)
    page = words(desk.get(""))
    assert "Mme Quéré et Mme Aïcha L’Héritier : à délibérer" in page
    assert page.count("visite passée, rien de déclaré") == 20  # ten lines, each with its button
    assert "Les plus anciennes seulement. Voir tout : Passées, à réaliser" in page


def test_clients_whom_no_mail_reaches(desk: Desk, world: World) -> None:
    factories.a_client(world.agence, user=None, last_name="Kerbrat")
    reached = factories.a_client(world.agence, user=None, last_name="Prigent")
    factories.a_proche(reached, gets_mails=True)
    ended = factories.a_client(world.agence, user=None, last_name="Noël")
    factories.a_proche(ended, gets_mails=True, ends_on=world.now.date() - timedelta(days=1))
    page = words(desk.get("clients/?adresse=sans"))
    assert "Kerbrat" in page
    assert "Noël" in page
    assert "Prigent" not in page
    assert counts(desk.get("").text)["Clients sans adresse"] == 2


def test_mails_that_came_back(desk: Desk, world: World) -> None:
    own, other = factories.a_secteur(world.agence), factories.a_secteur(world.agence)
    world.client.secteur = own
    world.client.save()
    visit = world.visit()
    world.act(visit, Action.COMPLETE, world.as_intervenant)
    Mail.objects.filter(to=world.client.user.email).update(fate=Fate.BOUNCED, bounced_at=world.now)
    assert counts(desk.get("").text)["Mails revenus"] == 1
    limited = desk_of(factories.a_gestionnaire(world.agence, secteurs=[other], last_name="Ailleurs"))
    assert counts(limited.get("").text)["Mails revenus"] == 0
    assert f"Mail à {world.client.user.email} : revenu" in words(desk.get(f"interventions/{visit.public_id}/"))


def test_the_menu_leads_down_to_the_tracking(desk: Desk, world: World) -> None:
    disputed(world)
    page = words(desk.get("clients/"))
    assert "Analyse Contrôle des informations Interventions automatiques Suivi des validations" in page
    assert "À délibérer , en attente : 1" in page
