"""What the database refuses by itself, tried with plain SQL as the application's own role."""

import threading
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, ProgrammingError, connection, transaction

from interventions import operations
from interventions.guards import Guard
from interventions.models import Intervention, JournalEntry, Motif, Period, Proposition
from interventions.operations import close_month, reopen_month
from interventions.states import Action, Status
from interventions.tenancy import within
from interventions.workflow import BIRTHS, PAIRS
from tests.factories import World, a_client, a_contrat, a_prestation, a_world, an_intervenant, key

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return a_world()


def run(statement: str, *values: Any) -> None:
    """Run SQL within a savepoint, so that a refusal leaves the test's transaction usable."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, values)


def constraint(error: BaseException) -> str:
    diagnostics = getattr(error.__cause__, "diag", None)
    return str(diagnostics and diagnostics.constraint_name)


def constraint_of(error: pytest.ExceptionInfo[DatabaseError]) -> str:
    return constraint(error.value)


# A row that would suit any status, so that only the pair can be refused: declared unless it is planned.
TO_STATUS = """
    UPDATE interventions_intervention SET status = %(to)s,
        declared_start = CASE WHEN %(to)s = 'planned' THEN NULL ELSE planned_start END,
        declared_end = CASE WHEN %(to)s = 'planned' THEN NULL ELSE planned_end END,
        declared_km = CASE WHEN %(to)s = 'planned' THEN NULL ELSE planned_km END
    WHERE id = %(id)s
"""
PAIRS_TO_TRY = [(source, target) for source in Status for target in Status]


def _refusal(visit: Intervention, source: Status, target: Status) -> str | None:
    """Return the name of what refuses source → target, having led the visit to `source` by legal pairs."""
    with transaction.atomic(), connection.cursor() as cursor:
        for status in _paths()[source]:
            cursor.execute(TO_STATUS, {"to": str(status), "id": visit.pk})
        try:
            with transaction.atomic():
                cursor.execute(TO_STATUS, {"to": str(target), "id": visit.pk})
        except IntegrityError as error:
            return constraint(error)
    return None


def _paths() -> dict[Status, list[Status]]:
    """Return, for each status, a way there from planned along legal pairs."""
    paths: dict[Status, list[Status]] = {Status.PLANNED: []}
    while len(paths) < len(Status):
        for source, target in sorted(PAIRS):
            if source in paths and target not in paths:
                paths[target] = [*paths[source], target]
    return paths


@pytest.mark.parametrize(("source", "target"), PAIRS_TO_TRY)
def test_the_trigger_and_the_table_agree_on_every_pair(world: World, source: Status, target: Status) -> None:
    refused = _refusal(world.visit(), source, target)
    assert refused == (None if (source, target) in PAIRS else "intervention_legal_status")


@pytest.mark.parametrize("status", list(Status))
def test_only_what_comes_from_nothing_is_born(world: World, status: Status) -> None:
    visit = world.visit()
    columns = [
        str(field.column) for field in Intervention._meta.concrete_fields if field.column not in ("id", "public_id")
    ]
    listed = ", ".join(columns)
    values = ", ".join("%s" if column == "status" else column for column in columns)
    table = "interventions_intervention"
    insert = f"INSERT INTO {table} ({listed}) SELECT {values} FROM {table} WHERE id = %s"
    name = None
    try:
        run(insert, str(status), visit.pk)
    except IntegrityError as error:
        name = constraint(error)
    assert (name != "intervention_legal_birth") == (status in BIRTHS)


@pytest.mark.parametrize(
    ("columns", "constraint"),
    [
        ("retained_end = retained_start", "intervention_retained_facts"),
        ("retained_km = -1", "intervention_retained_facts"),
        ("planned_end = planned_start - interval '1 minute'", "intervention_planned_facts"),
        ("planned_km = -0.1", "intervention_planned_facts"),
        ("planned_end = NULL", "intervention_planned_facts"),
        (
            "declared_start = planned_start, declared_end = planned_start, declared_km = 0",
            "intervention_declared_facts",
        ),
        ("intervenant_id = NULL", "intervention_has_an_intervenant"),
    ],
)
def test_a_version_that_makes_no_sense_is_refused(world: World, columns: str, constraint: str) -> None:
    visit = world.visit()
    with pytest.raises(IntegrityError) as error:
        run(f"UPDATE interventions_intervention SET {columns} WHERE id = %s", visit.pk)
    assert constraint_of(error) == constraint


def test_a_done_visit_has_a_declaration_and_a_contrat(world: World) -> None:
    visit = world.visit(contrat_id=None)
    with pytest.raises(IntegrityError) as error:
        run("UPDATE interventions_intervention SET status = 'done' WHERE id = %s", visit.pk)
    assert constraint_of(error) == "intervention_done_is_declared"


def test_nothing_of_another_agency_or_client_can_be_joined(world: World) -> None:
    visit, other = world.visit(), a_world()
    neighbour = a_client(world.agence)
    foreign = {
        "client_id": other.client.pk,
        "intervenant_id": other.intervenant.pk,
        "prestation_id": other.prestation.pk,
        "motif_id": other.motif().pk,
        "contrat_id": a_contrat(neighbour, a_prestation(world.agence)).pk,
    }
    for column, value in foreign.items():
        with pytest.raises(IntegrityError) as error:
            run(f"UPDATE interventions_intervention SET {column} = %s WHERE id = %s", value, visit.pk)
        # A visit and its contrat hang on the client together, so the client's key may speak first.
        assert constraint_of(error) in (f"intervention_{column}_same_agence", "intervention_contrat_id_same_agence")


def test_two_propositions_cannot_be_open(world: World) -> None:
    visit = world.visit()
    world.act(visit, Action.COMPLETE, world.as_intervenant)
    world.act(visit, Action.CANCEL_BY_CLIENT, world.as_client, motif_id=world.motif().pk)
    first = Proposition.objects.get(intervention=visit)
    with pytest.raises(IntegrityError) as error, transaction.atomic():
        Proposition.objects.bulk_create(
            [
                Proposition(
                    agence=world.agence,
                    intervention=visit,
                    is_annulation=True,
                    batch=first.batch,
                    role="client",
                    opened_at=world.now,
                )
            ]
        )
    assert constraint_of(error) == "proposition_open_once"


def test_the_application_can_neither_delete_a_visit_nor_touch_the_journal(world: World) -> None:
    visit = world.visit()
    for statement in (
        "DELETE FROM interventions_intervention",
        "TRUNCATE interventions_intervention CASCADE",
        "UPDATE interventions_journalentry SET action = 'validate'",
        "DELETE FROM interventions_journalentry",
        "TRUNCATE interventions_journalentry CASCADE",
    ):
        with pytest.raises(ProgrammingError, match="permission denied"):
            run(statement)
    assert JournalEntry.objects.filter(intervention=visit).count() == 1


class TestClosedMonth:
    """Nothing inside a closed month changes, by any way."""

    def close(self, world: World, day: date) -> None:
        close_month(world.as_manager, day, world.now)

    def test_sql_is_refused_for_the_old_and_the_new_day(self, world: World) -> None:
        inside, outside = world.visit(day=date(2026, 10, 5)), world.visit(day=date(2026, 11, 5))
        self.close(world, date(2026, 10, 17))
        for statement, visit in (
            ("UPDATE interventions_intervention SET comment = 'x' WHERE id = %s", inside),
            ("UPDATE interventions_intervention SET day = '2026-11-06' WHERE id = %s", inside),
            ("UPDATE interventions_intervention SET day = '2026-10-31' WHERE id = %s", outside),
        ):
            with pytest.raises(IntegrityError) as error:
                run(statement, visit.pk)
            assert constraint_of(error) == "intervention_month_is_open"
        run("UPDATE interventions_intervention SET comment = 'x' WHERE id = %s", outside.pk)

    def test_another_agency_is_not_closed_with_it(self, world: World) -> None:
        other = a_world()
        visit = other.visit(day=date(2026, 10, 5))
        self.close(world, date(2026, 10, 1))
        assert other.act(visit, Action.COMPLETE, other.as_intervenant).refused == []

    def test_an_act_is_refused_by_name_and_goes_again_once_it_is_open(self, world: World) -> None:
        visit = world.visit(day=date(2026, 10, 5))
        self.close(world, date(2026, 10, 1))
        outcome = world.act(visit, Action.COMPLETE, world.as_intervenant)
        assert [row.refusal for row in outcome.rows] == [Guard.MONTH]
        assert operations.possibilities([visit.pk], world.as_intervenant, world.now)[visit.pk].actions == []
        reopen_month(world.as_manager, date(2026, 10, 1), world.now)
        assert world.act(visit, Action.COMPLETE, world.as_intervenant).refused == []

    def test_a_visit_cannot_be_carried_into_it(self, world: World) -> None:
        visit = world.visit(day=date(2026, 11, 1), start="00:30")
        self.close(world, date(2026, 10, 1))
        facts = visit.retained
        earlier = type(facts)(facts.start - timedelta(hours=1), facts.end, facts.km)
        outcome = world.act(visit, Action.COMPLETE, world.as_intervenant, facts=earlier)
        assert [row.refusal for row in outcome.rows] == [Guard.MONTH]

    def test_closing_and_opening_need_their_rights(self, world: World) -> None:
        with pytest.raises(operations.Refused):
            close_month(world.as_client, date(2026, 10, 1), world.now)
        with pytest.raises(operations.Refused):
            reopen_month(world.as_intervenant, date(2026, 10, 1), world.now)
        assert Period.objects.filter(closed_at__isnull=False).count() == 0


@pytest.mark.django_db(transaction=True)
def test_closing_waits_for_acts_under_way_and_later_acts_see_it_closed() -> None:
    world = a_world()
    visit, late = world.visit(day=date(2026, 10, 5)), world.visit(day=date(2026, 10, 6))
    closed = threading.Event()

    def close() -> None:
        with within(world.agence.pk):
            close_month(world.as_manager, date(2026, 10, 1), world.now)
        closed.set()
        connection.close()

    closer = threading.Thread(target=close)
    with transaction.atomic():
        assert world.act(visit, Action.COMPLETE, world.as_intervenant).refused == []
        closer.start()
        assert not closed.wait(0.5)
    closer.join(5)
    assert closed.is_set()
    outcome = world.act(late, Action.COMPLETE, world.as_intervenant)
    assert [row.refusal for row in outcome.rows] == [Guard.MONTH]


def test_an_agency_starts_with_motifs_that_make_sense(world: World) -> None:
    motifs = Motif.objects.filter(agence=world.agence)
    assert all(motif.opens_hours or motif.opens_km for motif in motifs if motif.kind == "refus")
    assert {motif.kind for motif in motifs} == {"refus", "annulation"}


def test_a_person_is_found_by_their_key_without_accents(world: World) -> None:
    an_intervenant(world.agence, last_name="Gâtinais", first_name="Œmer")
    names = list(world.agence.intervenants.order_by("sort_name").values_list("sort_name", flat=True))
    assert names == ["gatinais oemer", "l'heritier aicha"]


def test_keys_are_used_once(world: World) -> None:
    visit, pressed = world.visit(), key()
    change = operations.Change(Action.COMPLETE, visit.pk)
    first = operations.apply([change], actor=world.as_intervenant, at=world.now, key=pressed)
    again = operations.apply([change], actor=world.as_intervenant, at=world.now, key=pressed)
    assert (first.replayed, again.replayed) == (False, True)
    assert again.rows == first.rows
    assert JournalEntry.objects.filter(intervention=visit).count() == 2
