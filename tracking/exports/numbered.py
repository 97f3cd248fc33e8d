"""Paie et facturation: the months and where they stand, what an export would hold, and those that were made."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

import structlog
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from interventions.models import Period
from portals.web import format as fmt
from portals.web import paging
from portals.web.pages import page
from portals.web.requests import ActorRequest
from tracking.exports import due, making, shown
from tracking.exports.amounts import AMOUNTS
from tracking.exports.files import Shape
from tracking.exports.months import pending
from tracking.exports.records import Export, ExportedMonth, ExportKind
from tracking.exports.standing import month_rows
from tracking.exports.sums import Sums, kept_sums, sums
from tracking.positions import position, window
from tracking.rows import PAGE

log = structlog.get_logger(__name__)

SEE_OTHER = 303


def for_the_agency[View: Callable[..., Any]](view: View) -> View:
    """Let only those in who see the whole agency: a numbered export is no secteur's."""

    @wraps(view)
    def entered(request: ActorRequest, *args: Any, **kwargs: Any) -> Any:
        if not making.sees(request.actor):
            raise PermissionDenied(
                _(
                    "La paie et la facturation sont celles de toute l’agence : "
                    "vos droits ne portent que sur quelques secteurs."
                )
            )
        return view(request, *args, **kwargs)

    return entered  # type: ignore[return-value]


@require_safe
@for_the_agency
def index(request: ActorRequest) -> HttpResponse:
    """Show where the months stand for the pay or the invoices (?type=), then the exports made, the newest first."""
    kind = kind_of(request.GET.get("type", ""))
    made: Any = Export.objects.filter(agence_id=request.actor.agence_id, kind=kind)
    cut = paging.cut(made, "-number", request.GET)
    context = {
        "kind": kind,
        "kinds": list(ExportKind),
        "months": month_rows(request.actor, kind, request.actor.today(request.now)),
        "may_make": making.may_make(request.actor),
        "cut": cut,
        "heads": shown.brief_heads(kind),
        "rows": [(export, shown.brief(kind, _amounts(export))) for export in cut.rows],
    }
    return page(request, "tracking/books/index.html", context)


@require_safe
@for_the_agency
def preview(request: ActorRequest) -> HttpResponse:
    """Show what an export of a month (?mois=) would hold now, which is provisional while the month is open."""
    kind, month = asked(request)
    closed = is_closed(request, month)
    found = sums(provisional(request, kind, month, closed))
    start = position(request.GET.get("de", ""))
    query = f"type={kind}&mois={month:%Y-%m}"
    context = {
        "month": month,
        "closed": closed,
        "may_make": making.may_make(request.actor),
        "query": query,
        **_tables(kind, found, found.groups[start : start + PAGE]),
        **window(f"{query}&", start, more=len(found.groups) > start + PAGE),
    }
    return page(request, "tracking/books/preview.html", context)


@require_POST
@for_the_agency
def create(request: ActorRequest) -> HttpResponse:
    """Make a numbered export of what is due up to a closed month; the same press again finds nothing due."""
    if not making.may_make(request.actor):
        raise PermissionDenied(_("Exporter un mois demande le droit de clôture. Rien n’a été enregistré."))
    kind, month = asked(request)
    try:
        made = making.make(request.actor, kind, month, request.now)
    except making.StillOpen:
        messages.warning(request, _("Ce mois n’est pas clôturé : rien n’a été exporté."))
        return HttpResponseRedirect(_index(kind), status=SEE_OTHER)
    if made is None:
        messages.info(request, _("Rien n’était dû : aucun numéro n’a été pris."))
        return HttpResponseRedirect(_index(kind), status=SEE_OTHER)
    log.info("export_made", agence=made.agence_id, user=request.actor.user_id, kind=made.kind, number=made.number)
    messages.success(request, _("C’est exporté, pour de bon."))
    return HttpResponseRedirect(reverse("suivi:book", args=[made.public_id]), status=SEE_OTHER)


@require_safe
@for_the_agency
def sheet(request: ActorRequest, public_id: UUID) -> HttpResponse:
    """Show a numbered export: who made it and when, its totals, its sums by person, its files."""
    export, start = own(request, public_id), position(request.GET.get("de", ""))
    kind = ExportKind(export.kind)
    found = kept_sums(export, start, PAGE + 1)
    context = {
        "export": export,
        "shapes": list(Shape),
        **_tables(kind, found, found.groups[:PAGE]),
        **window("", start, more=len(found.groups) > PAGE),
    }
    return page(request, "tracking/books/sheet.html", context)


def own(request: ActorRequest, public_id: UUID) -> Export:
    """Return an export of the actor's agency; any other is not there."""
    return get_object_or_404(Export, agence_id=request.actor.agence_id, public_id=public_id)


def kind_of(text: str) -> ExportKind:
    """Read ?type=; what is none is the pay."""
    return ExportKind(text) if text in set(ExportKind) else ExportKind.PAY


def asked(request: ActorRequest) -> tuple[ExportKind, dt.date]:
    """Read which kind and month an address or a form names, at first this month; a month that is none is not there."""
    given = request.POST if request.method == "POST" else request.GET
    today = f"{request.actor.today(request.now):%Y-%m}"
    try:
        month = dt.date.fromisoformat(f"{given.get('mois', today)}-01")
    except ValueError as error:
        raise Http404 from error
    return kind_of(given.get("type", "")), month


def is_closed(request: ActorRequest, month: dt.date) -> bool:
    """Return whether a month is closed."""
    mine = Period.objects.filter(agence_id=request.actor.agence_id, month=month, closed_at__isnull=False)
    return mine.exists()


def provisional(request: ActorRequest, kind: ExportKind, month: dt.date, closed: bool) -> Any:
    """Return the lines that an export of a month would have now: with what waits in those before, if it is closed."""
    agence = request.actor.agence
    if not closed:
        known = ExportedMonth.objects.filter(agence_id=agence.pk, kind=kind, month=month).exists()
        return due.lines(agence, kind, [month], [month] if known else [])
    waiting = pending(agence.pk, kind, month)
    return due.lines(agence, kind, [one.month for one in waiting], [one.month for one in waiting if one.again])


def _tables(kind: ExportKind, found: Sums, groups: list[Any]) -> dict[str, Any]:
    return {
        "kind": kind,
        "lines": found.lines,
        "facts": [*shown.facts(kind, found.total), (_("Lignes"), fmt.number(found.lines))],
        "by_month": shown.by_month(kind, found.months),
        "by_person": shown.by_person(kind, groups),
    }


def _amounts(export: Export) -> dict[str, Any]:
    return {name: getattr(export, name) for name in AMOUNTS}


def _index(kind: ExportKind) -> str:
    return f"{reverse('suivi:books')}?type={kind}"
