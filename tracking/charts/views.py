"""The charts of a filter: on a page of their own, and a few in the head of the table, which asks for them."""

from __future__ import annotations

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_safe

from interventions.states import Status
from portals.web import format as fmt
from portals.web.pages import page
from portals.web.requests import ActorRequest
from tracking import heads
from tracking.address import Address
from tracking.charts import drawn
from tracking.charts.counts import overview
from tracking.filters import Filters
from tracking.totals import together, totals

SEE_OTHER = 303


@require_safe
def index(request: ActorRequest) -> HttpResponse:
    """Show what the address's filter comes to, each chart with its table; a wrong filter leads to the table."""
    address = _address(request)
    filters = address.filters
    if not filters.is_valid():
        return HttpResponseRedirect(f"{reverse('suivi:index')}?{filters.query()}", status=SEE_OTHER)
    by_status = totals(filters)
    weeks, waiting, settled = drawn.of_overview(overview(filters), address)
    context = {
        "charts": [weeks, waiting, drawn.of_motifs(address), *drawn.of_people(address), settled],
        "summary": heads.summary(together(by_status[status] for status in filters.statuses or Status)),
        "first": fmt.day_short(filters.cleaned_data["du"]),
        "last": fmt.day_short(filters.cleaned_data["au"]),
        "query": address.query(),
    }
    return page(request, "tracking/charts/index.html", context)


@require_safe
def small(request: ActorRequest) -> HttpResponse:
    """Show the charts that stand in the head of the table, which fetches them once it is there."""
    address = _address(request)
    charts = []
    if address.filters.is_valid():
        weeks, waiting, settled = drawn.of_overview(overview(address.filters), address, small=True)
        charts = [weeks, waiting, drawn.of_motifs(address, small=True), settled]
    return page(request, "tracking/charts/small.html", {"charts": charts, "query": address.query()})


def _address(request: ActorRequest) -> Address:
    return Address.asked(Filters(request.GET, request.actor, request.now), request.GET)
