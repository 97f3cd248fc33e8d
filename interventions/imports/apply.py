"""An import from end to end: parse every file, then load them in one transaction, or nothing of them."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext as _

from interventions import clock
from interventions.actor import Actor
from interventions.models import Client
from interventions.tenancy import within

from . import clients, contrats, intervenants, interventions, planning
from .agreements import Contrats
from .base import Base, Directory, Prestations
from .columns import FileRefused, Layout
from .numbered_visits import NumberedVisits
from .parse import Parsed, parse_file
from .people import client_records, intervenant_records
from .planned_visits import PlannedVisits, filled_from
from .records import load_records
from .remarks import Remarks
from .report import FileReport, Remark, Report
from .run import Run
from .visits import load_visits

LAYOUTS: tuple[Layout[Any], ...] = (
    clients.LAYOUT,
    intervenants.LAYOUT,
    contrats.LAYOUT,
    interventions.LAYOUT,
    planning.LAYOUT,
)

type Files = Mapping[str, list[Parsed[Any]]]
# Where a person said that each column of a file stands, by the file's usual name.
type Chosen = Mapping[str, Mapping[str, int]]

# The first half of the lock under which imports of one agency follow each other.
ONE_BY_ONE = 0x1A4C0


def import_files(actor: Actor, data: Mapping[str, bytes], *, dry_run: bool = False) -> Report:
    """Load an agency's files, by their usual name (see LAYOUTS), and say what became of each line.

    One transaction: all of it or nothing. With `dry_run` all is done, reported and taken back. Raises FileRefused
    for a file that cannot be used as a whole, and Interrupted where somebody else changed what it was changing.
    Mails nobody.
    """
    return load(Run(actor, clock.now()), parse(actor, data), data, lambda _run: transaction.set_rollback(dry_run))


def load(run: Run, files: Files, data: Mapping[str, bytes], at_the_end: Callable[[Run], None]) -> Report:
    """Load files that were parsed, in one transaction; `at_the_end` is called inside it, and may take all of it back.

    Imports of one agency follow each other: what one remembers, the next compares with. A lock of their own sees to
    it, so that nobody else at the agency waits for them.
    """
    with within(run.agence_id):
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [ONE_BY_ONE, run.agence_id % 2**31])
        _load(run, files)
        for name in files:
            _remark_open_end(run.report.files[name], data[name])
        if run.made is not None:
            run.made.report = run.report.as_dict()
            run.made.save(update_fields=["report"])
        at_the_end(run)
    return run.report


def parse(actor: Actor, data: Mapping[str, bytes], chosen: Chosen | None = None) -> Files:
    """Read every file; raises FileRefused, naming the file, for the first that cannot be used."""
    chosen = chosen or {}
    parsed = {}
    for layout in LAYOUTS:
        if layout.file_name in data:
            with _named(layout.file_name):
                parsed[layout.file_name] = parse_file(
                    data[layout.file_name], layout, actor.zone, chosen.get(layout.file_name)
                )
    return parsed


@contextmanager
def _named(file_name: str) -> Iterator[None]:
    try:
        yield
    except FileRefused as refused:
        raise FileRefused(f"{file_name}\u00a0: {refused}") from refused


def _remark_open_end(file: FileReport, data: bytes) -> None:
    """A last line that is whole and does not end: most programs end it, so the file may have been cut there."""
    if not data.endswith((b"\n", b"\r")):
        reason = _("Le fichier ne finit pas par une fin de ligne\u00a0: vérifiez qu’il est entier.")
        file.warnings.append(Remark(max(file.results, default=1), "", "", reason))


def _load(run: Run, files: Files) -> None:
    """People, then contrats, then visits: each points to what comes before it."""
    for name in files:
        run.file(next(layout for layout in LAYOUTS if layout.file_name == name))
    planned = files.get(planning.LAYOUT.file_name, [])
    filling = filled_from(run.agence_id, planned, run.actor.zone)
    for people in (client_records(run.agence_id), intervenant_records(run.agence_id)):
        load_records(run, people, files.get(people.layout.file_name, []))
    base = _with_contrats(run, files.get(contrats.LAYOUT.file_name, []))
    if interventions.LAYOUT.file_name in files:
        notes = Remarks(run.file(interventions.LAYOUT), base, run.actor.zone)
        load_visits(run, base, NumberedVisits(base), files[interventions.LAYOUT.file_name], notes)
    if planning.LAYOUT.file_name in files:
        notes = Remarks(run.file(planning.LAYOUT), base, run.actor.zone)
        load_visits(run, base, PlannedVisits(base, run.actor.zone, filling, notes), planned, notes)


def _with_contrats(run: Run, parsed: list[Parsed[Any]]) -> Base:
    if parsed:
        known = Directory.read(Client, run.agence_id), Prestations.read(run.agence_id)
        load_records(run, Contrats(run.agence_id, *known), parsed)
    return Base.read(run.agence_id)
