"""What goes with one import from its first line to its last: for whom, when, under which number, what came of it."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Max

from interventions.actor import Actor
from interventions.models import Import

from .columns import Layout, Refusal
from .compare import Comparison, Values, compare
from .memory import Remembered
from .parse import Parsed
from .report import FileReport, Kept, Report, Result

# Lines that are compared and written together: the number of statements grows with the chunks, not with the lines.
CHUNK = 2_000


@dataclass(slots=True)
class Run:
    """One import under way, within its transaction. `at` is the instant that all of it happens, in UTC.

    `watch` is told how many lines were just gone through. `absent` names, by file, the columns that it does not have.
    """

    actor: Actor
    at: datetime
    report: Report = field(default_factory=Report)
    made: Import | None = None
    presses: int = 0
    watch: Callable[[int], None] = lambda _lines: None
    absent: Mapping[str, frozenset[str]] = field(default_factory=dict)

    @property
    def agence_id(self) -> int:
        """The agency's key."""
        return self.actor.agence_id

    def file(self, layout: Layout) -> FileReport:
        """The report of one file, begun where there is none."""
        return self.report.files.setdefault(layout.file_name, FileReport())

    def said(
        self, layout: Layout, columns: dict[str, str], values: tuple[Values, Values], before: Remembered | None
    ) -> tuple[Values, Values]:
        """Return a line's (written, resolved) values without what its file has no column for.

        Of that, what was last written still counts as written, and nothing is to be changed.
        """
        absent = self.absent.get(layout.file_name, frozenset())
        silent = {
            name for name, column in columns.items() if absent.intersection((column, *layout.also.get(column, ())))
        }
        if not silent:
            return values
        last = before.written if before else {}
        written = {name: last.get(name, value) if name in silent else value for name, value in values[0].items()}
        return written, {name: value for name, value in values[1].items() if name not in silent}

    def row(self) -> Import:
        """The import's own row, made when the first line has something to write: the same file twice makes none."""
        if self.made is None:
            last = Import.objects.filter(agence_id=self.agence_id).aggregate(last=Max("number"))["last"] or 0
            self.made = Import.objects.create(
                agence_id=self.agence_id, number=last + 1, actor_id=self.actor.user_id, at=self.at
            )
        return self.made

    def next_key(self) -> str:
        """The idempotency key of the next press within this import."""
        self.presses += 1
        return f"import-{self.row().public_id}-{self.presses}"


def accepted[Line](chunk: tuple[Parsed[Line], ...], file: FileReport) -> list[Line]:
    """The lines of a chunk that were read; the others are reported."""
    lines = []
    for parsed in chunk:
        if isinstance(parsed.outcome, Refusal):
            file.refuse(parsed.outcome)
        else:
            lines.append(parsed.outcome)
    return lines


def settle(
    file: FileReport,
    line: int,
    columns: dict[str, str],
    values: tuple[Values, Values, Values],
    before: Remembered | None,
    *,
    frozen: Collection[str] = (),
    show: Callable[[str, str], str] = lambda _name, value: value,
) -> Comparison:
    """Compare one line's (written, resolved, here) values, and report the result and each value that is kept.

    `columns` names the file's column of each field, `show` writes a field's value as a person reads it.
    """
    written, resolved, here = values
    last = (before.written, before.applied) if before else None
    comparison = compare(written, resolved, here, last, frozen)
    for names, told in ((comparison.kept, file.kept), (comparison.updates, file.changed)):
        told += [Kept(line, columns[name], show(name, resolved[name]), show(name, here[name])) for name in names]
    rest = Result.KEPT if comparison.kept else Result.UNCHANGED
    file.results[line] = Result.UPDATED if comparison.updates else rest
    return comparison
