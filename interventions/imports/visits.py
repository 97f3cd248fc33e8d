"""Visits of a file, whichever kind: compared with what is here, then planned, changed or left as they are."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from itertools import batched
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from interventions import hours
from interventions.models import Intervention
from interventions.states import Status

from . import acts, memory, remarks
from .base import Base
from .columns import CellRefused, Layout, Refusal
from .compare import Values
from .memory import Remembered
from .parse import Parsed
from .report import Absent, Result
from .run import CHUNK, Run, settle

# A visit past these says what took place: a file no longer changes it.
OPEN = frozenset({Status.DRAFT, Status.PLANNED})


@dataclass(frozen=True, slots=True)
class Visit:
    """A visit as a line wants it, people and contrat by number. Start and end are in UTC.

    `written` holds the cells that can change, as read; `resolved` what they make of the fields here.
    """

    line: int
    identity: str
    number: str
    client: str
    intervenant: str
    prestation: str
    contrat: str
    start: datetime
    end: datetime
    km: Decimal
    ordre_de_mission: str
    written: Values
    resolved: Values

    @property
    def values(self) -> Values:
        """All fields as comparable texts."""
        return comparable(
            self.client,
            self.contrat,
            self.intervenant,
            self.prestation,
            self.start,
            self.end,
            self.km,
            self.ordre_de_mission,
        )


class Source(Protocol):
    """One kind of file of visits."""

    name: str
    layout: Layout[Any]
    columns: dict[str, str]

    def identity(self, parsed: Parsed[Any]) -> str:
        """What tells this record from any other; empty where it points to no client."""

    def here(
        self, agence_id: int, before: dict[str, Remembered], identities: Collection[str]
    ) -> dict[str, Intervention]:
        """The visits that these records made, or that have their number."""

    def wanted(self, line: Any, identity: str, before: Remembered | None) -> Visit:
        """The visit that a line wants. Raises CellRefused where it points to nothing."""


@dataclass(slots=True)
class Chunk:
    """What one chunk of lines asks for, once compared."""

    created: list[Visit] = field(default_factory=list)
    changed: list[acts.Wish] = field(default_factory=list)
    learnt: list[tuple[Visit, Values, int]] = field(default_factory=list)


def comparable(
    client: str,
    contrat: str,
    intervenant: str,
    prestation: str,
    start: datetime,
    end: datetime,
    km: Decimal,
    ordre_de_mission: str,
) -> Values:
    """The fields of a visit as texts. What has to change as one is one: a contrat with its client, start with end."""
    return {
        "contrat": f"{client} · {contrat}",
        "intervenant": intervenant,
        "prestation": prestation,
        "hours": f"{start.isoformat()}/{end.isoformat()}",
        "km": f"{km:.1f}",
        "ordre_de_mission": ordre_de_mission,
    }


def shown(name: str, value: str, zone: ZoneInfo) -> str:
    """A field's text as a person reads it: hours in the agency's time."""
    if name != "hours":
        return value
    start, end = (datetime.fromisoformat(instant).astimezone(zone) for instant in value.split("/"))
    return f"{start:%d/%m/%Y %H:%M} – {end:%H:%M}"


def load_visits(run: Run, base: Base, source: Source, parsed: Sequence[Parsed[Any]], notes: remarks.Remarks) -> None:
    """Load a file of visits, then list what it lacks of its own period."""
    seen: set[str] = set()
    days: list[date] = []
    for records in batched(parsed, CHUNK):
        chunk = _compared(run, base, source, records, seen, days, notes)
        _write(run, base, source, chunk)
        run.watch(len(records))
    notes.overlaps()
    if days:
        gone = memory.lacking(run.agence_id, source.name, min(days), max(days), seen)
        run.file(source.layout).absent = [Absent(identity, day) for identity, day in gone]


def _compared(
    run: Run,
    base: Base,
    source: Source,
    records: tuple[Parsed[Any], ...],
    seen: set[str],
    days: list[date],
    notes: remarks.Remarks,
) -> Chunk:
    identities = [source.identity(record) for record in records]
    seen.update(identities)
    before = memory.recall(run.agence_id, source.name, identities)
    here = source.here(run.agence_id, before, identities)
    chunk = Chunk()
    for identity, record in zip(identities, records, strict=True):
        if isinstance(record.outcome, Refusal):
            run.file(source.layout).refuse(record.outcome)
            continue
        try:
            visit = _said(run, source, source.wanted(record.outcome, identity, before.get(identity)), before)
            day = hours.day_of(visit.start, run.actor.zone)
            _sort(run, base, source, chunk, visit, day, here.get(identity), before.get(identity))
        except CellRefused as refused:
            line = record.outcome.line
            run.file(source.layout).refuse(Refusal(line, refused.column, refused.value, refused.reason))
            continue
        days.append(day)
        notes.of(visit, day)
        month = hours.month_of(day)
        run.report.minutes[visit.client, month] += hours.elapsed_minutes(visit.start, visit.end)
    return chunk


def _said(run: Run, source: Source, visit: Visit, before: dict[str, Remembered]) -> Visit:
    """Return the visit without what its file has no column for."""
    known = before.get(visit.identity)
    written, resolved = run.said(source.layout, source.columns, (visit.written, visit.resolved), known)
    return visit if written is visit.written else replace(visit, written=written, resolved=resolved)


def _sort(
    run: Run,
    base: Base,
    source: Source,
    chunk: Chunk,
    visit: Visit,
    day: date,
    row: Intervention | None,
    before: Remembered | None,
) -> None:
    if row is None:
        if base.is_closed(day):
            raise CellRefused("Date", _("Mois clôturé."), f"{day:%d/%m/%Y}")
        chunk.created.append(visit)
        run.file(source.layout).results[visit.line] = Result.CREATED
        return
    stands = row.status not in OPEN or base.is_closed(day, row.day)
    zone = run.actor.zone
    found = settle(
        run.file(source.layout),
        visit.line,
        source.columns,
        (visit.written, visit.resolved, _values_here(row, base)),
        before,
        frozen=tuple(visit.resolved) if stands else (),
        show=lambda name, value: shown(name, value, zone),
    )
    if found.updates:
        chunk.changed.append(acts.Wish(row, visit, found.updates))
    if before is None or (before.written, before.applied) != (visit.written, found.applied):
        chunk.learnt.append((visit, found.applied, row.pk))


def _values_here(row: Intervention, base: Base) -> Values:
    facts = row.planned or row.retained
    return comparable(
        base.clients.numbers[row.client_id],
        base.contrat_numbers.get(row.contrat_id, "") if row.contrat_id else "",
        base.intervenants.numbers[row.intervenant_id] if row.intervenant_id else "",
        base.prestations.names[row.prestation_id],
        facts.start,
        facts.end,
        facts.km,
        row.ordre_de_mission,
    )


def _write(run: Run, base: Base, source: Source, chunk: Chunk) -> None:
    learnt = list(chunk.learnt)
    if chunk.created:
        keys = acts.plan(run, base, chunk.created)
        learnt += [(visit, visit.values, pk) for visit, pk in zip(chunk.created, keys, strict=True)]
    if chunk.changed:
        acts.change(run, base, chunk.changed)
    if learnt:
        zone = run.actor.zone
        memory.remember(
            run.agence_id,
            source.name,
            run.row().pk,
            (
                (visit.identity, Remembered(visit.written, applied, pk, hours.day_of(visit.start, zone)))
                for visit, applied, pk in learnt
            ),
        )
