"""Sealing: what has been written since is put into the chain, agency by agency, beside those who write.

Writers are never waited for and never made to wait: an entry whose transaction has not ended yet is taken by a later
seal, wherever its key stands.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime

from django.db import connection, transaction

from interventions import across
from interventions.models import Agence, JournalSeal, SealedEntry, SealedWords, SealMark
from interventions.sealing import entries, hashes
from interventions.tenancy import within

# A seal is small enough for one short transaction, and for a proof that needs few neighbours.
AT_MOST = 1000
_LOCK = 0x5EA1


def seal_all(now: datetime) -> int:
    """Seal what no seal holds yet, of every agency; return how many entries. Safe in any number at once."""
    floor = _floor()
    return sum(seal_agence(agence, now, floor) for agence in across.unsealed(floor).order_by("pk"))


def seal_agence(agence: Agence, now: datetime, floor: int = 0) -> int:
    """Seal an agency's entries above `floor`, in as many seals as they need; return how many entries."""
    done = 0
    while count := _one(agence, now, floor):
        done += count
    return done


def _one(agence: Agence, now: datetime, floor: int) -> int:
    with within(agence.pk):
        if not _alone(agence):
            return 0
        found = entries.unsealed(agence.pk, floor, AT_MOST)
        if found:
            _write(agence, found, now)
    return len(found)


def _write(agence: Agence, found: Sequence[entries.Row], now: datetime) -> None:
    commitments = _commit(agence, found)
    leaves = [hashes.leaf(entries.text(row, commitments[row["batch_id"]])) for row in found]
    last = JournalSeal.objects.filter(agence=agence).order_by("number").last()
    made = JournalSeal(
        agence=agence,
        number=last.number + 1 if last else 1,
        previous=bytes(last.digest) if last else hashes.NOTHING,
        root=hashes.root(leaves),
        count=len(leaves),
        sealed_at=now,
    )
    made.digest = hashes.seal(fields(made))
    made.save()
    SealedEntry.objects.bulk_create(
        SealedEntry(entry_id=row["id"], agence=agence, seal=made, position=place, leaf=leaf)
        for place, (row, leaf) in enumerate(zip(found, leaves, strict=True))
    )


def hold(agence_id: int) -> None:
    """Let nobody seal this agency's journal until the transaction ends, once who is at it has done.

    Words that go meanwhile are then sealed already, or not yet: never read by a seal and gone before it is written.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [_LOCK, agence_id % 2**31])


def fields(seal: JournalSeal) -> dict[str, str | int]:
    """Return what the hash of a seal covers."""
    return {
        "agence": str(seal.agence.public_id),
        "number": seal.number,
        "previous": bytes(seal.previous).hex(),
        "root": bytes(seal.root).hex(),
        "count": seal.count,
        "sealed_at": entries.instant(seal.sealed_at),
    }


def _commit(agence: Agence, found: Sequence[entries.Row]) -> dict[int, bytes]:
    """Return the hash of the words of each press, made with a new salt where it has none yet."""
    presses = list(entries.pressed(found))
    known = {row["batch_id"]: row["batch__sealed_words__commitment"] for row in presses}
    made = [
        SealedWords(batch_id=row["batch_id"], agence=agence, salt=salt, commitment=hashes.words(salt, said))
        for row in presses
        if known[row["batch_id"]] is None
        for salt, said in [(secrets.token_bytes(16), entries.words_of(row))]
    ]
    SealedWords.objects.bulk_create(made)
    new = {one.batch_id: one.commitment for one in made}
    return {batch: bytes(new.get(batch) or commitment) for batch, commitment in known.items()}


def _alone(agence: Agence) -> bool:
    """Take the lock of this agency's chain until the transaction ends; False if somebody is sealing it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s, %s)", [_LOCK, agence.pk % 2**31])
        return bool(cursor.fetchone()[0])


def _floor() -> int:
    """Return the key up to which all is sealed, and note how far that may be taken next time.

    A transaction takes its number before it writes its first entry, since it locks or writes the visit first: once all
    numbers that were given when a key was noted have ended, no entry up to that key can appear any more.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        SealMark.objects.get_or_create(pk=1)
        mark = SealMark.objects.select_for_update().get(pk=1)
        cursor.execute(
            "SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint,"
            " pg_snapshot_xmax(pg_current_snapshot())::text::bigint, journal_last()"
        )
        oldest, newest, last = cursor.fetchone()
        if oldest >= mark.next_xid:
            mark.floor = _first_unsealed(mark)
            mark.next_floor, mark.next_xid = last, newest
            mark.save()
        return mark.floor


def _first_unsealed(mark: SealMark) -> int:
    """Return the key below the first entry that no seal holds, or the one up to which nothing can appear any more."""
    first = across.first_unsealed(mark.floor, mark.next_floor)
    return first - 1 if first else mark.next_floor
