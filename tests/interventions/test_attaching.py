"""The contrat proposed for a visit without one, for many at once, and what attaching them does."""

from datetime import date, timedelta

import pytest
from pytest_django import DjangoAssertNumQueries

from interventions import attaching, operations
from interventions.actor import Actor
from interventions.guards import ContratTerms
from interventions.models import Contrat, Intervention
from interventions.states import Action, Status
from tests.factories import World, a_client, a_contrat, a_gestionnaire, a_prestation, a_secteur, a_world, actor_of, key
from tests.interventions import acts
from tests.interventions.test_actions_contrat import CASES, DAY

pytestmark = pytest.mark.django_db
ONE = timedelta(days=1)


@pytest.fixture
def world() -> World:
    return a_world()


def press(world: World, changes: list[operations.Change]) -> operations.Outcome:
    return operations.apply(changes, actor=world.as_manager, at=world.now, key=key())


@pytest.mark.parametrize(("terms", "covers"), CASES)
def test_what_is_proposed_is_what_covers(world: World, terms: dict[str, object], covers: bool) -> None:
    visit = world.visit(contrat_id=None)
    Contrat.objects.filter(pk=world.contrat.pk).update(**terms)
    found = attaching.suggestions([visit.pk], world.as_manager)
    assert found == {visit.pk: world.contrat.pk if covers else None}


def test_the_latest_start_of_the_same_prestation_and_client(world: World) -> None:
    later = a_contrat(world.client, world.prestation, starts_on=date(2026, 6, 1))
    a_contrat(world.client, world.prestation, starts_on=DAY + ONE)
    a_contrat(world.client, a_prestation(world.agence), starts_on=date(2026, 7, 1))
    a_contrat(a_client(world.agence), world.prestation, starts_on=date(2026, 7, 1))
    visit = world.visit(contrat_id=None)
    rare = world.visit(contrat_id=None, start="12:00", prestation_id=a_prestation(world.agence).pk)
    assert attaching.suggestions([visit.pk, rare.pk], world.as_manager) == {visit.pk: later.pk, rare.pk: None}


def test_one_statement_however_many(world: World, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    visits = [world.visit(contrat_id=None, start=f"{hour:02}:00").pk for hour in range(6, 18)]
    for some in (visits[:1], visits):
        with django_assert_num_queries(1):
            found = attaching.suggestions(some, world.as_manager)
        assert found == dict.fromkeys(some, world.contrat.pk)


def test_only_what_the_actor_sees(world: World) -> None:
    limited = actor_of(a_gestionnaire(world.agence, secteurs=[a_secteur(world.agence)]))
    visit = world.visit(contrat_id=None)
    for stranger in (limited, a_world().as_manager):
        assert attaching.suggestions([visit.pk], stranger) == {}
        assert not attaching.to_attach(stranger).exists()
        assert attaching.proposals({visit.pk: visit.version}, stranger) == attaching.Proposals([], [], [])
        stays = press_as(stranger, world, visit)
        assert [str(row.refusal) for row in stays.rows] == ["unknown"]


def press_as(actor: Actor, world: World, visit: Intervention) -> operations.Outcome:
    chosen = attaching.changes({visit.pk: (visit.version, world.contrat.pk)}, actor)
    return operations.apply(chosen, actor=actor, at=world.now, key=key())


def test_the_list_holds_what_may_still_be_attached(world: World) -> None:
    covered, ended = world.visit(), a_contrat(world.client, world.prestation, ends_on=date(2026, 9, 30))
    bare, late = world.visit(contrat_id=None, start="11:00"), world.visit(contrat_id=ended.pk, start="12:00")
    cancelled = world.visit(contrat_id=None, start="13:00")
    world.act(cancelled, Action.CANCEL, world.as_manager, motif_id=world.motif().pk)
    reported = acts.unattached(world)
    assert set(attaching.to_attach(world.as_manager)) == {bare, late, reported}
    assert covered not in attaching.to_attach(world.as_manager)
    operations.close_month(world.as_manager, DAY, world.now)
    assert set(attaching.to_attach(world.as_manager)) == {one for one in (bare, late, reported) if one.day.month != 11}


def test_a_press_attaches_and_admits_and_its_undoing_brings_back_the_former_contrat(world: World) -> None:
    former = a_contrat(world.client, world.prestation, ends_on=date(2026, 9, 30))
    bare, late = world.visit(contrat_id=None, start="11:00"), world.visit(contrat_id=former.pk, start="12:00")
    reported = acts.unattached(world)
    own = a_contrat(world.client, reported.prestation)
    fitting = {bare.pk: world.contrat, late.pk: world.contrat, reported.pk: own}
    chosen = {visit.pk: (visit.version, fitting[visit.pk].pk) for visit in (bare, late, reported)}
    outcome = press(world, attaching.changes(chosen, world.as_manager))
    assert [(row.action, row.to_status) for row in outcome.rows] == [
        (Action.ATTACH, Status.PLANNED),
        (Action.ATTACH, Status.PLANNED),
        (Action.ADMIT, Status.DONE),
    ]
    assert {one.contrat_id for one in Intervention.objects.filter(pk__in=chosen)} == {world.contrat.pk, own.pk}
    operations.undo(outcome.batch, actor=world.as_manager, at=world.now, key=key())
    after = {one.pk: (one.contrat_id, one.status) for one in Intervention.objects.filter(pk__in=chosen)}
    assert after == {
        bare.pk: (None, Status.PLANNED),
        late.pk: (former.pk, Status.PLANNED),
        reported.pk: (own.pk, Status.DONE),
    }


def test_proposals_leave_what_is_covered_and_what_nothing_suits(world: World) -> None:
    covered, bare = world.visit(), world.visit(contrat_id=None, start="11:00")
    other = a_prestation(world.agence)
    attached = a_contrat(world.client, other, ends_on=DAY - ONE)
    lost = world.visit(contrat_id=attached.pk, prestation_id=other.pk, start="12:00")
    seen = {visit.pk: visit.version for visit in (covered, bare, lost)}
    found = attaching.proposals(seen, world.as_manager)
    assert (found.covered, found.without) == ([covered.pk], [lost.pk])
    assert [(one.action, one.intervention_id, one.seen, one.contrat_id) for one in found.changes] == [
        (Action.ATTACH, bare.pk, bare.version, world.contrat.pk)
    ]


def test_the_terms_say_the_same(world: World) -> None:
    """`suggested` is `ContratTerms.covers` in SQL."""
    visit = world.visit(contrat_id=None)
    for state in ("draft", "valid", "signed", "terminated"):
        for ends_on in (None, DAY - ONE, DAY, DAY + ONE):
            Contrat.objects.filter(pk=world.contrat.pk).update(state=state, ends_on=ends_on)
            covers = ContratTerms(world.client.pk, state, True, world.contrat.starts_on, ends_on).covers(
                world.client.pk, DAY
            )
            assert bool(attaching.suggestions([visit.pk], world.as_manager)[visit.pk]) is covers
