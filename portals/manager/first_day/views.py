"""Mise en route: the steps of an agency that begins, and whether Accueil and the menu go on showing them."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from interventions import operations
from interventions.states import Right
from portals.manager.acts import SeeOther
from portals.manager.first_day import steps
from portals.manager.first_day.steps import Step
from portals.web.pages import page
from portals.web.requests import ActorRequest

# What the button says that goes on showing the steps, or stops.
SHOWN = {"oui": True, "non": False}


@dataclass(frozen=True, slots=True)
class Standing:
    """How far an agency is: its steps, how many are done, and the next one for who looks, None where none is left."""

    steps: list[Step]
    done: int
    following: Step | None

    @property
    def is_over(self) -> bool:
        """Whether nothing is missing."""
        return self.done == len(self.steps)


def standing(request: ActorRequest) -> Standing:
    """Return how far the agency is; the next step is one that the actor may do, if there is one."""
    found = steps.read(request.actor)
    open_ones = [step for step in found if not step.done]
    following = next((step for step in open_ones if step.links), next(iter(open_ones), None))
    return Standing(found, len(found) - len(open_ones), following)


@require_http_methods(["GET", "POST"])
def index(request: ActorRequest) -> HttpResponse:
    """Show the steps; a POST takes them off Accueil and the menu, or puts them back (administration)."""
    may = request.actor.has(Right.ADMINISTER)
    if request.method == "POST":
        if not may:
            raise PermissionDenied(_("La mise en route revient à qui a l’administration."))
        return _show_or_not(request)
    context = {"standing": standing(request), "shown": request.actor.agence.first_day, "may_administer": may}
    return page(request, "manager/first_day/index.html", context)


def _show_or_not(request: ActorRequest) -> HttpResponse:
    shown = SHOWN.get(request.POST.get("montrer", ""), True)
    operations.choose(request.actor, {"first_day": shown}, request.now)
    if shown:
        messages.success(request, _("La mise en route se voit de nouveau sur l’Accueil."))
        return SeeOther(reverse("gestion:first-day"))
    messages.success(request, _("La mise en route n’est plus sur l’Accueil ; elle reste dans Paramètres."))
    return SeeOther(reverse("gestion:home"))
