"""Visits without a contrat facturable: what is proposed, one press for many, and its undoing."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from interventions.models import Batch, Intervention
from interventions.states import Action, Status
from tests import factories
from tests.factories import World
from tests.interventions import acts
from tests.portals.manager.conftest import Desk, desk_of, words
from tests.portals.manager.test_statements import cost

pytestmark = pytest.mark.django_db


def sent(*pairs: tuple[Intervention, Any]) -> dict[str, Any]:
    """Return what the page sends for these visits, each with the contrat chosen."""
    fields: dict[str, Any] = {
        f"{visit.public_id}-contrat": str(contrat.pk if contrat else "") for visit, contrat in pairs
    }
    return fields | {"visite": [f"{visit.public_id}:{visit.version}" for visit, _contrat in pairs]}


def test_what_is_proposed_is_chosen_already(desk: Desk, world: World) -> None:
    bare = world.visit(contrat_id=None)
    rare = world.visit(contrat_id=None, start="12:00", prestation_id=factories.a_prestation(world.agence).pk)
    page = desk.get("rattachements/")
    assert "1 visite de cette page a un contrat proposé" in words(page)
    assert page.text.count(f'<option value="{world.contrat.pk}" selected>') == 1
    assert f'name="{bare.public_id}-contrat"' in page.text
    assert f'name="{rare.public_id}-contrat"' in page.text
    assert "D’une autre prestation" in words(page)


def test_one_press_attaches_and_admits_each_row_has_its_fate_and_the_lot_is_undone(desk: Desk, world: World) -> None:
    bare, stays = world.visit(contrat_id=None), world.visit(contrat_id=None, start="11:00")
    stale = world.visit(contrat_id=None, start="12:00")
    reported = acts.unattached(world)
    fields = sent((bare, world.contrat), (stays, None), (reported, world.contrat), (stale, world.contrat))
    world.act(stale, Action.MOVE, world.as_manager, facts=acts.earlier(stale.planned, 10), reason="x")
    answer = desk.post("rattachements/lot/", **fields)
    lot = Batch.objects.get(role="manager", entries__action=Action.ADMIT)
    assert (answer.status_code, answer.url) == (303, f"/suivi/lots/{lot.public_id}/")
    after = {one.pk: (one.contrat_id, one.status) for one in Intervention.objects.all()}
    assert after[bare.pk] == (world.contrat.pk, Status.PLANNED)
    assert after[reported.pk] == (world.contrat.pk, Status.DONE)
    assert after[stays.pk][0] is None
    assert after[stale.pk][0] is None
    page = words(desk.browser.get(answer.url))
    assert "2 visites rattachées, 1 laissée" in page
    assert "Annuler ce lot" in page
    undone = desk.browser.post(f"{answer.url}annulation/", {"key": factories.key()})
    bare.refresh_from_db()
    assert bare.contrat_id is None
    said = words(desk.browser.get(undone.url))
    assert "1 visite rendue à son contrat d’avant" in said
    assert "Annuler ce lot" not in said


def test_nothing_chosen_and_a_contrat_of_somebody_else(desk: Desk, world: World) -> None:
    bare = world.visit(contrat_id=None)
    other = factories.a_contrat(factories.a_client(world.agence), world.prestation)
    foreign = factories.a_world().contrat
    assert desk.post("rattachements/lot/", **sent((bare, None))).url == "/gestion/rattachements/?"
    assert desk.post("rattachements/lot/", **sent((bare, foreign))).url == "/gestion/rattachements/?"
    desk.post("rattachements/lot/", **sent((bare, other)))
    bare.refresh_from_db()
    assert bare.contrat_id is None


def test_groups_and_search_narrow(desk: Desk, world: World) -> None:
    early, reported = world.visit(contrat_id=None), acts.unattached(world)
    late = acts.done(world, start="15:00")
    world.contrat.ends_on = date(2026, 1, 31)
    world.contrat.save()
    shown = {
        asked: {
            name
            for name, visit in (("early", early), ("reported", reported), ("late", late))
            if str(visit.public_id) in desk.get(f"rattachements/?{asked}").text
        }
        for asked in (
            "",
            "groupe=a-presenter",
            "groupe=prevues",
            "groupe=declarees",
            "groupe=validees",
            "q=QUERE",
            "q=zola",
        )
    }
    everything = {"early", "reported", "late"}
    assert shown == {
        "": everything,
        "groupe=a-presenter": {"reported"},
        "groupe=prevues": {"early"},
        "groupe=declarees": {"late"},
        "groupe=validees": set(),
        "q=QUERE": everything,
        "q=zola": set(),
    }


def test_the_page_takes_a_constant_number_of_statements(desk: Desk, world: World) -> None:
    world.visit(contrat_id=None)
    desk.get("rattachements/")
    few = cost(desk, "rattachements/")
    for hour in range(10, 20):
        world.visit(contrat_id=None, start=f"{hour}:00", client_id=_client(world).pk)
    assert cost(desk, "rattachements/") == few


def _client(world: World) -> Any:
    client = factories.a_client(world.agence)
    factories.a_contrat(client, world.prestation)
    return client


def test_who_may_not(world: World) -> None:
    bare = world.visit(contrat_id=None)
    reader = desk_of(factories.a_gestionnaire(world.agence, may_manage=False))
    assert "demande le droit de gestion" in words(reader.get("rattachements/"))
    assert reader.post("rattachements/lot/", **sent((bare, world.contrat))).status_code == 403
    away = desk_of(factories.a_gestionnaire(world.agence, secteurs=[factories.a_secteur(world.agence)]))
    assert str(bare.public_id) not in away.get("rattachements/").text
    away.post("rattachements/lot/", **sent((bare, world.contrat)))
    bare.refresh_from_db()
    assert bare.contrat_id is None
