"""Windows at their exact edges, over a clock change and in another time zone; and what no window forgives."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from interventions import operations
from interventions.actor import Actor, system
from interventions.guards import Guard
from interventions.models import Intervention
from interventions.operations import Change
from interventions.states import Action, Choice, Ground, Via
from interventions.workflow import REMINDERS
from tests.factories import World, a_world, local
from tests.interventions import acts
from tests.interventions.acts import Builder, longer, press

pytestmark = pytest.mark.django_db
MOMENT = timedelta(microseconds=1)


@pytest.fixture
def world() -> World:
    return a_world()


def answer(
    world: World, visit: Intervention, action: Action, actor: Actor, at: datetime, **entered: Any
) -> Guard | None:
    """Return what a press at that instant would answer, without doing it."""
    change = Change(action, visit.pk, **entered)
    return operations.preview([change], actor=actor, at=at).answers[0].refusal


def test_ten_minutes_to_undo(world: World) -> None:
    world.agence.undo_minutes = 12
    world.agence.save()
    for visit in (acts.done(world), acts.cancelled_by_carer(world, start="14:00"), acts.unattached(world)):
        edge = world.now + timedelta(minutes=12)
        assert answer(world, visit, Action.WITHDRAW, world.as_intervenant, edge) is None
        assert answer(world, visit, Action.WITHDRAW, world.as_intervenant, edge + MOMENT) is Guard.UNDO_WINDOW
    validated = acts.validated(world, start="16:00")
    assert answer(world, validated, Action.RETRACT, world.as_client, edge) is None
    assert answer(world, validated, Action.RETRACT, world.as_client, edge + MOMENT) is Guard.RETRACT_WINDOW


# Days are those of the agency's calendar, the last one included: it ends at midnight there.
@pytest.mark.parametrize(
    ("zone", "acted", "last_moment"),
    [
        ("Europe/Paris", datetime(2026, 11, 25, 11, tzinfo=UTC), datetime(2026, 12, 2, 23, tzinfo=UTC)),
        # Over the autumn change: midnight of 1 November lies at UTC+1, the act at UTC+2.
        ("Europe/Paris", datetime(2026, 10, 24, 22, 30, tzinfo=UTC), datetime(2026, 11, 1, 23, tzinfo=UTC)),
        # Over the spring change.
        ("Europe/Paris", datetime(2027, 3, 25, 11, tzinfo=UTC), datetime(2027, 4, 1, 22, tzinfo=UTC)),
        # In Saint-Denis it is already the 26th when the act comes in.
        ("Indian/Reunion", datetime(2026, 11, 25, 20, tzinfo=UTC), datetime(2026, 12, 3, 20, tzinfo=UTC)),
        ("Indian/Reunion", datetime(2026, 11, 25, 19, tzinfo=UTC), datetime(2026, 12, 2, 20, tzinfo=UTC)),
    ],
)
@pytest.mark.parametrize("kind", ["contested", "cancelled", "disputable"])
def test_seven_days_end_at_the_agencys_midnight(zone: str, acted: datetime, last_moment: datetime, kind: str) -> None:
    world = a_world(timezone=zone)
    world.now = acted
    builds: dict[str, Builder] = {
        "contested": acts.contested,
        "cancelled": acts.cancelled_by_client,
        "disputable": acts.cancelled,
    }
    visit = builds[kind](world)
    action = Action.DISPUTE_CANCELLATION if kind == "disputable" else Action.RETRACT
    late = Guard.DISPUTE_WINDOW if kind == "disputable" else Guard.RETRACT_WINDOW
    assert answer(world, visit, action, world.as_client, last_moment - MOMENT, comment="x") is None
    assert answer(world, visit, action, world.as_client, last_moment, comment="x") is late


def test_a_dispute_counts_from_the_visits_day_where_that_is_later(world: World) -> None:
    day = date(2026, 11, 30)
    visit = acts.cancelled(world, day=day)
    edge = local(day + timedelta(days=8), "00:00")
    for actor in (world.as_intervenant, world.as_client, world.as_proche):
        assert answer(world, visit, Action.DISPUTE_CANCELLATION, actor, local(day, "23:00"), comment="x") is Guard.PAST
        assert answer(world, visit, Action.DISPUTE_CANCELLATION, actor, edge - MOMENT, comment="x") is None
        assert answer(world, visit, Action.DISPUTE_CANCELLATION, actor, edge, comment="x") is Guard.DISPUTE_WINDOW


def test_each_agency_has_its_own_days(world: World) -> None:
    for name in ("retract_days", "dispute_days", "object_days"):
        setattr(world.agence, name, {"retract_days": 1, "dispute_days": 2, "object_days": 3}[name])
    world.agence.save()
    today = world.now.date()
    cases: list[tuple[Intervention, Action, dict[str, Any], int, Guard]] = [
        (acts.contested(world), Action.RETRACT, {}, 1, Guard.RETRACT_WINDOW),
        (acts.cancelled(world, start="12:00"), Action.DISPUTE_CANCELLATION, {"comment": "x"}, 2, Guard.DISPUTE_WINDOW),
        (acts.validated_for_client(world, start="14:00"), Action.OBJECT, {"cancels": True}, 3, Guard.OBJECT_WINDOW),
    ]
    for visit, action, entered, days, late in cases:
        edge = local(today + timedelta(days=days + 1), "00:00")
        assert answer(world, visit, action, world.as_client, edge - MOMENT, **entered) is None
        assert answer(world, visit, action, world.as_client, edge, **entered) is late


def test_thirty_days_to_object(world: World) -> None:
    visit = acts.validated_for_client(world)
    # A contrat attached since changes neither the step nor the window.
    world.act(visit, Action.ATTACH, world.as_manager, at=world.now + timedelta(days=20), contrat_id=world.contrat.pk)
    edge = local(world.now.date() + timedelta(days=31), "00:00")
    assert answer(world, visit, Action.OBJECT, world.as_client, edge - MOMENT, cancels=True) is None
    assert answer(world, visit, Action.OBJECT, world.as_client, edge, cancels=True) is Guard.OBJECT_WINDOW


def test_seven_times_24_hours_before_the_system_escalates(world: World) -> None:
    visit, job = acts.contested(world), system(world.agence)
    edge = world.now + timedelta(days=7)
    assert answer(world, visit, Action.ESCALATE, job, edge) is Guard.ESCALATE_DELAY
    world.agence.escalate_enabled = True
    assert answer(world, visit, Action.ESCALATE, job, edge - MOMENT) is Guard.ESCALATE_DELAY
    assert answer(world, visit, Action.ESCALATE, job, edge) is None
    world.agence.escalate_days = 9
    assert answer(world, visit, Action.ESCALATE, job, edge) is Guard.ESCALATE_DELAY
    # While the module was off the intervenant could not answer.
    world.agence.module_enabled_at = world.now + timedelta(days=1)
    edge = world.now + timedelta(days=10)
    assert answer(world, visit, Action.ESCALATE, job, edge - MOMENT) is Guard.ESCALATE_DELAY
    outcome = world.act(visit, Action.ESCALATE, job, at=edge)
    assert (outcome.refused, visit.status, visit.last_role) == ([], "arbitration", "system")
    other = acts.contested(world, start="15:00")
    assert answer(world, other, Action.ESCALATE, world.as_manager, world.now, reason="x") is None


MONTH = date(2026, 10, 1)
IN_A_CLOSED_MONTH: list[tuple[Builder, Action, str, dict[str, Any]]] = [
    (acts.draft, Action.ASSIGN, "manager", {"carer": True}),
    (acts.draft, Action.CANCEL, "manager", {"motif": "annulation"}),
    (World.visit, Action.UNASSIGN, "manager", {}),
    (World.visit, Action.COMPLETE, "intervenant", {}),
    (World.visit, Action.COMPLETE_FOR_INTERVENANT, "manager", {}),
    (World.visit, Action.CANCEL, "intervenant", {}),
    (World.visit, Action.MOVE, "manager", {}),
    (World.visit, Action.ATTACH, "manager", {}),
    (acts.done, Action.CORRECT, "intervenant", {"facts": True}),
    (acts.done, Action.WITHDRAW, "intervenant", {}),
    (acts.done, Action.SEND_BACK, "manager", {}),
    (acts.done, Action.VALIDATE, "client", {}),
    (acts.done, Action.VALIDATE, "proche", {}),
    (acts.done, Action.VALIDATE_FOR_CLIENT, "manager", {"ground": Ground.PHONE}),
    (acts.done, Action.CONTEST, "client", {"facts": True, "motif": "refus"}),
    (acts.done, Action.CANCEL_BY_CLIENT, "client", {"motif": "annulation"}),
    (acts.contested, Action.RETRACT, "client", {}),
    (acts.contested, Action.ACCEPT_CHANGE, "intervenant", {}),
    (acts.contested, Action.REFUSE_CHANGE, "intervenant", {}),
    (acts.contested, Action.ESCALATE, "manager", {}),
    (acts.cancelled, Action.DISPUTE_CANCELLATION, "client", {}),
    (acts.cancelled, Action.SET_MOTIF, "manager", {"motif": "annulation"}),
    (acts.cancelled, Action.REOPEN, "manager", {}),
    (acts.validated_for_client, Action.OBJECT, "client", {"cancels": True}),
    (acts.validated, Action.REOPEN, "manager", {}),
    (acts.arbitration, Action.ARBITRATE, "manager", {"choice": Choice.CLIENT}),
]


def test_a_closed_month_stands_still_for_every_act(world: World) -> None:
    world.now = datetime(2026, 11, 1, 10, tzinfo=UTC)
    people = {
        "manager": world.as_manager,
        "intervenant": world.as_intervenant,
        "client": world.as_client,
        "proche": world.as_proche,
    }
    tried = []
    for place, (build, action, role, options) in enumerate(IN_A_CLOSED_MONTH):
        visit = build(world, day=date(2026, 10, 31), start=f"{place // 2:02d}:{30 * (place % 2):02d}", minutes=20)  # type: ignore[call-arg]
        tried.append((visit, action, people[role], _entered(world, visit, options)))
    # Without the lock all of them would go: it is the month that stops them.
    for visit, action, actor, entered in tried:
        assert _press(world, visit, action, actor, preview=True, **entered) is None, action
    operations.close_month(world.as_manager, MONTH, world.now)
    before = [acts.written(visit) for visit, *_ in tried]
    for visit, action, actor, entered in tried:
        assert _press(world, visit, action, actor, **entered) is Guard.MONTH, action
    assert [acts.written(visit) for visit, *_ in tried] == before
    # Reminding changes no visit.
    assert {action for _, action, _, _ in tried} >= set(Action) - set(REMINDERS) - {
        Action.PLAN,
        Action.REPORT,
        Action.REPORT_UNATTACHED,
        Action.ADMIT,
        Action.VALIDATE_TACITLY,
    }


def _entered(world: World, visit: Intervention, options: dict[str, Any]) -> dict[str, Any]:
    entered: dict[str, Any] = {"reason": "x", "comment": "x", "contrat_id": world.contrat.pk, **options}
    if entered.pop("carer", False):
        entered["intervenant_id"] = world.intervenant.pk
    if kind := entered.pop("motif", None):
        entered["motif_id"] = world.motif(kind=kind).pk  # the first motif de refus opens the hours
    if entered.pop("facts", False):
        entered["facts"] = longer(visit.retained, 5)
    return entered


def _press(
    world: World, visit: Intervention, action: Action, actor: Actor, *, preview: bool = False, **entered: Any
) -> Guard | None:
    ground = entered.pop("ground", None)
    change = Change(action, visit.pk, **entered)
    if preview:
        return operations.preview([change], actor=actor, at=world.now, ground=ground).answers[0].refusal
    return press(world, [change], actor, ground=ground).rows[0].refusal


def test_nothing_is_born_in_a_closed_month_nor_moved_out_of_it(world: World) -> None:
    world.now = datetime(2026, 11, 2, 10, tzinfo=UTC)
    inside, outside = world.visit(day=date(2026, 10, 31)), world.visit(day=date(2026, 11, 1))
    added = acts.unattached(world, start=local(date(2026, 10, 30), "09:00"), end=local(date(2026, 10, 30), "10:00"))
    operations.close_month(world.as_manager, MONTH, world.now)
    day = timedelta(days=1)
    report = acts.a_report(world, start=inside.retained_start, end=inside.retained_end)
    tries = [
        (world.as_manager, Change(Action.PLAN, new=report)),
        (world.as_intervenant, Change(Action.REPORT, new=report)),
        (world.as_manager, Change(Action.ADMIT, added.pk, contrat_id=world.contrat.pk)),
        (world.as_manager, Change(Action.MOVE, outside.pk, facts=_shifted(outside, -day))),
        (world.as_manager, Change(Action.MOVE, inside.pk, facts=_shifted(inside, day))),
    ]
    assert [press(world, [change], actor).rows[0].refusal for actor, change in tries] == [Guard.MONTH] * 5


def _shifted(visit: Intervention, by: timedelta) -> Any:
    facts = visit.retained
    return replace(facts, start=facts.start + by, end=facts.end + by)


@pytest.mark.parametrize("how", ["withdraw", "accept_change", "retract", "arbitrate", "reopen"])
def test_a_version_that_lies_in_a_closed_month_cannot_come_back(world: World, how: str) -> None:
    """The visit was carried out of October; what would carry it back in is refused, though November is open."""
    world.now = datetime(2026, 11, 2, 10, tzinfo=UTC)
    visit = world.visit(day=date(2026, 11, 1), start="00:10")
    if how in ("withdraw", "reopen"):
        facts = visit.retained
        Intervention.objects.filter(pk=visit.pk).update(
            planned_start=facts.start - timedelta(hours=1), planned_end=facts.end - timedelta(minutes=50)
        )
    earlier = replace(visit.retained, start=visit.retained_start - timedelta(hours=1))
    if how == "reopen":
        world.act(visit, Action.CANCEL, world.as_manager, motif_id=world.motif().pk)
    else:
        world.act(visit, Action.COMPLETE, world.as_intervenant, facts=visit.retained)
    if how in ("accept_change", "arbitrate"):
        acts.contest(world, visit, facts=earlier)
    if how == "retract":
        acts.contest(world, visit)
        Intervention.objects.filter(pk=visit.pk).update(declared_start=earlier.start)
    if how == "arbitrate":
        world.act(visit, Action.REFUSE_CHANGE, world.as_intervenant)
    operations.close_month(world.as_manager, MONTH, world.now)
    actors = {"withdraw": world.as_intervenant, "accept_change": world.as_intervenant, "retract": world.as_client}
    entered = {"reason": "x", "choice": Choice.CLIENT}
    change = Change(Action(how), visit.pk, **entered)  # type: ignore[arg-type]
    assert press(world, [change], actors.get(how, world.as_manager)).rows[0].refusal is Guard.MONTH


def test_the_module_off_stops_portals_links_and_jobs_only(world: World) -> None:
    visit, contested = acts.done(world), acts.contested(world, start="14:00")
    operations.set_module(world.as_manager, False, world.now)
    world.agence.refresh_from_db()
    tries = [
        (world.as_intervenant, Change(Action.CORRECT, visit.pk, facts=longer(visit.declared))),
        (world.as_client, Change(Action.VALIDATE, visit.pk)),
        (replace(world.as_proche, via=Via.LINK), Change(Action.VALIDATE, visit.pk)),
        (world.as_intervenant, Change(Action.REPORT, new=acts.a_report(world))),
        (system(world.agence), Change(Action.VALIDATE_TACITLY, visit.pk)),
        (system(world.agence), Change(Action.ESCALATE, contested.pk)),
        (world.as_manager, Change(Action.SEND_BACK, visit.pk, reason="x")),
        (system(world.agence, Via.IMPORT), Change(Action.PLAN, new=acts.a_report(world))),
    ]
    refusals = [press(world, [change], actor).rows[0].refusal for actor, change in tries]
    assert refusals == [Guard.MODULE] * 6 + [None, None]
    later = world.now + timedelta(days=1)
    operations.set_module(world.as_manager, True, later)
    world.agence.refresh_from_db()
    assert (world.agence.module_enabled, world.agence.module_enabled_at) == (True, later)
    with pytest.raises(operations.Refused):
        operations.set_module(world.as_client, False, later)
