"""Suivi des validations: the table."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_safe

from interventions.states import Right, Status
from portals.web.pages import INVALID, is_partial, page
from portals.web.requests import ActorRequest
from tracking import columns, heads, panel, preferences, rows, saved_views, ticks
from tracking.address import Address
from tracking.filters import Filters
from tracking.lines import lines
from tracking.totals import together, totals

# What htmx may swap alone, by the id of the element that it replaces; anything else gets all that a filter changes.
ALONE = {"liste": "liste", "detail": "detail"}
TEMPLATE = "tracking/index.html"


@require_safe
def index(request: ActorRequest) -> HttpResponse:
    """Show the visits that the address asks for, the totals of all that match, and what can be done with them.

    Another page or sort takes the rows alone: the totals on screen stay true of the filter.
    """
    kept = preferences.of(request.actor)
    if not request.GET and kept.query and not is_partial(request):
        return HttpResponseRedirect(f"?{kept.query}")
    filters = Filters(request.GET, request.actor, request.now)
    address = Address.asked(filters, request.GET)
    if filters.named and filters.is_valid() and not is_partial(request):
        return HttpResponseRedirect(address.url())
    part = ALONE.get(request.htmx.target or "", "rows")
    context: dict[str, Any] = {"address": address, "filters": filters} | panel.beside(request, address)
    if part != "detail" or not is_partial(request):
        context |= _list(request, address, kept.shown(address.columns), context["open"])
    if part == "rows" or not is_partial(request):
        context |= _whole(address, kept) | {"views": list(saved_views.visible_to(request.actor))}
    answer = page(request, TEMPLATE, context, fragment=part, status=200 if filters.is_valid() else INVALID)
    if filters.named and filters.is_valid():
        # The address that is kept and shared names nobody.
        answer["HX-Push-Url"] = address.url()
    return answer


def _list(request: ActorRequest, address: Address, shown: tuple[str, ...], opened: UUID | None) -> dict[str, Any]:
    """Return what the rows of one page need."""
    after, before = request.GET.get("apres", ""), request.GET.get("avant", "")
    found = rows.page(
        address.filters.visits(),
        address.sort,
        request.actor,
        request.now,
        after=after,
        before=before,
        columns=shown,
    )
    may_act = request.actor.has(Right.MANAGE)
    kept = ticks.kept(request.actor, request.now, found.keys) if may_act else ticks.Kept()
    return {
        "page": found,
        "lines": lines(found, kept.here, opened),
        "headings": heads.headings(address, shown),
        "previous_url": address.url(avant=found.previous) if found.previous else "",
        "next_url": address.url(apres=found.next) if found.next else "",
        "first_url": address.url() if after or before else "",
        "here_query": address.query(apres=after, avant=before),
        "may_act": may_act,
        "ticks": kept,
        "ticks_at": reverse("suivi:ticks"),
        "sheet": _before_id("gestion:visit"),
        "panel_at": _before_id("suivi:visit"),
    }


def _whole(address: Address, kept: preferences.Kept) -> dict[str, Any]:
    """Return what changes with the filter only: the totals, the columns on offer, the views."""
    by_status = totals(address.filters)
    matching = together(by_status[status] for status in address.filters.statuses or Status)
    shown = kept.shown(address.columns)
    return {
        "totals": heads.status_totals(address, by_status),
        "matching": matching,
        "summary": heads.summary(matching),
        "offered_columns": [(column, column.name in shown) for column in columns.COLUMNS.values()],
        "always": columns.ALWAYS,
    }


def _before_id(name: str) -> str:
    """Return an address up to the id in it: fifty rows have fifty of them, and looking each up costs."""
    return reverse(name, args=[UUID(int=0)]).partition(str(UUID(int=0)))[0]
