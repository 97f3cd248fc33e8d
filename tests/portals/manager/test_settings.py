"""Paramètres: the module goes on and off, by those who may."""

from __future__ import annotations

import pytest

from interventions.models import Agence
from tests import factories
from tests.factories import World
from tests.portals.manager.conftest import Desk, desk_of, words

pytestmark = pytest.mark.django_db


def test_the_module_goes_off_and_on(desk: Desk, world: World) -> None:
    assert "Activée" in words(desk.get("parametres/"))
    assert desk.post("parametres/", module="inactif").status_code == 303
    assert not Agence.objects.get(pk=world.agence.pk).module_enabled
    page = words(desk.get("parametres/"))
    assert "Désactivée" in page
    assert "les mails qui demandent une réponse attendent" in page
    desk.post("parametres/", module="actif")
    agence = Agence.objects.get(pk=world.agence.pk)
    assert (agence.module_enabled, agence.module_enabled_at) == (True, world.now)


def test_it_needs_the_right_of_administration(world: World) -> None:
    other = desk_of(factories.a_gestionnaire(world.agence, may_administer=False, last_name="Sans"))
    page = other.get("parametres/")
    assert "demande le droit d’administration" in words(page)
    assert 'name="module"' not in page.text
    answer = other.browser.post("/gestion/parametres/", {"module": "inactif"}, follow=True)
    assert "Vos droits ne permettent pas cette action." in words(answer)
    assert Agence.objects.get(pk=world.agence.pk).module_enabled


def test_the_agencys_rules_are_said_in_words(desk: Desk, world: World) -> None:
    page = words(desk.get("parametres/"))
    for said in ("Une annulation se conteste pendant 7 jours", "Le lien d’un mail sert pendant 30 jours"):
        assert said in page
