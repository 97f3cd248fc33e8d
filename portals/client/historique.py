"""Historique: a month of visits on the screen, and the relevé to keep."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.http import Http404, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from interventions.models import Client
from portals.client.pages import show
from portals.client.statement import Line, Statement, Total, months, statement
from portals.web import format as fmt
from portals.web.papers import pdf, pdf_response
from portals.web.requests import ActorRequest


@require_safe
def historique(request: ActorRequest) -> HttpResponse:
    """Show the month asked for (?mois=2026-11), else the latest that has something to show."""
    known = months(request)
    month = _month(request.GET.get("mois", "")) or next(iter(known), request.actor.today(request.now).replace(day=1))
    context = {"statement": statement(request, month), "months": [one for one in known if one != month]}
    return show(request, "client/historique.html", context)


@require_safe
def releve(request: ActorRequest, month: str) -> HttpResponse:
    """Give the month's relevé as PDF; a month without visits has none."""
    first = _month(month)
    found = statement(request, first, on_paper=True) if first else None
    if found is None or not found.lines:
        raise Http404
    client = Client.objects.get(agence_id=request.actor.agence_id, pk=request.actor.client_id or 0)
    return pdf_response(pdf("releve.typ", releve_data(request, found, client)), f"releve-{found.month:%Y-%m}.pdf")


def releve_data(request: ActorRequest, found: Statement, client: Client) -> dict[str, Any]:
    """Return what the paper shows: texts only, the totals as on the screen."""
    agence = request.actor.agence
    town = f"{client.postal_code} {client.city}".strip()
    return {
        "title": _("Relevé des visites, %(month)s") % {"month": fmt.month(found.month)},
        "subtitle": ", ".join(part for part in (client.full_name, client.address, town) if part),
        "agence": {
            "name": agence.name,
            "lines": [part for part in (agence.address, agence.phone, agence.email) if part],
        },
        "made": _("Établi le %(day)s") % {"day": fmt.date_words(request.actor.today(request.now), dt.date.min)},
        "page_of": [_("Page"), _("sur")],
        "totals": [list(pair) for pair in found.totals],
        "visits_title": _("Visites"),
        "visits_head": [_("Jour"), _("Heures"), _("Durée"), _("Km"), _("Intervenant"), _("Qui a validé, et quand")],
        "visits": [_row(line) for line in found.lines],
        "carers_title": _("Visites validées, par intervenant"),
        "carers_head": [_("Intervenant"), _("Visites"), _("Heures"), _("Km")],
        "carers": [[carer, *_figures(total)] for carer, total in found.by_carer],
        "carers_foot": [_("Total validé"), *_figures(found.validated)],
    }


def _row(line: Line) -> list[str]:
    hours = fmt.time_range(line.visit.retained_start, line.visit.retained_end)
    service = f"{line.carer}, {line.visit.prestation.name}"
    return [fmt.day_short(line.visit.day), hours, fmt.duration(line.minutes), fmt.km(line.km), service, line.settled]


def _figures(total: Total) -> list[str]:
    return [str(total.count), fmt.duration(total.minutes), fmt.km(total.km)]


def _month(text: str) -> dt.date | None:
    """Read «2026-11» as the first of that month; None for anything else."""
    try:
        return dt.datetime.strptime(text, "%Y-%m").replace(tzinfo=dt.UTC).date()
    except ValueError:
        return None
