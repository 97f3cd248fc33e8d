"""Ce qui se fait tout seul: what ran, when, and what it did, of this agency alone."""

from __future__ import annotations

from interventions.models import JobRun
from tests import factories
from tests.factories import NOW, World
from tests.portals.manager.conftest import Desk, words


def test_what_ran_and_what_it_did(world: World, desk: Desk) -> None:
    JobRun.objects.create(agence=world.agence, name="remind", started_at=NOW, ended_at=NOW, done=4)
    JobRun.objects.create(agence=world.agence, name="escalate", started_at=NOW, ended_at=NOW, error="Arrêtée, dit-on.")
    JobRun.objects.create(agence=factories.an_agence(), name="remind", started_at=NOW, ended_at=NOW, done=77)
    said = words(desk.get("automatismes/"))
    assert "Rappels mer. 25/11 12 h 00 4" in said
    assert "Arrêtée, dit-on." in said
    assert "77" not in said
    assert "pas encore" in said


def test_before_anything_ran(desk: Desk) -> None:
    assert "Rien encore" in words(desk.get("automatismes/"))
