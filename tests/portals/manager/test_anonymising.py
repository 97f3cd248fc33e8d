"""The page before a person is anonymised: what goes, what stays, what stands in the way; the press; the fiche."""

from __future__ import annotations

import pytest

from interventions import operations
from interventions.models import Client, Contrat
from interventions.registry import keeping
from interventions.states import Action
from tests.factories import NOW, World
from tests.portals.manager.conftest import Desk, words

pytestmark = pytest.mark.django_db


def _over(world: World) -> str:
    """Let a visit be validated, then end all that runs of the client; return the address of the page."""
    visit = world.visit()
    world.act(visit, Action.COMPLETE, world.as_intervenant, comment="Elle allait bien.")
    world.act(visit, Action.VALIDATE, world.as_client)
    world.agence.mails.update(fate="sent")
    Contrat.objects.filter(agence=world.agence).update(ends_on="2026-11-24")
    keeping.archive(world.client, True, world.as_manager, NOW)
    operations.close_month(world.as_manager, visit.day.replace(day=1), NOW)
    return f"clients/{world.client.public_id}/anonymisation/"


def test_it_says_what_goes_and_what_stays_and_does_it_once_understood(world: World, desk: Desk) -> None:
    address = _over(world)
    said = words(desk.get(address))
    for line in (
        "1 texte du journal.",
        "1 mandat, avec qui l’avait.",
        "1 visite, avec ses heures",
        "dix ans.",
    ):
        assert line in said
    refused = desk.post(address)
    assert (refused.status_code, "Cochez cette case pour continuer." in words(refused)) == (422, True)
    done = desk.post(address, understood="on")
    fiche = f"/gestion/clients/{world.client.public_id}/"
    assert (done.status_code, done["Location"]) == (303, fiche)
    shown = words(desk.browser.get(fiche))
    assert "Personne anonymisée le 25/11/2026 : rien ne se reprend." in shown
    assert [
        word
        for word in ("Quéré", "Modifier la fiche", "Reprendre la fiche", "Anonymiser", "Enregistrer un mandat")
        if word in shown
    ] == []
    assert desk.get(address).status_code == 303


def test_what_runs_stands_in_the_way(world: World, desk: Desk) -> None:
    world.visit()
    address = f"clients/{world.client.public_id}/anonymisation/"
    said = words(desk.get(address))
    for line in (
        "La fiche est en cours : archivez-la d’abord.",
        "Un mois n’est pas clôturé",
        "Un contrat court",
    ):
        assert line in said
    assert "Anonymiser pour toujours" not in said
    refused = desk.post(address, understood="on")
    assert (refused.status_code, "Ce qui s’y oppose encore" in words(refused)) == (422, True)
    assert Client.objects.get(pk=world.client.pk).last_name == "Quéré"
