"""The sheet of a week to sign by hand, in large type: for clients who have neither mail nor telephone."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from interventions.guards import Facts
from interventions.models import Client, Intervention
from interventions.states import Status
from portals.manager import visible
from portals.web import format as fmt
from portals.web.papers import pdf, pdf_response
from portals.web.requests import ActorRequest

LEFT_OUT = (Status.CANCELLED,)
WEEK = dt.timedelta(days=6)


@require_safe
def sheet(request: ActorRequest, public_id: UUID) -> HttpResponse:
    """Give the client's week (?semaine= any day of it, else this week) as a PDF to print and sign."""
    client = visible.client(request, public_id)
    monday = _monday(request)
    visits: Any = Intervention.objects.visible_to(request.actor).filter(client_id=client.pk, withdrawn=False)
    found = visits.exclude(status__in=LEFT_OUT).between(monday, monday + WEEK).in_order()
    data = sheet_data(request, client, monday, list(found.select_related("intervenant", "prestation")))
    return pdf_response(pdf("feuille.typ", data), f"feuille-{client.number}-{monday}.pdf")


def sheet_data(request: ActorRequest, client: Client, monday: dt.date, visits: list[Intervention]) -> dict[str, Any]:
    """Return what the paper shows, texts only."""
    agence, today = request.actor.agence, request.actor.today(request.now)
    return {
        "title": _("Vos visites, %(week)s") % {"week": fmt.week(monday, dt.date.min).lower()},
        "subtitle": client.full_name,
        "agence": {"name": agence.name, "lines": [part for part in (agence.address, agence.phone) if part]},
        "made": _("%(client)s, n° %(number)s, établi le %(day)s")
        % {"client": client.full_name, "number": client.number, "day": fmt.date_words(today, dt.date.min)},
        "page_of": [_("Page"), _("sur")],
        "asked": _("Lisez chaque visite. Si elle est juste, signez. Sinon, écrivez ce qui n’est pas juste."),
        "nothing": _("Aucune visite cette semaine-là."),
        "right": _("C’est juste"),
        "wrong": _("Ce n’est pas juste :"),
        "signature": _("Date et signature :"),
        "visits": [_visit(one) for one in visits],
    }


def _visit(visit: Intervention) -> dict[str, str]:
    carer = visit.intervenant.full_name if visit.intervenant else _("Intervenant à désigner")
    done = _("Arrivée : ……… h ………   Départ : ……… h ………")
    if visit.declared:
        done = _hours(visit.retained)
        done = f"{done}, {fmt.km(visit.retained_km)}" if visit.retained_km else done
    planned = _("Prévue : %(hours)s") % {"hours": _hours(visit.planned)} if visit.planned else _("Non prévue")
    return {
        "day": capfirst(fmt.day(visit.day, visit.day)),
        "who": f"{carer}, {visit.prestation.name}",
        "planned": planned,
        "done": _("Faite : %(hours)s") % {"hours": done},
    }


def _hours(facts: Facts) -> str:
    """Return «de 9 h 00 à 10 h 00», as it goes on after a colon."""
    words = fmt.time_range_words(facts.start, facts.end)
    return words[:1].lower() + words[1:]


def _monday(request: ActorRequest) -> dt.date:
    """Return the Monday of the day asked for; this week's for what is no day."""
    try:
        day = dt.date.fromisoformat(request.GET.get("semaine", ""))
    except ValueError:
        day = request.actor.today(request.now)
    return day - dt.timedelta(days=day.weekday())
