"""Checking the chain: every entry against its hash, every seal against its entries and the one before, every visit
against its entries. What does not fit is named, the first of each agency first."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

from django.db.models import Exists, F, OuterRef, Q

from interventions import clock
from interventions.models import Agence, Intervention, JournalEntry, JournalSeal, JournalText, SealedEntry
from interventions.operations.writing import texts_hash
from interventions.sealing import entries, hashes, seal
from interventions.tenancy import within

# An entry is sealed within minutes of being written: one that says that it is older than the seal before was put in.
LATE = timedelta(hours=1)
CHUNK = 2000


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that does not fit: in which seal, which entry (0: none), and what, in words for the operator."""

    seal: int
    entry: int
    what: str

    def __str__(self) -> str:
        at = f"seal {self.seal}" if self.seal else "not sealed"
        return f"{at}, entry {self.entry}: {self.what}" if self.entry else f"{at}: {self.what}"


def faults(agence: Agence) -> Iterator[Fault]:
    """Return what does not fit in an agency's journal, in the order of the chain; nothing if all holds."""
    # Said here, whoever asks: where no agency is told, no row is seen, and all would seem to hold.
    with within(agence.pk):
        yield from _chain(agence)
        yield from _visits(agence)
        yield from _texts(agence)


def _chain(agence: Agence) -> Iterator[Fault]:
    previous, number, before, last = hashes.NOTHING, 0, None, None
    for one in JournalSeal.objects.filter(agence=agence).order_by("number").iterator(CHUNK):
        one.agence = agence
        if one.number != number + 1:
            yield Fault(one.number, 0, f"seal {number + 1} is missing")
        elif bytes(one.previous) != previous:
            yield Fault(one.number, 0, "it does not follow from the seal before")
        if last and last < one.sealed_at:  # what was sealed in one go is of one age
            before = last
        yield from _within(one, before)
        if hashes.seal(seal.fields(one)) != bytes(one.digest):
            yield Fault(one.number, 0, "the seal itself was changed")
        previous, number, last = bytes(one.digest), one.number, one.sealed_at
    yield from _put_in(agence, last)


def _within(one: JournalSeal, before: datetime | None) -> Iterator[Fault]:
    """Compare one seal with its entries."""
    found = {
        row["id"]: row for row in entries.rows(JournalEntry.objects.filter(agence_id=one.agence_id, sealed__seal=one))
    }
    leaves = []
    for sealed in SealedEntry.objects.filter(seal=one).order_by("position"):
        leaves.append(bytes(sealed.leaf))
        row = found.get(sealed.entry_id)
        if row is None:
            yield Fault(one.number, sealed.entry_id, "the entry is gone")
        elif _leaf(row) != bytes(sealed.leaf):
            yield Fault(one.number, sealed.entry_id, "the entry was changed")
        elif before and row["at"] < before - LATE:
            yield Fault(one.number, sealed.entry_id, "the entry was put in later than it says")
    if len(leaves) != one.count or not leaves or hashes.root(leaves) != bytes(one.root):
        yield Fault(one.number, 0, "its list of entries was changed")


def _put_in(agence: Agence, last: datetime | None) -> Iterator[Fault]:
    """Find entries that no seal holds though they say that they are older than the last one.

    A seal made by a clock that was ahead says nothing of entries older than now.
    """
    if last:
        last = min(last, clock.now())
        late = JournalEntry.objects.filter(agence=agence, sealed=None, at__lt=last - LATE).order_by("pk")
        for pk in late.values_list("pk", flat=True).iterator(CHUNK):
            yield Fault(0, pk, "the entry was put in later than it says")


def _leaf(row: entries.Row) -> bytes:
    """Return the hash that the entry should have; the words of its press count as long as they are not erased."""
    salt, kept = bytes(row["batch__sealed_words__salt"] or b""), bytes(row["batch__sealed_words__commitment"] or b"")
    said = entries.words_of(row)
    words = hashes.words(salt, said) if salt or any(said) else kept
    return hashes.leaf(entries.text(row, words))


def _visits(agence: Agence) -> Iterator[Fault]:
    """Find visits whose versions do not follow each other, or that stand elsewhere than their last entry says."""
    columns = ("intervention_id", "version", "to_status", "pk", "sealed__seal__number")
    written = JournalEntry.objects.filter(agence=agence).order_by("intervention_id", "version").values_list(*columns)
    at = iter(
        Intervention.objects.filter(agence=agence)
        .order_by("pk")
        .values_list("pk", "version", "status")
        .iterator(CHUNK)
    )
    visit = next(at, None)
    for pk, lines in groupby(written.iterator(CHUNK), key=lambda line: line[0]):
        while visit and visit[0] < pk:
            yield Fault(0, 0, f"visit {visit[0]} has no entry")
            visit = next(at, None)
        if visit is None or visit[0] != pk:
            yield Fault(0, 0, f"visit {pk} has entries but is gone")
            continue
        yield from _versions(list(lines), visit)
        visit = next(at, None)


def _versions(lines: list[Any], visit: tuple[int, int, str]) -> Iterator[Fault]:
    for place, (_pk, version, _to, entry, number) in enumerate(lines, start=1):
        if version != place:
            yield Fault(number or 0, entry, f"visit {visit[0]} goes from version {place - 1} to {version}")
            return
    _pk, version, to, entry, number = lines[-1]
    if (version, to) != visit[1:]:
        yield Fault(
            number or 0, entry, f"visit {visit[0]} is {visit[2]} v{visit[1]}, its last entry says {to} v{version}"
        )


def _texts(agence: Agence) -> Iterator[Fault]:
    """Find texts that are not those that the entry was made with; erased ones have lost their salt."""
    erased = Q(salt=b"", comment="", reason="", ordre_de_mission="")
    written = JournalText.objects.filter(~erased, agence=agence).select_related("entry").order_by("pk")
    for text in written.iterator(CHUNK):
        if texts_hash(bytes(text.salt), text) != bytes(text.entry.texts_hash):
            yield Fault(0, text.pk, "its texts were changed")
    has = JournalText.objects.filter(entry=OuterRef("pk"))
    lost = JournalEntry.objects.filter(~Exists(has), agence=agence).exclude(texts_hash=b"").order_by("pk")
    for pk in lost.values_list(F("pk"), flat=True).iterator(CHUNK):
        yield Fault(0, pk, "its texts are gone")
