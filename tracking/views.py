"""Suivi des validations: the table."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_safe

from interventions.states import Right, Status
from portals.web import format as fmt
from portals.web.pages import INVALID, is_partial, page
from portals.web.requests import ActorRequest
from tracking import rows
from tracking.filters import Filters
from tracking.keyset import DEFAULT_SORT, Sort
from tracking.labels import PLURAL

HEADINGS = {
    "date": gettext_lazy("Date"),
    "client": gettext_lazy("Client"),
    "intervenant": gettext_lazy("Intervenant"),
    "statut": gettext_lazy("Statut"),
}


@dataclass(frozen=True)
class Heading:
    """A column's head: the link that sorts by it, and which way it is sorted now."""

    label: str
    url: str
    direction: str = ""


@dataclass(frozen=True)
class StatusTotal:
    """A total that filters when pressed; pressed again it no longer does."""

    status: Status | None
    label: str
    total: rows.Total
    url: str
    chosen: bool


@require_safe
def index(request: ActorRequest) -> HttpResponse:
    """Show the visits that the address asks for, the totals of all that match, and what can be done with them."""
    filters = Filters(request.GET, request.actor, request.now)
    sort = Sort.asked(request.GET.get("tri", DEFAULT_SORT))
    if filters.named and filters.is_valid() and not is_partial(request):
        return HttpResponseRedirect(_url(filters, sort))
    after, before = request.GET.get("apres", ""), request.GET.get("avant", "")
    shown = rows.page(filters.visits(), sort, request.actor, request.now, after=after, before=before)
    totals = rows.totals(filters.visits(statuses=False))
    matching = rows.together(totals[status] for status in filters.statuses or Status)
    context = {
        "filters": filters,
        "sort": sort,
        "page": shown,
        "totals": _totals(filters, sort, totals),
        "matching": matching,
        "headings": {name: _heading(filters, sort, name) for name in HEADINGS},
        "summary": _summary(len(shown.rows), matching),
        "previous_url": _url(filters, sort, avant=shown.previous) if shown.previous else "",
        "next_url": _url(filters, sort, apres=shown.next) if shown.next else "",
        "first_url": _url(filters, sort),
        "selection_url": f"{reverse('suivi:selections')}?{filters.query(tri=str(sort))}",
        "may_act": request.actor.has(Right.MANAGE),
    }
    status = 200 if filters.is_valid() else INVALID
    answer = page(request, "tracking/index.html", context, fragment="rows", status=status)
    if filters.named and filters.is_valid():
        # The address that is kept and shared names nobody.
        answer["HX-Push-Url"] = _url(filters, sort)
    return answer


def _url(filters: Filters, sort: Sort, **changes: object) -> str:
    return f"?{filters.query(tri=str(sort), **changes)}"


def _heading(filters: Filters, sort: Sort, name: str) -> Heading:
    current = sort.name == name
    turned = Sort(name, current and not sort.descending)
    direction = "" if not current else "descending" if sort.descending else "ascending"
    return Heading(str(HEADINGS[name]), _url(filters, turned), direction)


def _totals(filters: Filters, sort: Sort, totals: dict[Status, rows.Total]) -> list[StatusTotal]:
    chosen = filters.statuses
    everything = _url(filters, sort, statut=None)
    shown = [StatusTotal(None, _("Toutes"), rows.together(totals.values()), everything, not chosen)]
    for status, total in totals.items():
        pressed = [each for each in Status if (each in chosen) != (each is status)]
        url = _url(filters, sort, statut=[str(each) for each in pressed])
        shown.append(StatusTotal(status, str(PLURAL[status]), total, url, status in chosen))
    return shown


def _summary(shown: int, matching: rows.Total) -> str:
    counted = ngettext("%(shown)s sur %(n)s visite", "%(shown)s sur %(n)s visites", matching.visits)
    figures = {"shown": fmt.number(shown), "n": fmt.number(matching.visits)}
    return f"{counted % figures} · {fmt.duration(matching.minutes)}"
