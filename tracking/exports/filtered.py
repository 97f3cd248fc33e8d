"""The export of a filter: the visits that the table shows, all of them, in its order."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import structlog
from django.http import HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from interventions.querysets import InterventionQuerySet
from interventions.states import Status
from interventions.tenancy import within
from portals.web.pages import page
from portals.web.requests import ActorRequest
from tracking import heads
from tracking.address import Address
from tracking.exports import csv_file, xlsx_file
from tracking.exports.cells import written
from tracking.exports.columns import Column, visits_columns
from tracking.exports.downloads import CSV, XLSX, download
from tracking.filters import Filters
from tracking.totals import together, totals

log = structlog.get_logger(__name__)

SEE_OTHER = 303
# How many rows a cursor of the database hands over at a time.
CHUNK = 2_000


@require_safe
def index(request: ActorRequest) -> HttpResponseBase:
    """Offer what the address's filter matches as a file, with how much it is."""
    filters = _filters(request)
    if not filters.is_valid():
        return _back(filters)
    by_status = totals(filters)
    matching = together(by_status[status] for status in filters.statuses or Status)
    query = Address.asked(filters, request.GET).query()
    return page(request, "tracking/exports.html", {"summary": heads.summary(matching), "query": query})


@require_safe
def as_csv(request: ActorRequest) -> HttpResponseBase:
    """Give what the address's filter matches as CSV; whoever sees the table may, and gets what they see there."""
    filters = _filters(request)
    if not filters.is_valid():
        return _back(filters)
    return sent(request, _ordered(request, filters), visits_columns(), _name(filters), "csv")


@require_safe
def as_xlsx(request: ActorRequest) -> HttpResponseBase:
    """Give the same as a workbook, with real dates and figures."""
    filters = _filters(request)
    if not filters.is_valid():
        return _back(filters)
    return sent(request, _ordered(request, filters), visits_columns(), _name(filters), "xlsx")


def sent(
    request: ActorRequest, found: InterventionQuerySet, columns: list[Column], name: str, ending: str
) -> HttpResponseBase:
    """Return visits in their order as a file called `name`, "csv" or "xlsx"."""
    # Who takes data out is on record; what they asked for may name people, and stays out of the log.
    log.info("visits_exported", agence=request.actor.agence_id, user=request.actor.user_id, format=ending)
    if ending == "xlsx":
        pieces = _workbook(found.values_list(*(column.value for column in columns)), columns, request)
        return download(request, pieces, f"{name}.xlsx", XLSX)
    rows = found.values_list(*written(columns))
    heads = [column.label for column in columns]
    pieces = csv_file.stream(rows, heads, request.actor.agence_id, request.actor.zone)
    return download(request, pieces, f"{name}.csv", CSV)


def _workbook(found: Any, columns: list[Column], request: ActorRequest) -> Iterator[bytes]:
    with within(request.actor.agence_id):
        yield from xlsx_file.stream(found.iterator(CHUNK), columns, request.actor.zone, _("Visites"))


def _filters(request: ActorRequest) -> Filters:
    return Filters(request.GET, request.actor, request.now)


def _ordered(request: ActorRequest, filters: Filters) -> InterventionQuerySet:
    return Address.asked(filters, request.GET).sort.order(filters.visits())


def _back(filters: Filters) -> HttpResponseRedirect:
    """Lead back to the table, which says what is wrong with the filter beside each field."""
    return HttpResponseRedirect(f"{reverse('suivi:index')}?{filters.query()}", status=SEE_OTHER)


def _name(filters: Filters) -> str:
    first, last = filters.cleaned_data["du"], filters.cleaned_data["au"]
    return _("visites-%(first)s-au-%(last)s") % {"first": first.isoformat(), "last": last.isoformat()}
