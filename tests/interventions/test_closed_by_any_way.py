"""Nothing inside a closed month changes, by any way in: each does something while it is open, and nothing after."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from interventions import operations, silence
from interventions.actor import system
from interventions.imports.apply import import_files
from interventions.models import Absence, AbsenceKind, Deliberation, Intervention, Period, Proposition, Series
from interventions.operations import Change
from interventions.planning import absences, other_days, series
from interventions.states import Action, Choice, Ground, Via
from tests import factories
from tests.factories import NOW, World
from tests.interventions import acts
from tests.interventions.imports.conftest import written

pytestmark = pytest.mark.django_db
# The present month and the next one: series and absences lie ahead.
NOVEMBER, DECEMBER = date(2026, 11, 1), date(2026, 12, 1)
YESTERDAY = NOW.date() - timedelta(days=1)


@dataclass
class Month:
    """The visits of the months that are closed, and what was prepared from outside them."""

    world: World
    visits: dict[str, Intervention] = field(default_factory=dict)
    lot: Any = None
    series: Any = None

    def press(self, *changes: Change, actor: Any = None, **more: Any) -> None:
        """Press, whatever is answered."""
        who = actor or self.world.as_manager
        operations.apply(list(changes), actor=who, at=NOW, key=factories.key(), **more)


def a_month() -> Month:
    """Lead visits to where each way could take them up."""
    world = factories.a_world(escalate_enabled=True)
    month = Month(world)
    world.now = NOW - timedelta(days=20)
    past = world.now.date() - timedelta(days=1)
    month.visits["contested"] = acts.contested(world, day=past, start="06:00")
    world.now = NOW
    for hour, (name, build) in enumerate(
        {"done": acts.done, "arbitration": acts.arbitration, "cancelled": acts.cancelled}.items()
    ):
        month.visits[name] = build(world, day=YESTERDAY, start=f"{8 + 2 * hour:02}:00")
    month.visits["planned"] = world.visit(day=YESTERDAY, start="16:00", number="V1")
    month.visits["to come"] = world.visit(day=DECEMBER + timedelta(days=2), start="16:00")
    outcome = world.act(
        acts.done(world, day=YESTERDAY, start="19:00"),
        Action.VALIDATE_FOR_CLIENT,
        world.as_manager,
        ground=Ground.PHONE,
    )
    month.lot = outcome.batch
    month.series = factories.a_series(world)
    series.extend(world.agence, NOW - timedelta(days=60))
    # Reported before the months are closed, to be shown that it is there.
    month.visits["report"] = acts.reported(world)
    return month


def complete(month: Month) -> None:
    """Declare a visit on the portal."""
    month.press(Change(Action.COMPLETE, month.visits["planned"].pk), actor=month.world.as_intervenant)


def by_link(month: Month) -> None:
    """Validate through the link of a mail."""
    reader = replace(month.world.as_client, via=Via.LINK)
    month.press(Change(Action.VALIDATE, month.visits["done"].pk), actor=reader)


def arbitrate(month: Month) -> None:
    """Decide where both sides disagree."""
    change = Change(Action.ARBITRATE, month.visits["arbitration"].pk, choice=Choice.CLIENT, reason="Le badge")
    month.press(change)


def escalate(month: Month) -> None:
    """Let the job hand over what the intervenant left."""
    silence.escalate(month.world.agence, NOW)


def in_the_background(month: Month) -> None:
    """Let a worker go on with a lot that was pressed before."""
    change = Change(Action.VALIDATE_FOR_CLIENT, month.visits["done"].pk)
    operations.begin([change], actor=month.world.as_manager, at=NOW, key=factories.key(), ground=Ground.PHONE)
    work = operations.claim(month.world.agence, NOW)
    assert work is not None
    operations.advance(work, month.world.as_manager, NOW)


def undo(month: Month) -> None:
    """Undo a lot."""
    operations.undo(month.lot, actor=month.world.as_manager, at=NOW, key=factories.key())


def move(month: Month) -> None:
    """Move a visit on the planning, out of the month."""
    visit = month.visits["to come"]
    facts = replace(visit.retained, start=visit.retained_start + timedelta(60), end=visit.retained_end + timedelta(60))
    month.press(Change(Action.MOVE, visit.pk, facts=facts))


def plan(month: Month) -> None:
    """Plan a visit, as a copy of one does."""
    month.press(Change(Action.PLAN, new=acts.a_report(month.world)))


def report(month: Month) -> None:
    """Add a visit on the portal."""
    start, end = factories.local(YESTERDAY, "22:00"), factories.local(YESTERDAY, "23:00")
    change = Change(Action.REPORT, new=acts.a_report(month.world, start=start, end=end))
    month.press(change, actor=month.world.as_intervenant)


def attach(month: Month) -> None:
    """Take a visit from its contrat."""
    month.press(Change(Action.ATTACH, month.visits["planned"].pk, contrat_id=None))


def set_motif(month: Month) -> None:
    """Give a cancelled visit another motif."""
    motif = month.world.motif(label="prévenir")
    month.press(Change(Action.SET_MOTIF, month.visits["cancelled"].pk, motif_id=motif.pk))


def begin_series(month: Month) -> None:
    """Begin a series."""
    world = month.world
    new = Series(
        agence=world.agence,
        client=world.client,
        prestation=world.prestation,
        rule=month.series.rule,
        starts_on=DECEMBER,
        start=month.series.start,
        end=month.series.end,
    )
    series.start(new, actor=world.as_manager, at=datetime(2026, 10, 1, 12, tzinfo=NOW.tzinfo), key=factories.key())


def extend_series(month: Month) -> None:
    """Let the job go on with the series."""
    series.extend(month.world.agence, NOW - timedelta(days=58))


def reshape_series(month: Month) -> None:
    """Give a series other hours."""
    shape = replace(series.Shape.of(month.series), ordre_de_mission="Autre chose")
    series.reshape(
        month.series, shape, NOW.date(), actor=month.world.as_manager, at=NOW, key=factories.key(), reason="x"
    )


def end_series(month: Month) -> None:
    """End a series: its later visits are cancelled."""
    motif = month.world.motif().pk
    series.end(month.series, NOW.date(), motif, actor=month.world.as_manager, at=NOW, key=factories.key())


def other_days_of_series(month: Month) -> None:
    """Give a series other days."""
    rule = month.series.rule.replace("MO", "TU").replace("WKST=TU", "WKST=MO")
    motif, actor = month.world.motif().pk, month.world.as_manager
    other_days.other_days(month.series, rule, DECEMBER, motif, actor=actor, at=NOW, key=factories.key())


def absence(month: Month) -> None:
    """Enter an absence whose visits are cancelled."""
    world = month.world
    away = Absence(agence=world.agence, client=world.client, kind=AbsenceKind.HOSPITAL, starts_on=NOW.date())
    motif = world.motif().pk
    absences.enter(away, absences.Fate.CANCEL, motif_id=motif, actor=world.as_manager, at=NOW, key=factories.key())


def import_changes(month: Month) -> None:
    """Send a file with other hours for a visit that a file brought."""
    _import(month, "V9", DECEMBER, "11:00;12:00")


def import_new(month: Month) -> None:
    """Send a file with a new visit."""
    _import(month, "V8", DECEMBER, "11:00;12:00")


def _import(month: Month, number: str, day: date, clock: str) -> None:
    world = month.world
    line = (
        f"{number};{world.client.number};{world.intervenant.number};;{world.contrat.number};{day:%d/%m/%Y};{clock};;"
    )
    import_files(system(world.agence, Via.IMPORT), written(interventions=[line]))


WAYS: list[Callable[[Month], None]] = [
    complete,
    by_link,
    arbitrate,
    escalate,
    in_the_background,
    undo,
    move,
    plan,
    report,
    attach,
    set_motif,
    begin_series,
    extend_series,
    reshape_series,
    end_series,
    other_days_of_series,
    absence,
    import_changes,
    import_new,
]
BY_SQL = [
    "UPDATE interventions_intervention SET comment = 'x'",
    "UPDATE interventions_intervention SET day = day + 60",
    "INSERT INTO interventions_intervention (agence_id, client_id, prestation_id, origin, ordre_de_mission, comment, "
    "number, planned_start, planned_end, planned_km, retained_start, retained_end, retained_km, day, status, version, "
    "step, declared_on_behalf, settled_by, cancelled_by, withdrawn, billable_checked, last_action, last_role, "
    "last_at) "
    "SELECT agence_id, client_id, prestation_id, origin, '', '', '', planned_start, planned_end, planned_km, "
    "retained_start, retained_end, retained_km, day, 'draft', 1, 1, false, '', '', false, false, 'plan', 'system', "
    "last_at FROM interventions_intervention WHERE number = 'V1'",
    "DELETE FROM interventions_intervention",
    "TRUNCATE interventions_intervention CASCADE",
    "UPDATE interventions_proposition SET km = 99",
    "UPDATE interventions_proposition SET closed_at = opened_at",
    "DELETE FROM interventions_proposition",
    "INSERT INTO interventions_deliberation (agence_id, intervention_id, batch_id, choice, result, grounds, at) "
    "SELECT agence_id, intervention_id, batch_id, 'client', 'validated', 'x', opened_at "
    "FROM interventions_proposition",
    "UPDATE interventions_journalentry SET action = 'validate'",
    "DELETE FROM interventions_journalentry",
    "UPDATE interventions_period SET closed_at = NULL",
    "UPDATE interventions_period SET month = month - interval '10 years'",
    "DELETE FROM interventions_period",
    "UPDATE interventions_periodentry SET closes = false",
    "DELETE FROM interventions_periodentry",
]


def standing() -> list[Any]:
    """Return all that stands in the two months: visits, propositions, délibérations, months."""
    visits = Intervention.objects.filter(day__range=(NOVEMBER, DECEMBER + timedelta(days=30)))
    inside = set(visits.values_list("pk", flat=True))
    return [
        list(visits.order_by("pk").values()),
        list(Proposition.objects.filter(intervention__in=inside).order_by("pk").values()),
        list(Deliberation.objects.filter(intervention__in=inside).order_by("pk").values()),
        list(Period.objects.filter(closed_at__isnull=False).order_by("pk").values()),
    ]


@contextmanager
def taken_back() -> Iterator[None]:
    """Run what is inside, then put the database back."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def close(month: Month) -> None:
    """Close both months."""
    for one in (NOVEMBER, DECEMBER):
        operations.close_month(month.world.as_manager, one, NOW)


@pytest.mark.parametrize("way", WAYS, ids=[way.__name__ for way in WAYS])
def test_no_way_in_changes_anything_of_a_closed_month(way: Callable[[Month], None]) -> None:
    month = a_month()
    if way is import_changes:
        _import(month, "V9", DECEMBER, "09:00;10:00")
    before = standing()
    with taken_back():
        way(month)
        assert standing() != before, "while the month is open, this does something"
    close(month)
    before = standing()
    with taken_back():
        way(month)
        assert standing() == before


@pytest.mark.parametrize("statement", BY_SQL)
def test_nor_does_sql_as_the_application(statement: str) -> None:
    month = a_month()
    close(month)
    before = standing()
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert standing() == before
    assert month.visits
