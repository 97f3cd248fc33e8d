"""The contrat facturable in all its cases, and when it is asked for."""

from datetime import date, timedelta
from typing import Any

import pytest

from interventions.guards import ContratTerms
from interventions.models import Intervention
from interventions.operations import Change
from interventions.states import Action
from tests.factories import World, a_client, a_contrat, a_prestation, a_world, local
from tests.interventions import acts
from tests.interventions.acts import did, earlier, press, refused

pytestmark = pytest.mark.django_db
DAY = date(2026, 11, 24)  # the day of the visits of a_world()
ONE = timedelta(days=1)

# What is changed of a signed, billable contrat without an end → whether it covers DAY.
CASES: list[tuple[dict[str, Any], bool]] = [
    ({}, True),
    ({"state": "valid"}, True),
    ({"state": "draft"}, False),
    ({"billable": False}, False),
    ({"starts_on": DAY}, True),
    ({"starts_on": DAY + ONE}, False),
    ({"ends_on": DAY}, True),
    ({"ends_on": DAY - ONE}, False),
    ({"state": "terminated"}, False),
    ({"state": "terminated", "ends_on": DAY}, True),
    ({"state": "terminated", "ends_on": DAY - ONE}, False),
    ({"state": "terminated", "ends_on": DAY, "billable": False}, False),
    ({"state": "draft", "ends_on": DAY}, False),
]


@pytest.fixture
def world() -> World:
    return a_world()


@pytest.mark.parametrize(("terms", "covers"), CASES)
def test_what_covers_a_visit(world: World, terms: dict[str, Any], covers: bool) -> None:
    visit, unbound = world.visit(), world.visit(contrat_id=None, start="14:00")
    for name, value in terms.items():
        setattr(world.contrat, name, value)
    world.contrat.save()
    judged = ContratTerms(
        world.client.pk, world.contrat.state, world.contrat.billable, world.contrat.starts_on, world.contrat.ends_on
    )
    assert judged.covers(world.client.pk, DAY) is covers
    assert not judged.covers(world.client.pk + 1, DAY)
    found = Intervention.objects.billable()
    assert (found.filter(pk=visit.pk).exists(), found.filter(pk=unbound.pk).exists()) == (covers, False)
    bare = set(Intervention.objects.without_billable(world.agence.pk))
    assert bare == ({unbound} if covers else {visit, unbound})
    assert set(Intervention.objects.without_billable(a_world().agence.pk)) == set()
    outcome = world.act(visit, Action.COMPLETE, world.as_intervenant)
    assert [str(row.refusal) for row in outcome.rows] == ["None" if covers else "billable"]
    behalf: dict[str, Any] = {"reason": "Feuille", "contrat_id": world.contrat.pk}
    outcome = world.act(unbound, Action.COMPLETE_FOR_INTERVENANT, world.as_manager, **behalf)
    assert [str(row.refusal) for row in outcome.rows] == ["None" if covers else "billable"]
    new = acts.a_report(world, start=local(DAY, "06:00"), end=local(DAY, "07:00"))
    changes = [Change(Action.REPORT, new=new), Change(Action.REPORT_UNATTACHED, new=new)]
    reports = [str(row.refusal) for row in press(world, changes, world.as_intervenant).rows]
    assert reports == (["None", "no_billable"] if covers else ["billable", "None"])


def test_a_contrat_of_another_client_never_covers(world: World) -> None:
    other = a_contrat(a_client(world.agence), world.prestation)
    visit = world.visit(contrat_id=None)
    for action, guard in ((Action.ATTACH, "contrat"), (Action.COMPLETE_FOR_INTERVENANT, "billable")):
        refused(world, visit, action, world.as_manager, guard, contrat_id=other.pk, reason="x")
    refused(world, visit, Action.ATTACH, world.as_manager, "contrat", contrat_id=a_world().contrat.pk)
    refused(world, acts.unattached(world), Action.ADMIT, world.as_manager, "billable", contrat_id=other.pk)


def test_the_day_is_that_of_what_is_declared(world: World) -> None:
    """A visit just after midnight, declared to have begun the evening before, when the contrat had not begun."""
    visit = world.visit(start="00:30")
    world.contrat.starts_on = DAY
    world.contrat.save()
    facts = earlier(visit.planned)
    refused(world, visit, Action.COMPLETE, world.as_intervenant, "billable", facts=facts)
    world.contrat.starts_on, world.contrat.ends_on = date(2025, 1, 1), DAY - ONE
    world.contrat.save()
    refused(world, visit, Action.COMPLETE, world.as_intervenant, "billable")
    entered: dict[str, Any] = {"facts": facts, "contrat_id": world.contrat.pk, "reason": "Feuille"}
    assert not world.act(visit, Action.COMPLETE_FOR_INTERVENANT, world.as_manager, **entered).refused
    assert visit.day == DAY - ONE


def test_another_prestation_only_warns(world: World) -> None:
    other = a_contrat(world.client, a_prestation(world.agence))
    visit = world.visit(contrat_id=other.pk)
    assert not world.act(visit, Action.COMPLETE, world.as_intervenant).refused


def test_an_overlap_and_a_long_visit_only_warn(world: World) -> None:
    first, second = world.visit(minutes=20 * 60, start="08:00", day=DAY - ONE), world.visit(day=DAY - ONE)
    changes = [Change(Action.COMPLETE, visit.pk) for visit in (first, second)]
    assert not press(world, changes, world.as_intervenant).refused


def test_it_is_asked_for_once(world: World) -> None:
    visits = [acts.done(world, start=f"{9 + 2 * place:02d}:00") for place in range(3)]
    acts.contest(world, visits[2])
    world.contrat.state, world.contrat.ends_on = "terminated", DAY - 10 * ONE
    world.contrat.save()
    first, second, third = visits
    facts = acts.longer(first.declared)
    assert not world.act(first, Action.CORRECT, world.as_intervenant, facts=facts).refused
    assert not world.act(first, Action.VALIDATE, world.as_client).refused
    assert not acts.contest(world, second).refused
    assert not world.act(second, Action.ACCEPT_CHANGE, world.as_intervenant).refused
    assert not world.act(second, Action.REOPEN, world.as_manager, reason="x").refused
    assert not world.act(third, Action.REFUSE_CHANGE, world.as_intervenant).refused
    # But a declaration that was closed is asked again.
    world.act(second, Action.SEND_BACK, world.as_manager, reason="x")
    refused(world, second, Action.COMPLETE, world.as_intervenant, "billable")


@pytest.mark.parametrize("build", [World.visit, acts.draft])
def test_attach_before_it_is_declared_takes_any_contrat_of_the_client(world: World, build: acts.Builder) -> None:
    other = a_contrat(world.client, world.prestation, state="draft", billable=False, starts_on=DAY + ONE)
    visit = build(world)
    to = visit.status
    did(world, visit, Action.ATTACH, world.as_manager, to=to, sets={"contrat_id": other.pk}, contrat_id=other.pk)
    did(world, visit, Action.ATTACH, world.as_manager, to=to, sets={"contrat_id": None})


@pytest.mark.parametrize("build", [acts.done, acts.contested, acts.arbitration, acts.validated])
def test_attach_later_needs_one_that_covers_the_day(world: World, build: acts.Builder) -> None:
    visit = build(world)
    fitting = a_contrat(world.client, world.prestation, starts_on=DAY, ends_on=DAY)
    wrong = [
        a_contrat(world.client, world.prestation, billable=False),
        a_contrat(world.client, world.prestation, starts_on=DAY + ONE),
        a_contrat(a_client(world.agence), world.prestation),
    ]
    for contrat in wrong:
        refused(world, visit, Action.ATTACH, world.as_manager, "contrat", contrat_id=contrat.pk)
    refused(world, visit, Action.ATTACH, world.as_manager, "contrat")
    sets = {"contrat_id": fitting.pk}
    outcome = did(world, visit, Action.ATTACH, world.as_manager, to=visit.status, sets=sets, contrat_id=fitting.pk)
    assert outcome.batch.mails.count() == 0


def test_a_report_takes_the_latest_start_of_its_prestation(world: World) -> None:
    world.visit()
    newest = a_contrat(world.client, world.prestation, starts_on=date(2026, 6, 1))
    a_contrat(world.client, world.prestation, starts_on=date(2026, 3, 1))
    a_contrat(world.client, a_prestation(world.agence), starts_on=date(2026, 9, 1))
    a_contrat(world.client, world.prestation, starts_on=date(2026, 9, 1), billable=False)
    made = acts.born(press(world, [Change(Action.REPORT, new=acts.a_report(world))], world.as_intervenant))
    assert made.contrat_id == newest.pk
