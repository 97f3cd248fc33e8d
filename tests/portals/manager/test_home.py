"""Accueil and the menu: what waits, counted and listed alike."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.db import connection

from interventions import operations
from interventions.models import Fate, Intervention, Mail, Unanswered
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
    silent = world.visit(start="21:00", minutes=30)
    world.act(silent, Action.COMPLETE, world.as_intervenant)
    Unanswered.objects.create(agence=world.agence, intervention=silent, step=silent.step, since=world.now)


def totals(page: str) -> list[tuple[str, str, int]]:
    """Return the totals at the head of the page: where each leads, its words, its count."""
    found = re.findall(
        r'class="total" href="([^"]+)".*?<b>(?:<svg.*?</svg>\s*)?(\d+)</b>([^<]+)</a>', page, flags=re.S
    )
    return [(url.replace("&amp;", "&"), label.replace("\u00a0", " "), int(n)) for url, n, label in found]


def counts(page: str) -> dict[str, int]:
    """Return the totals at the head of the page, by their words."""
    return {label: n for _url, label, n in totals(page)}


def rows(desk: Desk, url: str) -> list[str]:
    """Return what leads from each line of a list to what it is about."""
    page = desk.browser.get(url).text
    return re.findall(r'(?:class="inbox-title"|<th (?:class="outbox-subject" )?scope="row"><a) href="([^"]+)"', page)


def mails_and_clients(world: World) -> None:
    """Let a mail come back, be sent again and come back once more; and two clients have no address."""
    visit = world.visit(start="22:00")
    world.act(visit, Action.COMPLETE, world.as_intervenant)
    first = Mail.objects.get(to=world.client.user.email, batch__entries__intervention=visit)
    Mail.objects.filter(pk=first.pk).update(fate=Fate.BOUNCED, bounced_at=world.now)
    again = Mail(agence=world.agence, user=first.user, to=first.to, subject="Encore", resends=first)
    again.fate, again.message_id, again.created_at, again.due_at = Fate.FAILED, "<again>", world.now, world.now
    again.save()
    for name in ("Kerbrat", "Noël"):
        factories.a_client(world.agence, user=None, last_name=name)


def test_each_count_leads_to_exactly_those_rows(desk: Desk, world: World) -> None:
    everything(world)
    mails_and_clients(world)
    # What waits for nobody: of another agency, of a day to come, done, of an archived client.
    everything(factories.a_world())
    world.visit(day=world.now.date() + timedelta(days=1))
    factories.a_client(world.agence, user=None, archived_at=world.now)
    page = desk.get("").text
    assert counts(page) == {
        "Visites en attente": 6,
        "À délibérer": 1,
        "À rattacher": 1,
        "Brouillons": 1,
        "Contestées sans réponse": 1,
        "Passées, à réaliser": 1,
        "Sans réponse du client": 1,
        "Mails revenus": 1,
        "Clients sans adresse": 2,
    }
    listed = {label: rows(desk, url) for url, label, _n in totals(page)}
    assert {label: len(found) for label, found in listed.items()} == counts(page)
    by_subject = [url for subject in Subject for url in listed[str(subject.label).replace("\u00a0", " ")]]
    assert sorted(by_subject) == sorted(listed["Visites en attente"])
    assert len(set(by_subject)) == 6
    waiting = Intervention.objects.filter(agence=world.agence, status__in=["draft", "contested", "arbitration"])
    assert {str(visit.public_id) in " ".join(by_subject) for visit in waiting} == {True}


def test_the_counts_of_somebody_limited_to_a_secteur_lead_to_as_many_rows(world: World) -> None:
    everything(world)
    mails_and_clients(world)
    own = factories.a_secteur(world.agence)
    client = factories.a_client(world.agence, user=None, secteur=own)
    world.visit(client_id=client.pk, contrat_id=factories.a_contrat(client, world.prestation).pk)
    for secteurs, found in (
        ([own], {"Visites en attente": 1, "Passées, à réaliser": 1, "Clients sans adresse": 1}),
        ([], {}),
    ):
        limited = desk_of(factories.a_gestionnaire(world.agence, secteurs=secteurs, all_secteurs=False))
        page = limited.get("").text
        assert {label: n for label, n in counts(page).items() if n} == found
        assert {label: len(rows(limited, url)) for url, label, _n in totals(page)} == counts(page)


def test_the_longest_wait_is_the_first_of_each_list(desk: Desk, world: World) -> None:
    late, later = (world.visit(day=world.now.date() - timedelta(days=n), start="07:00") for n in (3, 9))
    for url in ("/gestion/?sujet=passees", "/gestion/?sujet=toutes"):
        assert rows(desk, url) == [f"/gestion/interventions/{one.public_id}/" for one in (later, late)]


def test_the_page_groups_all_that_waits(desk: Desk, world: World) -> None:
    everything(world)
    assert desk.get("").text.count('class="inbox-item"') == 6


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


def test_what_nobody_answered_leads_to_the_table_with_exactly_that(desk: Desk, world: World) -> None:
    everything(world)
    page = desk.get("?sujet=sans-reponse").text
    found = re.search(r'href="(/suivi/\?courrier=sans-reponse[^"]+)"', page)
    assert found
    table = desk.browser.get(found[1].replace("&amp;", "&")).text
    silent = Unanswered.objects.get(agence=world.agence).intervention
    assert re.findall(r'<th scope="row"><a href="/gestion/interventions/([0-9a-f-]+)/"', table) == [
        str(silent.public_id)
    ]


def test_the_counts_are_planned_once_a_connection_with_their_statuses_in_the_text(desk: Desk, world: World) -> None:
    everything(world)
    kept = "SELECT parameter_types::text[] FROM pg_prepared_statements WHERE statement LIKE '%AS found%'"
    for _visit in range(2):
        desk.get("")
    with connection.cursor() as cursor:
        cursor.execute(kept)
        ((types,),) = cursor.fetchall()
    # A word among the values would be planned for as one in seven, and planned anew each time.
    assert set(types) - {"smallint", "integer", "bigint"} == {"date"}
