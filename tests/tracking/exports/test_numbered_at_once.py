"""Exports and closings at the same moment, and one whose session dies: each line once, numbers without a gap."""

import datetime as dt
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Event
from typing import Any

import pytest
from django.db import OperationalError, connection, connections, transaction

from interventions.operations import MonthBusy, reopen_month
from tests.factories import a_world
from tests.tracking.exports.books import BILLING, OCTOBER, PAY, Books
from tracking.exports import making
from tracking.exports.records import Export, ExportedMonth, ExportLine

pytestmark = pytest.mark.django_db(transaction=True)

FIFTH = dt.date(2026, 10, 5)


@pytest.fixture
def books() -> Books:
    made = Books(a_world())
    made.validated(FIFTH)
    made.close(OCTOBER)
    return made


def apart(*acts: Callable[[], Any]) -> list[Any]:
    """Do acts each on a connection of its own, at once; return their answers."""

    def run(act: Callable[[], Any]) -> Any:
        try:
            return act()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(acts)) as pool:
        return [answer.result(60) for answer in [pool.submit(run, act) for act in acts]]


def test_two_at_once_export_each_visit_once(books: Books) -> None:
    start, manager, at = Barrier(4), books.world.as_manager, books.later()

    def make(kind: Any) -> Any:
        start.wait(30)
        return making.make(manager, kind, OCTOBER, at)

    made = apart(*(lambda kind=kind: make(kind) for kind in (PAY, PAY, PAY, BILLING)))
    assert [bool(one) for one in made].count(True) == 2
    assert sorted(Export.objects.values_list("kind", "number")) == [("billing", 1), ("pay", 1)]
    assert sorted(ExportLine.objects.values_list("kind", flat=True)) == ["billing", "pay"]


def test_one_whose_session_dies_leaves_nothing_and_no_gap(books: Books) -> None:
    manager, at = books.world.as_manager, books.later()

    def killed() -> None:
        with transaction.atomic():
            assert making.make(manager, PAY, OCTOBER, at)
            assert ExportLine.objects.exists()
            pid = connection.connection.info.backend_pid
            apart(lambda: _end(pid))
            Export.objects.count()

    with pytest.raises(OperationalError):
        apart(killed)
    assert not Export.objects.exists()
    assert not ExportLine.objects.exists()
    assert not ExportedMonth.objects.exists()
    made = books.make(PAY, OCTOBER)
    assert made is not None
    assert (made.number, made.lines) == (1, 1)


def _end(pid: int) -> None:
    with connection.cursor() as cursor:
        # The tests' own role may, which began it.
        cursor.execute(f"RESET ROLE; SELECT pg_terminate_backend({pid})")


def test_a_month_is_not_reopened_under_an_export(books: Books) -> None:
    manager, made, go_on = books.world.as_manager, Event(), Event()
    reopened: list[bool] = []

    def export() -> None:
        with transaction.atomic():
            making.make(manager, PAY, OCTOBER, books.now)
            made.set()
            assert go_on.wait(30)
            assert reopened == []

    def reopen() -> None:
        assert made.wait(30)
        try:
            reopen_month(manager, OCTOBER, books.now)
            reopened.append(True)
        except MonthBusy:
            pass
        finally:
            go_on.set()

    apart(export, reopen)
    assert reopened == []
    assert Export.objects.count() == 1
