"""Intervenants: the list, and the fiche with its planning."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from interventions.models import Intervenant
from interventions.states import Right
from portals.manager import absences, acts, visible
from portals.web import format as fmt
from portals.web import paging, planning, rhythm
from portals.web.pages import page
from portals.web.requests import ActorRequest

PLANNING = "planning"


@require_GET
def index(request: ActorRequest) -> HttpResponse:
    """List the intervenants by name, 50 a page; ?q= searches by name or matricule."""
    typed = request.GET.get("q", "").strip()
    found: Any = Intervenant.objects.visible_to(request.actor).current().found_by(typed).select_related("user")
    cut = paging.cut(found, "sort_name", request.GET)
    return page(request, "manager/intervenants.html", {"cut": cut, "typed": typed}, fragment="rows")


@require_GET
def sheet(request: ActorRequest, public_id: UUID) -> HttpResponse:
    """Show an intervenant: who they are, or (?onglet=planning) their visits, as far as the secteurs allow."""
    intervenant = visible.intervenant(request, public_id)
    context: dict[str, Any] = {"intervenant": intervenant, "tab": request.GET.get("onglet", "")}
    context["may_manage"] = request.actor.has(Right.MANAGE)
    if context["tab"] == PLANNING:
        today = request.actor.today(request.now)
        visits = intervenant.interventions.visible_to(request.actor).filter(withdrawn=False)
        shown = planning.asked(request.GET, today)
        context["planning"] = planning.build(visits, request.actor, shown, today, acts.visit_url)
    else:
        context["facts"] = _facts(intervenant)
        context["absences"] = absences.listed(request, intervenant=intervenant.pk)
    return page(request, "manager/intervenant.html", context)


def _facts(intervenant: Intervenant) -> list[tuple[str, str]]:
    weekly = intervenant.weekly_minutes
    rows = [
        (_("Matricule"), intervenant.number),
        (_("Téléphone"), intervenant.phone),
        (_("Adresse e-mail"), intervenant.user.email if intervenant.user else ""),
        (_("Rythme des mails"), rhythm.words(intervenant.agence_id, intervenant.user)),
        (_("Heures par semaine"), fmt.duration(weekly) if weekly else ""),
    ]
    return [(name, value or "—") for name, value in rows]
