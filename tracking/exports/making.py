"""Making a numbered export: once, whole or not at all, and nothing twice."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable
from itertools import batched

from django.db import connection, transaction
from django.db.models import Max

from interventions import hours
from interventions.actor import Actor
from interventions.guards import Guard
from interventions.models import Period, columns
from interventions.operations import Refused
from interventions.states import Right, Role
from interventions.tenancy import set_agence
from tracking.exports import due
from tracking.exports.amounts import AMOUNTS, COLUMNS, Line
from tracking.exports.files import Shape, digest
from tracking.exports.months import Pending, pending
from tracking.exports.records import Export, ExportedMonth, ExportKind, ExportLine

LOCK = 7_120


class StillOpen(Exception):
    """The month that was asked for is not closed."""


def sees(actor: Actor) -> bool:
    """Return whether the actor may see pay and invoices, which are the agency's: a gestionnaire without a limit."""
    return actor.role is Role.MANAGER and actor.secteur_ids is None


def may_make(actor: Actor) -> bool:
    """Return whether the actor may make a numbered export: who sees them and closes months."""
    return sees(actor) and actor.has(Right.CLOSE)


@transaction.atomic
def make(actor: Actor, kind: ExportKind, month: dt.date, at: dt.datetime) -> Export | None:
    """Export for good what is due in the closed months up to `month`; None where nothing is.

    Two at once are done one after the other, and the second finds nothing due. The months are held closed until the
    transaction ends. Raises Refused (Guard.RIGHT), or StillOpen. Rule: domain, "A locked month stands still".
    """
    if not may_make(actor):
        raise Refused(Guard.RIGHT)
    set_agence(actor.agence_id)
    _alone(actor.agence_id, kind)
    months = pending(actor.agence_id, kind, hours.month_of(month), hold=True)
    if not Period.objects.filter(agence_id=actor.agence_id, month=hours.month_of(month), closed_at__isnull=False):
        raise StillOpen
    export = _written(actor, kind, hours.month_of(month), months, at)
    for one in months:
        ExportedMonth.objects.update_or_create(
            agence_id=actor.agence_id, kind=kind, month=one.month, defaults={"closed_at": one.closed_at}
        )
    return export


def _alone(agence_id: int, kind: ExportKind) -> None:
    """Wait for whoever makes one of the same kind for the same agency, and keep others waiting until the end."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, hashtext(%s))", [LOCK, f"{agence_id} {kind}"])


def _written(actor: Actor, kind: ExportKind, month: dt.date, months: list[Pending], at: dt.datetime) -> Export | None:
    """Write the lines, then the export that they make, whose totals and digests are known by then."""
    again = {one.month for one in months if one.again}
    found = due.lines(actor.agence, kind, [one.month for one in months], again)
    export = Export(
        pk=_next_key(),
        agence_id=actor.agence_id,
        kind=kind,
        number=_next_number(actor.agence_id, kind),
        month=month,
        timezone=actor.agence.timezone,
        at=at,
        actor_id_kept=actor.user_id,
        actor_name=actor.name,
        role=str(actor.role),
    )
    _write_lines(export, found)
    if not export.lines:
        return None
    export.summary_digest, export.detail_digest = (digest(export, shape) for shape in Shape)
    export.save(force_insert=True)
    return export


def _write_lines(export: Export, found: Iterable[Line]) -> None:
    """Write lines some at a time, and add them up in the export."""
    total: Counter[str] = Counter()
    months: set[dt.date] = set()
    for some in batched(found, due.CHUNK):
        months |= {line["month"] for line in some}
        total.update({name: sum(line[name] for line in some) for name in AMOUNTS})
        written = {name: [line[name] for line in some] for name in COLUMNS if name != "export_id"}
        columns.insert(ExportLine, written | {"export_id": [export.pk]})
        total["lines"] += len(some)
    export.months, export.lines = sorted(months), total["lines"]
    for name in AMOUNTS:
        setattr(export, name, total[name])


def _next_key() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence(%s, 'id'))", [Export._meta.db_table])
        return int(cursor.fetchone()[0])


def _next_number(agence_id: int, kind: ExportKind) -> int:
    """Return the number after the last, without a gap: nobody else numbers this kind before the transaction ends."""
    last = Export.objects.filter(agence_id=agence_id, kind=kind).aggregate(last=Max("number"))["last"]
    return (last or 0) + 1
