"""An import in the background: previewed, then done, each in one transaction; whatever is killed, nothing is halved.

A worker has a request under a lease that it renews from a thread of its own, as long as its process lives. When that
is killed, the database takes its transaction back, the lease runs out and another worker begins that step again. The
import and the word that it is done are one commit, which also asks that no other worker has taken the request since.
"""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import datetime, timedelta
from types import TracebackType
from typing import Self

import structlog
from django.db import connection, transaction
from django.db.models import F, QuerySet
from django.utils.translation import gettext as _

from interventions import across, clock, hours
from interventions.actor import Actor, system
from interventions.models import Agence, ImportRequest, ImportStage, Period
from interventions.models.import_requests import AT_WORK
from interventions.states import Via
from interventions.tenancy import set_agence, within

from . import findings
from .acts import Interrupted
from .apply import Files, load, parse
from .columns import ABSENT, FileRefused
from .interventions import InterventionLine
from .planning import PlanningLine
from .report import Report
from .run import Run

log = structlog.get_logger(__name__)

LEASE = timedelta(seconds=30)
BEAT = 3.0
# What breaks off this often is no accident; neither is what takes its worker down with it.
FAILURES = 3
TAKES = 5


class Lost(Exception):
    """Another worker has the request, or somebody gave it up: what this one did is taken back."""


class Moved(Exception):
    """What would be done is not what was shown: nothing is imported, and it is shown anew."""

    def __init__(self, report: Report, places: frozenset[findings.Place]) -> None:
        super().__init__()
        self.report, self.places = report, places


def agences_at_work() -> QuerySet[Agence]:
    """Return the agencies that have a request to go on with."""
    return across.with_imports()


def claim(agence: Agence, now: datetime) -> ImportRequest | None:
    """Take up the request that nobody works at and that waits longest, under a lease; None where there is none.

    One that took its worker down too often ends here, in words.
    """
    with within(agence.pk):
        waiting = ImportRequest.objects.filter(agence=agence, stage__in=AT_WORK).exclude(lease_until__gt=now)
        request = waiting.order_by("pk").select_for_update(of=("self",), skip_locked=True).first()
        if request is None:
            return None
        if request.takes >= TAKES:
            _end(request, now, _("L’import a été interrompu plusieurs fois. Rien n’a été importé."))
            return None
        request.takes += 1
        request.begun_at = request.begun_at or now
        request.lease_until = now + LEASE
        request.handled = 0
        request.save(update_fields=["takes", "begun_at", "lease_until", "handled"])
    return request


class Beating:
    """While a step is done: the lease is renewed, and how far it is can be read, from a thread of its own."""

    def __init__(self, request: ImportRequest) -> None:
        self.request, self.handled = request, 0
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._beat, daemon=True)

    def gone_through(self, lines: int) -> None:
        """Note that so many lines more were gone through."""
        self.handled += lines

    def __enter__(self) -> Self:
        """Begin to beat."""
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop."""
        self._over.set()
        self._thread.join()

    def _beat(self) -> None:
        try:
            while not self._over.wait(BEAT):
                self._renew()
        finally:
            connection.close()

    def _renew(self) -> None:
        try:
            with within(self.request.agence_id):
                _mine(self.request).update(
                    lease_until=clock.now() + LEASE, handled=self.handled, total=self.request.total
                )
        except Exception as error:
            # The next beat tries again; without any, another worker takes the request over.
            log.warning("import_beat_lost", request=self.request.pk, error=repr(error))


def carry_on(request: ImportRequest, actor: Actor) -> None:
    """Do the step of a claimed request, as the system on behalf of `actor`, and keep what came of it."""
    acting = replace(system(actor.agence, Via.IMPORT), user_id=actor.user_id, name=actor.name)
    try:
        with Beating(request) as beating:
            _step(request, Run(acting, clock.now(), watch=beating.gone_through, absent=_absent(request)))
    except Lost:
        log.warning("import_lost", request=request.pk)
    except FileRefused as refused:
        fail(request, str(refused))
    except Interrupted as interrupted:
        broke_off(request, _("%(why)s Rien n’a été importé.") % {"why": interrupted})


def _absent(request: ImportRequest) -> dict[str, frozenset[str]]:
    with within(request.agence_id):
        received = list(request.files.all())
    return {
        file.kind: frozenset(column for column, place in file.columns.items() if place == ABSENT) for file in received
    }


def _step(request: ImportRequest, run: Run) -> None:
    with within(request.agence_id):
        received = list(request.files.all())
    data = {file.kind: file.file.read() for file in received}
    files = parse(run.actor, data, {file.kind: file.columns for file in received})
    request.total = sum(len(lines) for lines in files.values())
    with within(request.agence_id):
        ImportRequest.objects.filter(pk=request.pk).update(total=request.total)
    _open_months(run, files)
    if request.stage == ImportStage.READING:
        report = load(run, files, data, lambda _run: transaction.set_rollback(True))
        return _show(request, report, files)
    try:
        load(run, files, data, lambda loaded: _finish(request, loaded, files))
    except Moved as moved:
        _show(request, moved.report, files, moved.places)
    return None


def _open_months(run: Run, files: Files) -> None:
    """Have a row for each month of the visits, committed at once: whoever acts in a new month would wait for ours."""
    days = {
        line.day if isinstance(line, PlanningLine) else hours.day_of(line.start, run.actor.zone)
        for lines in files.values()
        for parsed in lines
        if isinstance(line := parsed.outcome, PlanningLine | InterventionLine)
    }
    months = {hours.month_of(day) for day in days}
    with within(run.agence_id):
        Period.objects.bulk_create(
            [Period(agence_id=run.agence_id, month=month) for month in sorted(months)], ignore_conflicts=True
        )


@transaction.atomic
def _show(request: ImportRequest, report: Report, files: Files, away: frozenset[findings.Place] = frozenset()) -> None:
    """Keep a preview; with `away`, one that differs from what was confirmed."""
    held = _held(request)
    findings.write(held, report, files, away)
    held.stage, held.previewed_at, held.moved = ImportStage.READY, clock.now(), len(away)
    held.lease_until, held.handled = None, held.total
    held.save(update_fields=["stage", "previewed_at", "moved", "lease_until", "handled"])


def _finish(request: ImportRequest, run: Run, files: Files) -> None:
    """Within the import's own transaction: what was done is what was shown, and nobody else does it."""
    held = _held(request)
    places = findings.moved(findings.shown(held), findings.told(findings.findings(run.report, files)))
    if places:
        raise Moved(run.report, places)
    held.made, held.handled = run.made, held.total
    held.save(update_fields=["made", "handled"])
    _end(held, clock.now(), "", ImportStage.DONE)


def fail(request: ImportRequest, why: str) -> None:
    """End a request without an import, in words for the screen."""
    with transaction.atomic():
        _end(_held(request), clock.now(), why)


def broke_off(request: ImportRequest, why: str) -> None:
    """Record that a step ended in an error: it is tried again once the lease is over, the last time not."""
    with within(request.agence_id):
        _mine(request).update(failures=F("failures") + 1)
        if request.failures + 1 >= FAILURES:
            fail(request, why)


def _mine(request: ImportRequest) -> QuerySet[ImportRequest]:
    """Return the request, while this worker has it."""
    return ImportRequest.objects.filter(pk=request.pk, stage=request.stage, takes=request.takes)


def _held(request: ImportRequest) -> ImportRequest:
    set_agence(request.agence_id)
    held = _mine(request).select_for_update(of=("self",)).first()
    if held is None:
        raise Lost
    return held


def _end(request: ImportRequest, now: datetime, why: str, stage: ImportStage = ImportStage.FAILED) -> None:
    request.stage, request.stopped_for = stage, why[:500]
    request.finished_at, request.lease_until = now, None
    request.save(update_fields=["stage", "stopped_for", "finished_at", "lease_until"])
