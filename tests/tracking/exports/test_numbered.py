"""Numbered exports: what is due, what is taken back, and that nothing is exported twice or lost."""

import datetime as dt
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from interventions.models import Intervention, Period
from interventions.operations import Refused
from interventions.states import Action, Choice
from tests import factories
from tests.factories import a_world
from tests.tracking.exports.books import BILLING, NOVEMBER, OCTOBER, PAY, SEPTEMBER, Books, lines
from tracking.exports import making
from tracking.exports.files import Shape, csv_of, digest, xlsx_of
from tracking.exports.records import Export, ExportLine

pytestmark = pytest.mark.django_db

FIFTH = dt.date(2026, 10, 5)


@pytest.fixture
def books() -> Books:
    return Books(a_world())


def files(export: Export) -> list[bytes]:
    """Return all that can be had of an export."""
    return [b"".join(made(export, shape)) for made in (csv_of, xlsx_of) for shape in Shape]


def test_a_closed_month_is_exported_once_with_what_is_validated_and_what_a_motif_keeps(books: Books) -> None:
    books.validated(FIFTH)
    books.done(books.world.visit(day=FIFTH, start="11:00"))
    books.cancelled(FIFTH + dt.timedelta(1), paid=True, billed=False)
    books.validated(dt.date(2026, 11, 2))
    books.close(OCTOBER)
    assert books.export(PAY, OCTOBER) == [("VISIT", "10", "60", "2.4"), ("VISIT", "10", "60", "2.4")]
    assert books.export(BILLING, OCTOBER) == [("VISIT", "10", "60", "2.4")]
    assert books.export(PAY, OCTOBER) == books.export(BILLING, OCTOBER) == []
    assert list(Export.objects.order_by("kind").values_list("kind", "number", "visits", "lines")) == [
        ("billing", 1, 1, 1),
        ("pay", 1, 2, 2),
    ]


@pytest.mark.parametrize(("paid", "billed"), [(True, False), (False, True), (True, True), (False, False)])
def test_a_motif_says_where_a_cancelled_visit_counts(books: Books, paid: bool, billed: bool) -> None:
    books.cancelled(FIFTH, paid=paid, billed=billed)
    books.close(OCTOBER)
    expected = [("VISIT", "10", "60", "2.4")]
    assert books.export(PAY, OCTOBER) == (expected if paid else [])
    assert books.export(BILLING, OCTOBER) == (expected if billed else [])


def test_what_was_contested_when_the_month_closed_comes_later_and_says_so(books: Books) -> None:
    books.validated(FIFTH)
    late = books.done(books.world.visit(day=FIFTH, start="11:00"))
    motif = books.world.motif(kind="refus", opens_hours=True)
    assert late.declared is not None
    shorter = late.declared.__class__(
        late.declared.start, late.declared.start + dt.timedelta(minutes=30), late.declared.km
    )
    books.world.act(late, Action.CONTEST, books.world.as_client, motif_id=motif.pk, facts=shorter)
    books.world.act(late, Action.REFUSE_CHANGE, books.world.as_intervenant)
    books.close(OCTOBER)
    assert books.export(PAY, OCTOBER) == [("VISIT", "10", "60", "2.4")]
    books.reopen(OCTOBER)
    books.act(late, Action.ARBITRATE, choice=Choice.CLIENT)
    # While the month is open nothing of it is exported.
    books.close(SEPTEMBER)
    assert books.export(PAY, SEPTEMBER) == []
    books.close(OCTOBER)
    books.validated(dt.date(2026, 11, 2))
    books.close(NOVEMBER)
    assert books.export(PAY, NOVEMBER) == [("LATE", "10", "30", "2.4"), ("VISIT", "11", "60", "2.4")]


def test_a_month_that_was_never_exported_goes_along_with_a_later_one(books: Books) -> None:
    books.validated(dt.date(2026, 9, 7))
    books.validated(FIFTH)
    books.close(SEPTEMBER, OCTOBER)
    assert books.export(PAY, OCTOBER) == [("VISIT", "09", "60", "2.4"), ("VISIT", "10", "60", "2.4")]
    assert Export.objects.get().months == [SEPTEMBER, OCTOBER]


def test_a_later_closed_month_waits_for_its_own_export(books: Books) -> None:
    books.validated(FIFTH)
    books.validated(dt.date(2026, 11, 2))
    books.close(OCTOBER, NOVEMBER)
    assert books.export(PAY, OCTOBER) == [("VISIT", "10", "60", "2.4")]
    assert books.export(PAY, NOVEMBER) == [("VISIT", "11", "60", "2.4")]


def test_what_was_changed_after_its_export_is_taken_back_and_given_anew(books: Books) -> None:
    visit = books.validated(FIFTH)
    books.validated(FIFTH, start="14:00")
    books.close(OCTOBER)
    first = books.make(PAY, OCTOBER)
    assert first
    books.reopen(OCTOBER)
    books.corrected(visit, 90, "5.0")
    books.close(OCTOBER)
    assert books.export(PAY, OCTOBER) == [("TAKEN", "10", "-60", "-2.4"), ("GIVEN", "10", "90", "5.0")]
    second = Export.objects.get(kind=PAY, number=2)
    assert [line.corrects for line in ExportLine.objects.filter(export=second).order_by("id")] == [1, None]
    assert (second.visits, second.total_minutes, f"{second.km}") == (0, 30, "2.6")
    # And the other way: shorter again, by a third export, against what the second said.
    books.reopen(OCTOBER)
    books.corrected(visit, 45)
    books.close(OCTOBER)
    assert books.export(PAY, OCTOBER) == [("TAKEN", "10", "-90", "-5.0"), ("GIVEN", "10", "45", "2.4")]
    # All exports together say what is.
    paid = sum(line.total_minutes for line in ExportLine.objects.filter(kind=PAY))
    assert paid == 45 + 60


def test_what_counts_no_longer_is_taken_back_and_comes_again_once_decided(books: Books) -> None:
    visit = books.validated(FIFTH)
    books.close(OCTOBER)
    assert books.export(BILLING, OCTOBER) == [("VISIT", "10", "60", "2.4")]
    books.reopen(OCTOBER)
    books.act(visit, Action.REOPEN)
    books.close(OCTOBER)
    assert books.export(BILLING, OCTOBER) == [("TAKEN", "10", "-60", "-2.4")]
    books.reopen(OCTOBER)
    books.close(OCTOBER)
    assert books.export(BILLING, OCTOBER) == []
    books.reopen(OCTOBER)
    books.agreed(visit)
    books.close(OCTOBER)
    assert books.export(BILLING, OCTOBER) == [("GIVEN", "10", "60", "2.4")]


def test_closing_again_exports_nothing_twice_even_if_versions_moved(books: Books) -> None:
    visit = books.validated(FIFTH)
    books.close(OCTOBER)
    books.make(PAY, OCTOBER)
    books.make(BILLING, OCTOBER)
    books.reopen(OCTOBER)
    books.act(visit, Action.REOPEN)
    books.agreed(visit)
    books.close(OCTOBER)
    assert books.export(PAY, OCTOBER) == books.export(BILLING, OCTOBER) == []
    # Another contrat is another line of the invoice, and nothing to the pay.
    books.reopen(OCTOBER)
    other = factories.a_contrat(books.world.client, books.world.prestation)
    books.act(visit, Action.ATTACH, contrat_id=other.pk)
    books.close(OCTOBER)
    assert books.export(PAY, OCTOBER) == []
    assert sorted(books.export(BILLING, OCTOBER)) == [("GIVEN", "10", "60", "2.4"), ("TAKEN", "10", "-60", "-2.4")]
    assert list(Export.objects.filter(kind=BILLING).order_by("number").values_list("number", flat=True)) == [1, 2]


def test_a_visit_that_moves_to_another_month_is_settled_with_the_month_it_is_in_now(books: Books) -> None:
    visit = books.validated(dt.date(2026, 10, 31))
    books.close(OCTOBER)
    books.make(PAY, OCTOBER)
    books.reopen(OCTOBER)
    books.act(visit, Action.REOPEN)
    books.act(visit, Action.SEND_BACK)
    start = visit.retained_start + dt.timedelta(days=1)
    books.act(
        visit, Action.MOVE, facts=visit.retained.__class__(start, start + dt.timedelta(hours=2), visit.retained_km)
    )
    books.agreed(books.done(visit))
    books.close(OCTOBER)
    assert books.export(PAY, OCTOBER) == []
    books.close(NOVEMBER)
    assert books.export(PAY, NOVEMBER) == [("TAKEN", "10", "-60", "-2.4"), ("GIVEN", "11", "120", "2.4")]


def test_a_night_over_the_end_of_a_month_belongs_to_the_day_it_begins_on(books: Books) -> None:
    # 31 October is a Saturday, 1 November a Sunday and Toussaint.
    books.validated(dt.date(2026, 10, 31), start="20:00", minutes=12 * 60)
    books.close(OCTOBER, NOVEMBER)
    assert books.export(PAY, OCTOBER) == [("VISIT", "10", "720", "2.4")]
    line = ExportLine.objects.get(kind=PAY)
    assert (line.day_minutes, line.night_minutes, line.sunday_minutes, line.holiday_minutes) == (120, 120, 0, 480)
    assert books.export(PAY, NOVEMBER) == []


def test_the_night_on_which_the_clock_goes_back_is_paid_an_hour_more(books: Books) -> None:
    books.validated(dt.date(2026, 10, 24), start="22:00", minutes=10 * 60)
    books.close(OCTOBER)
    books.make(PAY, OCTOBER)
    line = ExportLine.objects.get()
    # From 22:00 to 7:00 on the clock, ten hours: two before midnight, eight of a Sunday.
    assert (line.night_minutes, line.sunday_minutes, line.total_minutes) == (120, 480, 600)


def test_a_file_is_the_same_for_good(books: Books) -> None:
    visit = books.validated(FIFTH)
    books.cancelled(FIFTH, paid=True, billed=True)
    books.close(OCTOBER)
    made = books.make(PAY, OCTOBER)
    assert made
    before, digests = files(made), (made.summary_digest, made.detail_digest)
    books.reopen(OCTOBER)
    books.corrected(visit, 75)
    books.close(OCTOBER)
    world = books.world
    for row in (world.intervenant, world.client):
        row.last_name, row.number = "Autrement", "X9"
        row.save()
    world.prestation.name = world.contrat.number = "Autre chose"
    world.prestation.save()
    world.contrat.save()
    world.agence.timezone, world.agence.night_starts = "Indian/Reunion", dt.time(20)
    world.agence.save()
    books.make(PAY, OCTOBER)
    kept = Export.objects.get(number=1)
    assert files(kept) == before
    assert tuple(digest(kept, shape) for shape in Shape) == digests


def test_rounding_is_the_prestation_s_and_only_the_invoice_s(books: Books) -> None:
    prestation = books.world.prestation
    prestation.billing_step, prestation.billing_rounding = 15, "up"
    prestation.save()
    books.validated(FIFTH, minutes=61)
    books.validated(FIFTH, start="14:00", minutes=61)
    books.close(OCTOBER)
    books.make(PAY, OCTOBER)
    made = books.make(BILLING, OCTOBER)
    assert made
    # Visit by visit: twice 1 h 15, not 2 h 15.
    assert (made.total_minutes, made.billed_minutes) == (122, 150)
    assert Export.objects.get(kind=PAY).billed_minutes == 0
    # What was exported stays as it was, whatever is chosen afterwards.
    prestation.billing_rounding = "down"
    prestation.save()
    books.reopen(OCTOBER)
    books.close(OCTOBER)
    assert books.export(BILLING, OCTOBER) == []


def test_who_may_make_one(books: Books) -> None:
    books.validated(FIFTH)
    books.close(OCTOBER)
    agence = books.world.agence
    for row in (
        factories.a_gestionnaire(agence, may_close=False),
        factories.a_gestionnaire(agence, secteurs=[factories.a_secteur(agence)]),
        books.world.intervenant,
        books.world.client,
    ):
        with pytest.raises(Refused):
            making.make(factories.actor_of(row), PAY, OCTOBER, books.now)
    with pytest.raises(making.StillOpen):
        making.make(books.world.as_manager, PAY, NOVEMBER, books.now)
    other = Books(a_world())
    other.close(OCTOBER)
    assert other.export(PAY, OCTOBER) == []
    assert not Export.objects.exists()


def test_the_database_keeps_what_was_exported(books: Books) -> None:
    books.validated(FIFTH)
    books.close(OCTOBER)
    books.make(PAY, OCTOBER)
    for table in ("tracking_export", "tracking_exportline"):
        for statement in (f"UPDATE {table} SET visits = 0", f"DELETE FROM {table}", f"TRUNCATE {table} CASCADE"):
            with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(statement)
    other = a_world().visit()
    line = ExportLine.objects.get()
    line.pk, line.intervention_id = None, other.pk
    with pytest.raises(DatabaseError), transaction.atomic():
        line.save(force_insert=True)


def test_statements_do_not_grow_with_the_visits(books: Books, django_assert_max_num_queries: Any) -> None:
    for n in range(12):
        books.validated(FIFTH + dt.timedelta(n))
    books.close(OCTOBER)
    with django_assert_max_num_queries(24):
        made = books.make(PAY, OCTOBER)
    assert made is not None
    assert len(lines(made)) == 12
    assert Intervention.objects.filter(status="validated").count() == 12
    assert Period.objects.filter(closed_at__isnull=False).count() == 1
