"""By what each column of the table sorts; the name of the column stands in the address."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import Case, DateTimeField, DurationField, ExpressionWrapper, F, IntegerField, Value, When
from django.db.models.functions import Coalesce, TruncTime

from interventions.models import Client, Contrat, Intervenant, Prestation, Secteur
from interventions.states import Settled, Status
from portals.web import format as fmt
from tracking import conditions
from tracking.figures import gap_of, length_of, since_of
from tracking.places import Place, counted, hour, lasting, named, ranked

# From here a wait is counted backwards, so that the longest is the greatest whatever the time of the request.
THEN = dt.datetime(2200, 1, 1, tzinfo=dt.UTC)
SETTLED = ["", *Settled]


def _rank(field: str, values: list[Any]) -> Case:
    whens = (When(**{field: value}, then=Value(rank)) for rank, value in enumerate(values))
    return Case(*whens, output_field=IntegerField())


def _waited(visit: Any) -> dt.timedelta | None:
    since = since_of(visit)
    return THEN - since if since else None


def _hour(version: str) -> Place:
    start = Coalesce(F(f"{version}_start"), F("retained_start"))

    def of(visit: Any) -> dt.time:
        return fmt.local(getattr(visit, f"{version}_start") or visit.retained_start).time()

    return hour(TruncTime(start), of)


SORTS: dict[str, Place | None] = {
    "date": None,
    "client": named("client__sort_name", Client, lambda visit: visit.client, always=True),
    "intervenant": named("intervenant__sort_name", Intervenant, lambda visit: visit.intervenant),
    "prestation": named("prestation__name", Prestation, lambda visit: visit.prestation, always=True),
    "secteur": named("client__secteur__name", Secteur, lambda visit: visit.client.secteur),
    "contrat": named("contrat__number", Contrat, lambda visit: visit.contrat),
    "prevu": _hour("planned"),
    "declare": _hour("declared"),
    "duree": lasting(
        Case(
            When(status=Status.CANCELLED, then=Value(dt.timedelta(0))),
            default=conditions.length("retained"),
            output_field=DurationField(),
        ),
        length_of,
    ),
    "km": counted(F("retained_km"), lambda visit: visit.retained_km),
    "ecart": lasting(conditions.gap(), gap_of),
    "statut": ranked(_rank("status", list(Status)), list(Status), lambda visit: visit.status),
    "attente": lasting(
        ExpressionWrapper(
            Value(THEN, output_field=DateTimeField()) - conditions.waiting_since(), output_field=DurationField()
        ),
        _waited,
    ),
    "validee": ranked(_rank("settled_by", SETTLED), SETTLED, lambda visit: visit.settled_by),
}
