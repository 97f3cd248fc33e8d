"""The export of a selection: the visits that were ticked, as they stand now, those named that changed meanwhile."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Case, Sum, Value, When
from django.http import Http404, HttpResponse, HttpResponseBase
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from interventions.models import Intervention
from interventions.operations import among
from interventions.states import Status
from portals.web.pages import page
from portals.web.requests import ActorRequest
from tracking import heads
from tracking.conditions import length
from tracking.exports.columns import Column, Kind, visits_columns
from tracking.exports.filtered import sent
from tracking.models import Selection
from tracking.selections import own, table_at
from tracking.totals import Total

ENDINGS = ("csv", "xlsx")


@require_safe
def sheet(request: ActorRequest, public_id: UUID) -> HttpResponse:
    """Offer a selection as a file: how many were chosen, how many are in it, which changed or are out of reach."""
    selection = own(request, public_id)
    visits = _visits(request, selection)
    found = len(selection.visits)
    counted = visits.exclude(status=Status.CANCELLED).aggregate(spent=Sum(length("retained")), km=Sum("retained_km"))
    there = visits.count()
    minutes = round(counted["spent"].total_seconds() / 60) if counted["spent"] else 0
    context = {
        "selection": selection,
        "summary": heads.summary(Total(there, minutes, counted["km"] or Decimal(0))),
        "changed": len(_changed(request, selection)),
        "gone": found - there,
        "table_url": table_at(selection.came_from),
    }
    return page(request, "tracking/selection_export.html", context)


@require_safe
def file(request: ActorRequest, public_id: UUID) -> HttpResponseBase:
    """Give a selection as a file (?format=), by day; a column of its own says what changed since it was ticked."""
    ending = request.GET.get("format", "csv")
    if ending not in ENDINGS:
        raise Http404
    selection = own(request, public_id)
    since = Case(When(among(_changed(request, selection)), then=Value(_("modifiée depuis"))), default=Value(""))
    columns = [*visits_columns(), Column(_("Depuis la sélection"), Kind.TEXT, since)]
    return sent(request, _visits(request, selection).in_order(), columns, _("selection-de-visites"), ending)


def _visits(request: ActorRequest, selection: Selection) -> Any:
    """Return the chosen visits that the actor still sees."""
    return Intervention.objects.visible_to(request.actor).filter(among(selection.seen))


def _changed(request: ActorRequest, selection: Selection) -> list[int]:
    """Return the keys of those that are no longer as they were on screen."""
    now = _visits(request, selection).values_list("pk", "version")
    return [key for key, version in now if version != selection.seen[key]]
