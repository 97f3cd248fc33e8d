"""The journal sealed: what is written is taken once, by whoever seals, and nothing in it can be changed unseen."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, connections, transaction
from django.test.utils import CaptureQueriesContext

from interventions import operations
from interventions.models import JournalEntry, JournalSeal, JournalText, SealedEntry, SealedWords, SealMark
from interventions.sealing import hashes, seal, verify
from interventions.sealing.verify import Fault
from interventions.states import Action
from tests.factories import NOW, World, a_world, key

LATER = NOW + timedelta(minutes=5)
TABLES = ("journalentry", "journaltext", "batch", "journalseal", "sealedentry", "intervention")
as_owner = pytest.mark.django_db(transaction=True, databases=["default", "owner"])


@pytest.fixture
def world() -> World:
    return a_world()


def _history(world: World, count: int = 3) -> list[JournalEntry]:
    """Let some visits be done and validated, and return their entries."""
    for _number in range(count):
        visit = world.visit()
        world.act(visit, Action.COMPLETE, world.as_intervenant, comment="La douche a pris plus de temps.")
        world.act(visit, Action.VALIDATE, world.as_client)
    return list(JournalEntry.objects.filter(agence=world.agence).order_by("pk"))


def _faults(world: World) -> list[Fault]:
    return list(verify.faults(world.agence))


@contextmanager
def unguarded() -> Iterator[Any]:
    """Write as somebody who owns the tables and has switched their triggers off."""
    with connections["owner"].cursor() as cursor:
        for table in TABLES:
            cursor.execute(f"ALTER TABLE interventions_{table} DISABLE TRIGGER USER")
        try:
            yield cursor
        finally:
            for table in TABLES:
                cursor.execute(f"ALTER TABLE interventions_{table} ENABLE TRIGGER USER")


@pytest.mark.django_db
def test_each_entry_is_sealed_once_in_the_order_of_the_chain(world: World, monkeypatch: Any) -> None:
    monkeypatch.setattr(seal, "AT_MOST", 4)
    entries = _history(world)
    assert seal.seal_all(LATER) == len(entries) == 9
    assert seal.seal_all(LATER) == 0
    sealed = SealedEntry.objects.order_by("seal__number", "position").values_list("entry_id", flat=True)
    assert list(sealed) == [entry.pk for entry in entries]
    seals = list(JournalSeal.objects.order_by("number"))
    assert [(one.number, one.count) for one in seals] == [(1, 4), (2, 4), (3, 1)]
    assert [bytes(one.previous) for one in seals] == [hashes.NOTHING, *(bytes(one.digest) for one in seals[:-1])]
    assert _faults(world) == []


@pytest.mark.django_db
def test_every_agency_has_a_chain_of_its_own(world: World) -> None:
    other = a_world()
    _history(world, 1)
    _history(other, 2)
    assert seal.seal_all(LATER) == 9
    assert sorted(JournalSeal.objects.values_list("agence", "number", "count")) == sorted(
        [(world.agence.pk, 1, 3), (other.agence.pk, 1, 6)]
    )
    assert _faults(world) == _faults(other) == []


@pytest.mark.django_db
def test_the_application_can_neither_change_nor_remove_a_seal(world: World) -> None:
    _history(world, 1)
    seal.seal_all(LATER)
    for statement in (
        "UPDATE interventions_journalseal SET root = ''",
        "DELETE FROM interventions_journalseal",
        "UPDATE interventions_sealedentry SET leaf = ''",
        "DELETE FROM interventions_sealedentry",
        "TRUNCATE interventions_sealedentry",
    ):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


@pytest.mark.django_db(transaction=True)
def test_an_entry_that_is_committed_late_is_sealed_late_and_holds_up_nobody(world: World) -> None:
    slow, quick = world.visit(), world.visit()
    written, go_on = threading.Event(), threading.Event()

    def act_slowly() -> None:
        try:
            with transaction.atomic():
                world.act(slow, Action.COMPLETE, world.as_intervenant)
                written.set()
                go_on.wait(20)
        finally:
            connection.close()

    thread = threading.Thread(target=act_slowly)
    thread.start()
    assert written.wait(20)
    world.act(quick, Action.COMPLETE, world.as_intervenant)
    try:
        assert [seal.seal_all(LATER) for _turn in range(3)] == [3, 0, 0]
        held = JournalEntry.objects.get(intervention=quick, action=Action.COMPLETE)
        assert SealMark.objects.get().floor < held.pk
    finally:
        go_on.set()
        thread.join()
    assert [seal.seal_all(LATER) for _turn in range(3)] == [1, 0, 0]
    assert SealMark.objects.get().floor == held.pk
    assert SealedEntry.objects.count() == JournalEntry.objects.count() == 4
    assert _faults(world) == []


@pytest.mark.django_db(transaction=True)
def test_four_who_seal_at_once_seal_once(world: World) -> None:
    entries, start = _history(world, 4), threading.Barrier(4)
    counts: list[int] = []

    def work() -> None:
        start.wait()
        try:
            counts.append(seal.seal_all(LATER))
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    seal.seal_all(LATER)
    assert sum(counts) <= len(entries) == SealedEntry.objects.count()
    assert _faults(world) == []


TAMPERED = {
    "a status": (
        "UPDATE interventions_journalentry SET to_status = 'cancelled' WHERE id = %s",
        "the entry was changed",
    ),
    "an hour": (
        'UPDATE interventions_journalentry SET after = after || \'{"declared_km": "9.9"}\' WHERE id = %s',
        "the entry was changed",
    ),
    "an instant": (
        "UPDATE interventions_journalentry SET at = at + interval '1 microsecond' WHERE id = %s",
        "the entry was changed",
    ),
    "who": (
        "UPDATE interventions_batch SET actor_name = 'Somebody' WHERE id ="
        " (SELECT batch_id FROM interventions_journalentry WHERE id = %s)",
        "the entry was changed",
    ),
    "by which way": (
        "UPDATE interventions_batch SET via = 'link' WHERE id ="
        " (SELECT batch_id FROM interventions_journalentry WHERE id = %s)",
        "the entry was changed",
    ),
    "removed": ("DELETE FROM interventions_journalentry WHERE id = %s", "the entry is gone"),
}


@as_owner
@pytest.mark.parametrize("what", TAMPERED)
def test_one_byte_changed_or_one_entry_removed_is_named(world: World, what: str) -> None:
    entries = _history(world)
    seal.seal_all(LATER)
    statement, words = TAMPERED[what]
    victim = entries[5]
    with unguarded() as cursor:
        cursor.execute(statement, [victim.pk])
    assert _faults(world)[0] == Fault(1, victim.pk, words)
    out = StringIO()
    with pytest.raises(CommandError):
        call_command("verify_journal", stderr=out)
    assert out.getvalue().splitlines()[0] == f"{world.agence.name}\tseal 1, entry {victim.pk}: {words}"


@as_owner
def test_a_text_changed_or_gone_is_named_and_one_erased_with_its_salt_is_not(world: World) -> None:
    entries = _history(world)
    seal.seal_all(LATER)
    with unguarded() as cursor:
        cursor.execute("UPDATE interventions_journaltext SET comment = 'Rien.' WHERE entry_id = %s", [entries[1].pk])
    assert _faults(world) == [Fault(0, entries[1].pk, "its texts were changed")]
    JournalText.objects.filter(entry=entries[1]).update(salt=b"", comment="")
    assert _faults(world) == []
    with unguarded() as cursor:
        cursor.execute("DELETE FROM interventions_journaltext WHERE entry_id = %s", [entries[4].pk])
    assert _faults(world) == [Fault(0, entries[4].pk, "its texts are gone")]


@pytest.mark.django_db
def test_the_name_of_who_pressed_can_be_erased_with_its_salt_and_the_chain_holds(world: World) -> None:
    (entry, *_others) = _history(world, 1)
    seal.seal_all(LATER)
    SealedWords.objects.filter(batch=entry.batch_id).update(salt=b"")
    assert _faults(world) == [Fault(1, entry.pk, "the entry was changed")]
    type(entry.batch).objects.filter(pk=entry.batch_id).update(actor_name="", ground_text="")
    assert _faults(world) == []


@as_owner
@pytest.mark.parametrize("version", [4, 3])
def test_an_entry_put_in_is_named(world: World, version: int) -> None:
    entries = _history(world)
    seal.seal_all(LATER)
    with unguarded() as cursor:
        if version == 3:  # what stands in its way goes first
            cursor.execute("DELETE FROM interventions_sealedentry WHERE entry_id = %s", [entries[2].pk])
            cursor.execute("DELETE FROM interventions_journalentry WHERE id = %s", [entries[2].pk])
        cursor.execute(
            "INSERT INTO interventions_journalentry (agence_id, intervention_id, batch_id, action, role,"
            " actor_id_kept, at, from_status, to_status, version, before, after, texts_hash)"
            " SELECT agence_id, intervention_id, batch_id, action, role, actor_id_kept, at - interval '3 hours',"
            " from_status, to_status, %s, before, after, '' FROM interventions_journalentry WHERE id = %s"
            " RETURNING id",
            [version, entries[0].pk],
        )
        added = cursor.fetchone()[0]
    with time_machine.travel(LATER, tick=False):
        found = _faults(world)
    if version == 4:
        assert [fault.entry for fault in found] == [added, added]
        assert {fault.what for fault in found} >= {"the entry was put in later than it says"}
    else:
        assert found[0] == Fault(1, 0, "its list of entries was changed")
        assert added in [fault.entry for fault in found]
    seal.seal_all(LATER + timedelta(hours=2))
    assert Fault(2, added, "the entry was put in later than it says") in _faults(world)


@as_owner
@pytest.mark.parametrize(
    ("statement", "number", "words"),
    [
        ("UPDATE interventions_journalseal SET root = decode(repeat('00', 32), 'hex')", 2, "its list of entries"),
        ("UPDATE interventions_journalseal SET sealed_at = sealed_at - interval '1 day'", 2, "the seal itself"),
        ("UPDATE interventions_journalseal SET number = 9", 3, "seal 2 is missing"),
    ],
)
def test_a_seal_changed_or_removed_is_named(
    world: World, monkeypatch: Any, statement: str, number: int, words: str
) -> None:
    monkeypatch.setattr(seal, "AT_MOST", 3)
    _history(world)
    seal.seal_all(LATER)
    with unguarded() as cursor:
        cursor.execute(f"{statement} WHERE number = 2")
    first = _faults(world)[0]
    assert (first.seal, first.what.startswith(words)) == (number, True)


@as_owner
def test_a_visit_changed_beside_the_journal_is_named(world: World) -> None:
    entries = _history(world)
    seal.seal_all(LATER)
    visit = entries[-1].intervention
    with unguarded() as cursor:
        cursor.execute("UPDATE interventions_intervention SET status = 'cancelled' WHERE id = %s", [visit.pk])
    (fault,) = _faults(world)
    assert (fault.entry, fault.what) == (
        entries[-1].pk,
        f"visit {visit.pk} is cancelled v3, its last entry says validated v3",
    )


@pytest.mark.django_db
def test_a_clock_that_was_ahead_accuses_no_honest_entry_and_hides_no_other(world: World) -> None:
    ahead = NOW + timedelta(days=1)
    late = world.visit()
    _history(world, 1)
    world.act(late, Action.COMPLETE, world.as_intervenant, at=ahead)
    seal.seal_all(ahead)
    with time_machine.travel(LATER, tick=False):  # put back
        _history(world, 1)
        assert _faults(world) == []
        for minutes in (5, 10, 15):
            seal.seal_all(NOW + timedelta(minutes=minutes))
            assert _faults(world) == []
            _history(world, 1)
        seal.seal_all(NOW + timedelta(minutes=20))
        visit = world.visit()
        world.act(visit, Action.COMPLETE, world.as_intervenant, at=NOW - timedelta(hours=3))
        put_in = Fault(0, JournalEntry.objects.latest("pk").pk, "the entry was put in later than it says")
        assert _faults(world) == [put_in]
        seal.seal_all(NOW + timedelta(minutes=25))
        assert [(fault.entry, fault.what) for fault in _faults(world)] == [(put_in.entry, put_in.what)]


@pytest.mark.django_db
def test_a_first_seal_of_a_long_history_finds_nothing_late(world: World, monkeypatch: Any) -> None:
    monkeypatch.setattr(seal, "AT_MOST", 2)
    _history(world)
    seal.seal_all(NOW + timedelta(days=400))
    assert _faults(world) == []


@pytest.mark.django_db
def test_the_command_says_up_to_where_all_holds(world: World) -> None:
    _history(world, 1)
    out = StringIO()
    call_command("verify_journal", "--agence", str(world.agence.pk), stdout=out)
    assert out.getvalue() == f"{world.agence.name}\tno seal\n"
    seal.seal_all(LATER)
    out = StringIO()
    call_command("verify_journal", stdout=out)
    digest = bytes(JournalSeal.objects.get().digest).hex()
    assert out.getvalue() == f"{world.agence.name}\t1\t{digest}\n"


@pytest.mark.django_db
def test_sealing_asks_the_same_number_of_statements_however_many_entries(world: World) -> None:
    def statements(count: int) -> int:
        visits = [world.visit() for _number in range(count)]
        changes = [operations.Change(Action.COMPLETE, visit.pk) for visit in visits]
        assert not operations.apply(changes, actor=world.as_intervenant, at=NOW, key=key()).refused
        with CaptureQueriesContext(connection) as found:
            assert seal.seal_all(LATER) == 2 * count
        return len(found)

    statements(1)  # the first makes the mark
    assert statements(1) == statements(20)
