"""Intervenants: the list, and the fiche with its planning."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from interventions import recent
from interventions.models import Intervenant
from interventions.states import Right
from portals.manager import absences, acts, personal, visible
from portals.manager.registry import words
from portals.web import format as fmt
from portals.web import paging, planning, rhythm
from portals.web.pages import page
from portals.web.requests import ActorRequest

PLANNING = "planning"
ARCHIVED = "archives"


@require_GET
def index(request: ActorRequest) -> HttpResponse:
    """List the intervenants by name, 50 a page; ?q= searches, ?etat=archives shows who is put away."""
    typed = request.GET.get("q", "").strip()
    archived = request.GET.get("etat") == ARCHIVED
    found: Any = Intervenant.objects.visible_to(request.actor).filter(archived_at__isnull=not archived)
    cut = paging.cut(found.found_by(typed).select_related("user"), "sort_name", request.GET)
    context = {"cut": cut, "typed": typed, "archived": archived, "may_manage": request.actor.has(Right.MANAGE)}
    return page(request, "manager/intervenants.html", context, fragment="rows")


@require_GET
def sheet(request: ActorRequest, public_id: UUID) -> HttpResponse:
    """Show an intervenant: who they are, or (?onglet=planning) their visits, as far as the secteurs allow."""
    intervenant = visible.intervenant(request, public_id)
    recent.note(request.actor, intervenant)
    context: dict[str, Any] = {"intervenant": intervenant, "tab": request.GET.get("onglet", "")}
    context["may_manage"] = request.actor.has(Right.MANAGE) and not intervenant.anonymised_at
    context["may_give_data"] = personal.may_give(request, intervenant)
    if context["tab"] == PLANNING:
        today = request.actor.today(request.now)
        visits = intervenant.interventions.visible_to(request.actor).filter(withdrawn=False)
        shown = planning.asked(request.GET, today)
        context["planning"] = planning.build(visits, request.actor, shown, today, acts.visit_url)
    else:
        context["facts"] = _facts(intervenant)
        context["absences"] = absences.listed(request, intervenant=intervenant.pk)
        context["record"] = words.record(intervenant)
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
