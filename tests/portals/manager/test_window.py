"""The window of a visit: every act that the table allows now to this person, and no other."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest

from interventions.models import Intervention
from interventions.states import Action
from portals.manager.act_list import ACTS
from tests import factories
from tests.factories import World
from tests.interventions import acts
from tests.portals.manager.conftest import Desk, desk_of, words

pytestmark = pytest.mark.django_db
RIGHTS = ("may_manage", "may_arbitrate", "may_close", "may_unlock", "may_administer")

BUILDERS: dict[str, acts.Builder] = {
    "draft": acts.draft,
    "unattached": acts.unattached,
    "planned": World.visit,
    "done": acts.done,
    "contested": acts.contested,
    "arbitration": acts.arbitration,
    "validated": acts.validated,
    "validated for the client": acts.validated_for_client,
    "cancelled": acts.cancelled,
    "cancelled by the client": acts.cancelled_by_client,
}
# Written down by hand: what somebody with the right of gestion finds open on a visit that stands so.
OPEN: dict[str, set[str]] = {
    "draft": {"assign", "cancel", "move", "attach"},
    "unattached": {"admit", "cancel", "attach"},
    "planned": {"unassign", "complete_for_intervenant", "cancel", "move", "attach"},
    "done": {"send_back", "validate_for_client", "contest", "cancel_by_client", "attach"},
    "contested": {"retract", "escalate", "attach"},
    "arbitration": {"attach"},
    "validated": {"retract", "reopen", "attach"},
    "validated for the client": {"reopen", "attach"},
    "cancelled": {"reopen", "set_motif"},
    "cancelled by the client": {"retract", "reopen", "set_motif"},
}


def offered(desk: Desk, visit: Intervention) -> set[str]:
    """Return the acts that a window links to or has a form for."""
    page = desk.get(f"interventions/{visit.public_id}/").text
    nouns = set(re.findall(rf"/gestion/interventions/{visit.public_id}/([a-z-]+)/", page))
    return {str(act.action) for act in ACTS.values() if act.noun in nouns}


@pytest.mark.parametrize("standing", list(BUILDERS))
def test_what_the_table_allows_and_nothing_else(world: World, standing: str) -> None:
    visit = BUILDERS[standing](world)
    for right in RIGHTS:
        held: dict[str, Any] = {name: name == right for name in RIGHTS}
        person = desk_of(factories.a_gestionnaire(world.agence, **held))
        assert offered(person, visit) == (OPEN[standing] if right == "may_manage" else set()), right
        decision = person.get(f"interventions/{visit.public_id}/deliberation/").text
        may_decide = standing == "arbitration" and right == "may_arbitrate"
        assert ('name="choice"' in decision) is may_decide, right


def test_the_three_versions_stand_side_by_side(desk: Desk, world: World) -> None:
    visit = world.visit()
    world.act(visit, Action.COMPLETE, world.as_intervenant, facts=acts.longer(visit.planned))
    said = words(desk.get(f"interventions/{visit.public_id}/"))
    for name in ("Prévu 9 h 00 – 10 h 00", "Déclaré par Aïcha 9 h 00 – 10 h 15", "Retenu 9 h 00 – 10 h 15"):
        assert name in said


def test_a_contrat_that_does_not_suit_says_why(desk: Desk, world: World) -> None:
    visit = world.visit(contrat_id=None)
    factories.a_contrat(world.client, world.prestation, state="draft", number="CT-B")
    factories.a_contrat(world.client, world.prestation, billable=False, number="CT-N")
    page = desk.get(f"interventions/{visit.public_id}/")
    assert "2 contrats ne conviennent pas" in words(page)
    assert "Il est encore à l’état Brouillon." in words(page)
    assert "Il n’est pas facturable." in words(page)
    choices = page.text.partition('name="contrat"')[2].partition("</select>")[0]
    assert re.findall(r'value="(\d+)"', choices) == [str(world.contrat.pk)]


def test_a_visit_of_a_series_leads_to_what_changes_for_one_for_the_following_and_for_all(world: World) -> None:
    series = factories.a_series(world)
    visit = world.visit(day=world.now.date() + timedelta(days=2))
    Intervention.objects.filter(pk=visit.pk).update(series=series)
    path, change = f"interventions/{visit.public_id}/", f"/gestion/series/{series.public_id}/modification/"
    page = desk_of(world.gestionnaire).get(path).text
    assert f'href="/gestion/{path}horaire/"' in page
    assert f'href="{change}?des={visit.day}"' in page
    assert f'href="{change}"' in page
    proposed = desk_of(world.gestionnaire).get(f"series/{series.public_id}/modification/?des={visit.day}").text
    assert f'value="{visit.day}"' in proposed
    reading = desk_of(factories.a_gestionnaire(world.agence, may_manage=False))
    assert change not in reading.get(path).text
    series.ends_on = world.now.date() - timedelta(days=1)
    series.starts_on = min(series.starts_on, series.ends_on)
    series.save()
    assert change not in desk_of(world.gestionnaire).get(path).text
