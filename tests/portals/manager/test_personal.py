"""A person's data on demand: all of theirs, none of others', by who administers; and the log of who looked."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any

import pypdf
import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext

from interventions import personal, purging
from interventions.models import Access, Client, Mail
from interventions.states import Action
from tests import factories
from tests.factories import NOW, World, a_world
from tests.interventions.acts import longer
from tests.portals.manager.conftest import Desk, desk_of, words

pytestmark = pytest.mark.django_db


@pytest.fixture
def boss(world: World) -> Desk:
    """Return the desk of somebody who administers, and does nothing else."""
    return desk_of(factories.a_gestionnaire(world.agence, may_manage=False, may_arbitrate=False, may_administer=True))


def _lived(world: World) -> None:
    """Let something happen between the two, and the same elsewhere."""
    for one in (world, a_world()):
        visit = one.visit()
        one.act(visit, Action.COMPLETE, one.as_intervenant, comment="Ce que l’intervenante a écrit.")
        motif = one.motif(kind="refus", opens_hours=True)
        visit.refresh_from_db()
        facts = longer(visit.declared, -15)
        one.act(visit, Action.CONTEST, one.as_client, facts=facts, motif_id=motif.pk, comment="Ce que j’ai écrit.")


def test_a_client_gets_all_of_their_own_and_nothing_of_others(world: World, boss: Desk) -> None:
    _lived(world)
    given = boss.get(f"clients/{world.client.public_id}/donnees.json")
    assert given["Content-Disposition"] == f'attachment; filename="donnees-{world.client.number}.json"'
    data = given.json()
    assert list(data) == [
        "agence", "Identité", "Compte", "Contrats", "Absences", "Mandats", "Visites", "Pièces jointes",
        "Changements de la fiche", "Mails",
    ]  # fmt: skip
    (visit,) = data["Visites"]
    assert visit["Ce que vous avez écrit"] == ["Ce que j’ai écrit."]
    assert visit["Avec"] == world.intervenant.short_name
    assert (visit["Déclaré"]["Kilomètres"], visit["Jour"]) == ("2.4", "2026-11-24")
    assert data["Identité"][0]["Nom"] == world.client.full_name
    assert [one["Numéro"] for one in data["Contrats"]] == [world.contrat.number]
    assert len(data["Mails"]) == Mail.objects.filter(user=world.client.user).count() > 0
    for secret in ("Ce que l’intervenante a écrit.", world.intervenant.last_name, world.intervenant.phone or "\0"):
        assert secret not in given.text


def test_an_intervenant_gets_all_of_their_own(world: World, boss: Desk) -> None:
    _lived(world)
    data = boss.get(f"intervenants/{world.intervenant.public_id}/donnees.json").json()
    (visit,) = data["Visites"]
    assert visit["Ce que vous avez écrit"] == ["Ce que l’intervenante a écrit."]
    assert visit["Avec"] == world.client.full_name
    assert "Ce que j’ai écrit." not in str(data["Visites"])


@pytest.mark.parametrize("kind", ["clients", "intervenants"])
def test_the_paper_says_the_same(world: World, boss: Desk, kind: str) -> None:
    _lived(world)
    person = world.client if kind == "clients" else world.intervenant
    answer = boss.get(f"{kind}/{person.public_id}/donnees.pdf")
    pages = pypdf.PdfReader(io.BytesIO(answer.content)).pages
    text = " ".join(" ".join(page.extract_text().split()) for page in pages).replace("\u00a0", " ")
    for said in ("Vos données", person.full_name, "Visites", "24/11/2026 à 9 h 00".replace(" h ", "\u202fh\u202f")):
        assert said.replace("\u202f", " ") in text.replace("\u202f", " ")


@pytest.mark.parametrize("name", ["donnees.json", "donnees.pdf"])
def test_who_does_not_administer_gets_nothing_and_sees_no_link(world: World, boss: Desk, name: str) -> None:
    desk = desk_of(factories.a_gestionnaire(world.agence, may_administer=False))
    fiche = f"clients/{world.client.public_id}/"
    assert desk.get(f"{fiche}{name}").status_code == 403
    assert desk.get("parametres/consultations/").status_code == 403
    assert "à lui remettre" not in words(desk.get(fiche))
    assert "à lui remettre" in words(boss.get(fiche))
    assert not Access.objects.exists()


def test_an_intervenant_s_visits_are_given_only_by_who_sees_them_all(world: World) -> None:
    limited = desk_of(factories.a_gestionnaire(world.agence, secteurs=[]))
    fiche = f"intervenants/{world.intervenant.public_id}/"
    assert limited.get(f"{fiche}donnees.json").status_code == 404
    assert "à lui remettre" not in words(limited.get(fiche))


def test_every_look_is_noted_and_shown_to_who_administers(world: World, boss: Desk, desk: Desk) -> None:
    visit = world.visit()
    boss.get(f"clients/{world.client.public_id}/donnees.json")
    desk.get(f"interventions/{visit.public_id}/preuve.pdf")
    looks = list(Access.objects.order_by("pk").values_list("what", "about", "about_id"))
    assert looks == [
        ("person", world.client.full_name, world.client.public_id),
        ("proof", world.client.full_name, visit.public_id),
    ]
    shown = words(boss.get("parametres/consultations/"))
    assert "Données d’une personne" in shown
    assert "Preuve d’une visite" in shown
    other = desk_of(factories.a_gestionnaire(a_world().agence, may_administer=True))
    assert "Rien encore" in words(other.get("parametres/consultations/"))


def test_a_look_cannot_be_rewritten_and_goes_after_a_year(world: World, boss: Desk) -> None:
    boss.get(f"clients/{world.client.public_id}/donnees.json")
    with pytest.raises(DatabaseError), transaction.atomic():
        Access.objects.update(actor_name="Somebody")
    purging.of_agence(world.agence, NOW + timedelta(days=364))
    assert Access.objects.count() == 1
    purging.of_agence(world.agence, NOW + timedelta(days=366))
    assert not Access.objects.exists()


def test_it_asks_the_same_number_of_statements_however_many_visits(world: World) -> None:
    def statements() -> int:
        client: Any = Client.objects.select_related("user", "secteur").get(pk=world.client.pk)
        with CaptureQueriesContext(connection) as found:
            personal.of_client(client)
        return len(found)

    _lived(world)
    few = statements()
    for _turn in range(5):
        world.act(world.visit(), Action.COMPLETE, world.as_intervenant)
    assert statements() == few
