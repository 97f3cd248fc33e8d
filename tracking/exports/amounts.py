"""One signed line of an export, from a visit as it stands or from the line that it takes back.

Lines are mappings by the columns of ExportLine: a month has tens of thousands, and a model's instance costs ten times
as much as its values.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any, NamedTuple

from django.db.models import F, TextField, Value
from django.db.models.functions import Coalesce

from interventions.billed_hours import Rounding, billed_minutes
from interventions.models import Agence
from interventions.paid_hours import paid_hours
from interventions.states import Status
from tracking.exports.records import Amounts, ExportKind, ExportLine, Nature

type Line = dict[str, Any]

AMOUNTS = tuple(field.name for field in Amounts._meta.local_fields)
COLUMNS = tuple(field.attname for field in ExportLine._meta.concrete_fields if field.name != "id")


class Visit(NamedTuple):
    """What an export reads of a visit; the names are those of `READ`."""

    pk: int
    version: int
    status: str
    number: str
    day: dt.date
    start: dt.datetime
    end: dt.datetime
    km: Decimal
    motif: str
    client_id: int
    client_number: str
    client_last: str
    client_first: str
    client_sort: str
    intervenant_id: int | None
    intervenant_number: str
    intervenant_last: str
    intervenant_first: str
    intervenant_sort: str
    prestation_id: int
    prestation: str
    step: int
    rounding: str
    contrat_id: int | None
    contrat: str
    standing: int | None
    counted: bool


def _or_nothing(path: str) -> Coalesce:
    return Coalesce(F(path), Value(""), output_field=TextField())


READ: tuple[Any, ...] = (
    "pk",
    "version",
    "status",
    "number",
    "day",
    "retained_start",
    "retained_end",
    "retained_km",
    _or_nothing("motif__label"),
    "client_id",
    "client__number",
    "client__last_name",
    "client__first_name",
    "client__sort_name",
    "intervenant_id",
    *(_or_nothing(f"intervenant__{name}") for name in ("number", "last_name", "first_name", "sort_name")),
    "prestation_id",
    "prestation__name",
    "prestation__billing_step",
    "prestation__billing_rounding",
    "contrat_id",
    _or_nothing("contrat__number"),
    "standing",
    "counted",
)


def line_of(visit: Visit, agence: Agence, kind: ExportKind, nature: Nature) -> Line:
    """Return the line that gives a visit as it is retained; hours by kind as the intervenant's Historique has them.

    A cancelled visit that stays paid or billed has those of the plan that fell through, and its kilometres.
    """
    hours = paid_hours(visit.start, visit.end, agence.paid_calendar)
    cancelled, billing = visit.status == Status.CANCELLED, kind is ExportKind.BILLING
    month = visit.day.replace(day=1)
    return {
        "agence_id": agence.pk,
        "kind": kind.value,
        "intervention_id": visit.pk,
        "version": visit.version,
        "nature": nature.value,
        "place": f"{_whose(visit, billing)}\t{month}\t{nature}",
        "corrects": None,
        "month": month,
        "day": visit.day,
        "start": visit.start,
        "end": visit.end,
        "cancelled": cancelled,
        "motif": visit.motif if cancelled else "",
        "visit_number": visit.number,
        "client_id_kept": visit.client_id,
        "client_number": visit.client_number,
        "client_name": f"{visit.client_last} {visit.client_first}".strip(),
        "intervenant_id_kept": visit.intervenant_id,
        "intervenant_number": visit.intervenant_number,
        "intervenant_name": f"{visit.intervenant_last} {visit.intervenant_first}".strip(),
        "prestation_id_kept": visit.prestation_id,
        "prestation_name": visit.prestation,
        "contrat_id_kept": visit.contrat_id,
        "contrat_number": visit.contrat,
        "visits": 1,
        "day_minutes": hours.day,
        "night_minutes": hours.night,
        "sunday_minutes": hours.sunday,
        "holiday_minutes": hours.holiday,
        "billed_minutes": billed_minutes(hours.total, visit.step, Rounding(visit.rounding)) if billing else 0,
        "km": visit.km,
    }


def taken_back(line: Line, version: int) -> Line:
    """Return the line that takes `line` back, to the last figure and letter; `version` is the visit's now."""
    less = {name: -line[name] for name in AMOUNTS}
    place = f"{line['place'][:-1]}{Nature.TAKEN}"
    changed = {"version": version, "nature": Nature.TAKEN.value, "place": place, "corrects": line["export__number"]}
    return {name: line.get(name) for name in COLUMNS} | less | changed


def _whose(visit: Visit, billing: bool) -> str:
    """Return whose line it is, as a file sorts it: the person by name, then for an invoice contrat and prestation."""
    if not billing:
        return f"{visit.intervenant_sort}\t{visit.intervenant_number}\t{visit.intervenant_id}"
    client = f"{visit.client_sort}\t{visit.client_number}\t{visit.client_id}"
    return f"{client}\t{visit.contrat}\t{visit.contrat_id or ''}\t{visit.prestation}\t{visit.prestation_id}"
