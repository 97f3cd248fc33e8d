"""Clients, intervenants and contrats: rows known by their number, compared and written chunk by chunk."""

from collections.abc import Collection, Sequence
from itertools import batched
from typing import Any, Protocol

from django.db.models import Model

from . import memory
from .columns import CellRefused, Layout, Refusal
from .compare import Values
from .memory import Remembered
from .parse import Parsed
from .report import Result
from .run import CHUNK, Run, accepted, settle


class Record(Protocol):
    """What a line of such a file has."""

    @property
    def line(self) -> int:
        """Its place in the file."""

    @property
    def number(self) -> str:
        """What it is known by."""


class Kind(Protocol):
    """One kind of record: how its lines and its rows become comparable values, and how rows are written."""

    name: str
    layout: Layout[Any]
    columns: dict[str, str]

    def here(self, numbers: Collection[str]) -> dict[str, Any]:
        """The rows of these numbers, locked."""

    def values(self, line: Any, row: Any | None) -> Values:
        """A line's values. Raises CellRefused where it points to nothing, or cannot become of `row`."""

    def values_here(self, row: Any) -> Values:
        """A row's values."""

    def create(self, lines: Sequence[Any]) -> None:
        """Create the rows of these lines, in one statement."""

    def update(self, changes: Sequence[tuple[Any, Any, tuple[str, ...]]]) -> None:
        """Write the named fields of each (row, line, fields), in one statement a chunk."""


def load_records(run: Run, kind: Kind, parsed: Sequence[Parsed[Any]]) -> None:
    """Load a file of one kind. An equal line asks for nothing; a differing one changes what nobody changed here."""
    for chunk in batched(parsed, CHUNK):
        _load_chunk(run, kind, accepted(chunk, run.file(kind.layout)))
        run.watch(len(chunk))


def _load_chunk(run: Run, kind: Kind, lines: list[Record]) -> None:
    numbers = [line.number for line in lines]
    before = memory.recall(run.agence_id, kind.name, numbers)
    here = kind.here(numbers)
    created: list[Record] = []
    changed: list[tuple[Model, Record, tuple[str, ...]]] = []
    learnt: list[tuple[str, Remembered]] = []
    for line in lines:
        row = here.get(line.number)
        try:
            values = kind.values(line, row)
        except CellRefused as refused:
            run.file(kind.layout).refuse(Refusal(line.line, refused.column, refused.value, refused.reason))
            continue
        known = before.get(line.number)
        written, resolved = run.said(kind.layout, kind.columns, (values, values), known)
        applied = values
        if row is None:
            created.append(line)
            run.file(kind.layout).results[line.line] = Result.CREATED
        else:
            found = settle(
                run.file(kind.layout), line.line, kind.columns, (written, resolved, kind.values_here(row)), known
            )
            applied = found.applied
            if found.updates:
                changed.append((row, line, found.updates))
        if known is None or (known.written, known.applied) != (written, applied):
            learnt.append((line.number, Remembered(written, applied)))
    _write(run, kind, created, changed, learnt)


def _write(
    run: Run,
    kind: Kind,
    created: list[Record],
    changed: list[tuple[Model, Record, tuple[str, ...]]],
    learnt: list[tuple[str, Remembered]],
) -> None:
    if created:
        kind.create(created)
    if changed:
        kind.update(changed)
    if learnt:
        memory.remember(run.agence_id, kind.name, run.row().pk, learnt)
