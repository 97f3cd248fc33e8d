"""What an export has to say of the visits of some months: the signed lines, worked out visit by visit.

A visit counts if it is validated, or cancelled for a motif that says paid (billed). It is due if it counts and was
never exported, or if its version is no longer the one that was: then the old line is taken back and what it has
become, if it counts, is given. By version and never by time: an act that was long under way is found like any other.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator
from itertools import batched
from typing import Any

from django.db.models import Case, F, OuterRef, Q, QuerySet, Subquery, When

from interventions.models import Agence, Intervention
from interventions.operations import among
from interventions.states import Status
from tracking.exports.amounts import COLUMNS, READ, Line, Visit, line_of, taken_back
from tracking.exports.months import within
from tracking.exports.records import ExportKind, ExportLine, Nature

# How many visits are held at a time.
CHUNK = 2_000
MOTIF = {ExportKind.PAY: "motif__paid", ExportKind.BILLING: "motif__billed"}
# Whose export it is: what it has to name.
WHOSE = {ExportKind.PAY: "intervenant", ExportKind.BILLING: "client"}
# What makes a line another than the one that stands, whatever the version.
_COMMON = ("client_id_kept", "prestation_id_kept", "day", "start", "end", "cancelled", "km")
_MINUTES = ("day_minutes", "night_minutes", "sunday_minutes", "holiday_minutes")
FACTS = {
    ExportKind.PAY: (*_COMMON, "intervenant_id_kept", *_MINUTES),
    ExportKind.BILLING: (*_COMMON, "contrat_id_kept", "billed_minutes"),
}


def counts(kind: ExportKind) -> Q:
    """Return the condition that a visit belongs into an export of that kind as it stands."""
    motif = Q(**{MOTIF[kind]: True}, status=Status.CANCELLED, withdrawn=False)
    return (Q(status=Status.VALIDATED) | motif) & Q(**{f"{WHOSE[kind]}__isnull": False})


def lines(agence: Agence, kind: ExportKind, months: Collection[dt.date], again: Collection[dt.date]) -> Iterator[Line]:
    """Yield the lines (of no export yet) that are due of the visits of these months, in the order of a file.

    `again` are the months that were exported before: what comes first of them now was decided late. Visits are read as
    they come and never held all at once; to be consumed within one transaction.
    """
    if not months:
        return
    found = candidates(agence.pk, kind, months).values_list(*READ)
    for some in batched(found.iterator(CHUNK), CHUNK):
        visits = [Visit(*row) for row in some]
        known = _lines([visit.standing for visit in visits if visit.standing])
        for visit in visits:
            first = Nature.LATE if visit.day.replace(day=1) in again else Nature.VISIT
            yield from _of_one(visit, known.get(visit.standing), agence, kind, first)


def candidates(agence_id: int, kind: ExportKind, months: Collection[dt.date]) -> QuerySet[Any, Any]:
    """Return the visits of these months that count or were exported, with the key of their last line (`standing`)."""
    mine = ExportLine.objects.filter(agence_id=agence_id, kind=kind, intervention=OuterRef("pk"))
    found: Any = Intervention.objects.filter(within(months), agence_id=agence_id)
    return (
        found.annotate(standing=Subquery(mine.order_by("-id").values("pk")[:1]))
        .annotate(counted=Case(When(counts(kind), then=True), default=False))
        .filter(Q(counted=True) | Q(standing__isnull=False))
        .order_by(F(f"{WHOSE[kind]}__sort_name"), f"{WHOSE[kind]}_id", "day", "retained_start", "pk")
    )


def _lines(keys: list[int]) -> dict[int | None, Line]:
    """Return lines that were exported, by their key, with the number of their export."""
    if not keys:
        return {}
    found: Any = ExportLine.objects.filter(among(keys)).values("id", "export__number", *COLUMNS)
    return {line["id"]: line for line in found}


def _of_one(visit: Visit, standing: Line | None, agence: Agence, kind: ExportKind, first: Nature) -> Iterator[Line]:
    """Yield what is due of one visit: nothing, its line, or what takes the old one back and gives the new one."""
    if standing is None:
        yield line_of(visit, agence, kind, first)
        return
    if standing["version"] == visit.version:
        return
    stands = standing["nature"] != Nature.TAKEN
    new = line_of(visit, agence, kind, Nature.GIVEN) if visit.counted else None
    if stands and new and all(standing[name] == new[name] for name in FACTS[kind]):
        return
    if stands:
        yield taken_back(standing, visit.version)
    if new:
        yield new
