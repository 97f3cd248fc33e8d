"""Historique: a month of the intervenant's visits with its figures, and the same as a sheet to keep."""

from __future__ import annotations

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from portals.intervenant.months import Line, Month, asked, month_of
from portals.web import format as fmt
from portals.web.pages import page
from portals.web.papers import pdf, pdf_response
from portals.web.requests import ActorRequest


@require_GET
def history(request: ActorRequest) -> HttpResponse:
    """Show ?mois=, this month without it."""
    return page(request, "intervenant/history.html", {"month": _month(request)})


@require_GET
def paper(request: ActorRequest) -> HttpResponse:
    """Give the sheet of ?mois= as PDF, with the figures of the screen."""
    month = _month(request)
    content = pdf("intervenant_month.typ", sheet(month, request))
    return pdf_response(content, _("releve-%(month)s.pdf") % {"month": f"{month.first:%Y-%m}"})


def sheet(month: Month, request: ActorRequest) -> dict[str, object]:
    """Return what the paper prints: texts only."""
    agence, name = request.actor.agence, request.actor.name
    words = {"day": f"{fmt.as_date(request.now):%d/%m/%Y}", "hour": fmt.hour(request.now), "who": name}
    return {
        "title": _("Relevé d’heures, %(month)s") % {"month": fmt.month(month.first)},
        "subtitle": name,
        "agence": {"name": agence.name, "lines": [line for line in (agence.address, agence.phone) if line]},
        "made": _("Établi le %(day)s à %(hour)s par %(who)s") % words,
        "page_of": [_("Page"), _("sur")],
        "totals": [list(pair) for pair in month.totals],
        "night": night(request),
        "waiting": [f"{whom}\u00a0: {count}" for whom, count in month.waiting_on],
        "waiting_title": _("En attente"),
        "visits_title": _("Visites"),
        "head": [_("Jour"), _("Client"), _("Heures"), _("Durée"), _("Km"), _("État")],
        "rows": [_row(line) for line in month.lines],
    }


def night(request: ActorRequest) -> str:
    """Say what counts as night here, and how an hour of two kinds counts."""
    agence = request.actor.agence
    words = {"start": fmt.hour(agence.night_starts), "end": fmt.hour(agence.night_ends)}
    return (
        _("La nuit va de %(start)s à %(end)s. Une heure de jour férié ou de dimanche ne compte qu’une fois.") % words
    )


def _row(line: Line) -> list[str]:
    visit = line.visit
    length = fmt.duration(line.hours.total) if line.counts else "—"
    lasts = f"{length} ({line.kinds})" if line.kinds else length
    state = str(line.status.label)
    return [
        fmt.day_short(visit.day),
        visit.client.full_name,
        fmt.time_range(visit.retained_start, visit.retained_end),
        lasts,
        fmt.km(line.km).removesuffix("\u202fkm") if line.counts else "—",
        state,
    ]


def _month(request: ActorRequest) -> Month:
    today = request.actor.today(request.now)
    return month_of(request.actor, asked(request.GET.get("mois", ""), today), request.now)
