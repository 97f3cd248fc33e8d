"""A page costs as many statements for thirty rows as for one."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from interventions.models import Motif
from interventions.states import Action
from tests import factories
from tests.factories import World
from tests.portals.manager.conftest import Desk
from tests.portals.manager.test_deliberations import disputed

pytestmark = pytest.mark.django_db


def cost(desk: Desk, path: str) -> int:
    """Return how many statements a page takes."""
    with CaptureQueriesContext(connection) as statements:
        assert desk.get(path).status_code == 200
    return len(statements)


def grow(world: World, count: int) -> None:
    """Add clients, intervenants and visits that wait."""
    for n in range(count):
        client = factories.a_client(world.agence, last_name=f"Nom {n}", user=None)
        intervenant = factories.an_intervenant(world.agence, last_name=f"Nom {n}")
        contrat = factories.a_contrat(client, world.prestation)
        world.visit(client_id=client.pk, contrat_id=contrat.pk, intervenant_id=intervenant.pk)
        secteur = factories.a_secteur(world.agence)
        factories.a_gestionnaire(world.agence, secteurs=[secteur])
        factories.a_gestionnaire(world.agence, secteurs=[secteur], ended_at=world.now)
        factories.a_client(world.agence, archived_at=world.now)
        factories.an_intervenant(world.agence, archived_at=world.now)
        world.visit(day=date(2026, 12, 1 + n), start="20:00")
        world.visit(start=f"{8 + n // 4:02d}:{15 * (n % 4):02d}", minutes=10)


def test_lists(desk: Desk, world: World) -> None:
    paths = ["", "?sujet=passees", "clients/", "clients/?adresse=sans", "intervenants/"]
    paths.append(f"clients/{world.client.public_id}/?onglet=planning&date=2026-11-24")
    paths.append(f"intervenants/{world.intervenant.public_id}/?onglet=planning&date=2026-11-24")
    paths += ["clients/?etat=archives", "clients/?q=nom", "intervenants/?etat=archives", "secteurs/"]
    paths += ["utilisateurs/", "utilisateurs/?etat=partis", "utilisateurs/invitation/"]
    paths += [f"clients/{world.client.public_id}/archivage/", f"intervenants/{world.intervenant.public_id}/archivage/"]
    grow(world, 1)
    for path in paths:
        desk.get(path)
    before = {path: cost(desk, path) for path in paths}
    grow(world, 29)
    assert {path: cost(desk, path) for path in paths} == before


def test_decisions_and_a_long_journal(desk: Desk, world: World) -> None:
    visit = disputed(world)
    paths = ["deliberations/", f"interventions/{visit.public_id}/", f"interventions/{visit.public_id}/deliberation/"]
    for path in paths:
        desk.get(path)
    before = {path: cost(desk, path) for path in paths}
    for n in range(5):
        disputed(world, start=f"{11 + n}:00", day=world.now.date() - timedelta(days=2))
        motif = Motif.objects.filter(agence=world.agence, kind="annulation")[n % 2]
        decided: dict[str, Any] = {"choice": "third", "cancels": True, "motif_id": motif.pk, "reason": "a"}
        world.act(visit, Action.ARBITRATE, world.as_manager, **decided)
        world.act(visit, Action.REOPEN, world.as_manager, reason="b")
        world.act(visit, Action.CANCEL_BY_CLIENT, world.as_client, motif_id=motif.pk)
        world.act(visit, Action.DISPUTE_CANCELLATION, world.as_intervenant, comment="c")
    assert {path: cost(desk, path) for path in paths} == before
