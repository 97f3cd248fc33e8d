"""The planning of all the intervenants, by day, week and month, and the first step of creating a visit from it."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from interventions.models import Intervenant, Secteur
from interventions.states import Right
from portals.manager import board, returning, whose
from portals.web import paging, planning
from portals.web.pages import page
from portals.web.requests import ActorRequest

FOR_A_VISIT = whose.Asked(
    gettext_lazy("Créer une visite : pour qui ?"),
    gettext_lazy("Créer une visite"),
    "gestion:planning",
    gettext_lazy("Planning"),
    "gestion:new-visit",
)


@require_GET
def index(request: ActorRequest) -> HttpResponse:
    """Show a day or a week of the intervenants, 15 a page, or the month added up; ?q= and ?secteur= narrow."""
    today = request.actor.today(request.now)
    shown = planning.asked(request.GET, today)
    secteurs: Any = list(Secteur.objects.visible_to(request.actor).order_by("sort_name", "id"))
    secteur = next((one for one in secteurs if str(one.public_id) == request.GET.get("secteur")), None)
    visits = board.scoped(request.actor, secteur.pk if secteur else None)
    context: dict[str, Any] = {
        "typed": request.GET.get("q", "").strip(),
        "secteurs": secteurs,
        "secteur": secteur,
        "may_manage": request.actor.has(Right.MANAGE),
    }
    if shown.view is planning.View.MONTH:
        return page(request, "manager/planning.html", context | {"planning": board.month(visits, shown, today)})
    found: Any = Intervenant.objects.visible_to(request.actor).current().found_by(context["typed"])
    cut = paging.cut(found, "sort_name", request.GET, size=board.ROWS)
    context["planning"] = board.rows(visits, cut.rows, request.actor, shown, today, returning.suffix(request))
    return page(request, "manager/planning.html", context | {"cut": cut})


@require_GET
def for_whom(request: ActorRequest) -> HttpResponse:
    """Ask for whom a visit or a series is to be created: ?q= searches, each client leads to their form."""
    return whose.ask(request, FOR_A_VISIT, _carried(request))


def _carried(request: HttpRequest) -> str:
    """Return the day and the intervenant that the form is to start from, as the end of an address."""
    kept = request.GET.copy()
    for name in list(kept):
        if name not in ("date", "intervenant"):
            del kept[name]
    return f"?{kept.urlencode()}" if kept else ""
