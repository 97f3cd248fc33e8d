"""A visit in one sentence: who, when, and when it was planned, whatever has become of it."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from interventions.guards import Facts
from interventions.models import Intervention
from interventions.states import Action
from portals.client.telling import told
from tests import factories
from tests.factories import World, local
from tests.portals.client.visits import YESTERDAY, a_done_visit

TODAY = factories.NOW.date()


def sentence(visit: Intervention) -> str:
    """Return the sentence with ordinary spaces."""
    fresh = Intervention.objects.select_related("intervenant").get(pk=visit.pk)
    said = told(fresh, TODAY)
    return " ".join(f"{said.lead} {said.hours} {said.aside}".split())


def test_the_sentence_of_the_issue(world: World) -> None:
    day = YESTERDAY
    declared = Facts(local(day, "08:05"), local(day, "09:10"), Decimal("0"))
    visit = a_done_visit(world, start="08:00", declared=declared)
    assert sentence(visit) == "Mardi 24 novembre, Aïcha L. est venue de 8 h 05 à 9 h 10 (prévu : 8 h à 9 h)"


@pytest.mark.parametrize(("civility", "verb"), [("Mme", "est venue"), ("M.", "est venu"), ("", "était là")])
def test_the_verb_agrees_with_the_carer(world: World, civility: str, verb: str) -> None:
    world.intervenant.civility = civility
    world.intervenant.save()
    assert sentence(a_done_visit(world)) == f"Mardi 24 novembre, Aïcha L. {verb} de 9 h à 10 h"


def test_before_it_was_declared_and_after_it_was_cancelled(world: World) -> None:
    ahead, past = world.visit(day=TODAY + timedelta(days=1)), world.visit()
    assert sentence(ahead) == "Jeudi 26 novembre, Aïcha L. doit venir de 9 h à 10 h"
    assert sentence(past) == "Mardi 24 novembre, Aïcha L. devait venir de 9 h à 10 h"
    world.act(past, Action.CANCEL, world.as_intervenant)
    assert sentence(past) == "Mardi 24 novembre, Aïcha L. devait venir de 9 h à 10 h (visite annulée)"
    world.act(past, Action.DISPUTE_CANCELLATION, world.as_client, comment="Elle est venue.")
    assert sentence(past) == "Mardi 24 novembre, Aïcha L. devait venir de 9 h à 10 h"


def test_without_a_carer_and_on_another_day(world: World) -> None:
    draft = world.visit(day=TODAY + timedelta(days=1), intervenant_id=None)
    assert sentence(draft) == "Jeudi 26 novembre, visite prévue de 9 h à 10 h (intervenant à désigner)"
    before = Facts(local(YESTERDAY, "00:30"), local(YESTERDAY, "02:00"), Decimal("0"))
    moved = a_done_visit(world, day=YESTERDAY - timedelta(days=1), start="23:00", minutes=120, declared=before)
    said = (
        "Mardi 24 novembre, Aïcha L. est venue de 0 h 30 à 2 h (prévu : lundi 23 novembre, 23 h à 1 h (le lendemain))"
    )
    assert sentence(moved) == said


def test_the_planning_says_it_in_the_clients_words(world: World, client_page: Any) -> None:
    a_done_visit(world)
    for view in ("jour", "semaine", "mois"):
        text = client_page.get("/client/planning/", {"vue": view, "date": str(YESTERDAY)}).text
        assert "À valider" in text
        assert "à valider par le client" not in text
