"""À délibérer: the list, and the page of one decision with the versions side by side."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from interventions.models import GroundsTemplate, Intervention
from interventions.operations import Possibility
from interventions.registry import keeping
from interventions.states import Action, Right
from portals.manager import acts, visible, visits, waiting
from portals.manager.deliberation_form import ArbitrateForm
from portals.manager.disputes import earlier
from portals.manager.waiting import Subject
from portals.web import paging
from portals.web.pages import INVALID, page
from portals.web.presses import tell
from portals.web.requests import ActorRequest


def to_decide(request: ActorRequest) -> Any:
    """Return the visits to decide on, those that have waited longest first."""
    return waiting.visits(request.actor, request.actor.today(request.now), Subject.ARBITRATION)


@require_GET
def index(request: ActorRequest) -> HttpResponse:
    """List what waits for a decision, 50 a page."""
    cut = paging.cut(to_decide(request), "since", request.GET)
    context = {
        "cut": cut,
        "may_arbitrate": request.actor.has(Right.ARBITRATE),
        "may_administer": request.actor.has(Right.ADMINISTER),
        "four_eyes": request.actor.agence.four_eyes,
    }
    return page(request, "manager/deliberations.html", context, fragment="rows")


@require_POST
def four_eyes(request: ActorRequest) -> HttpResponse:
    """Ask for four eyes over each délibération of the agency, or no longer."""
    if not request.actor.has(Right.ADMINISTER):
        raise PermissionDenied(_("Le double regard se règle avec le droit d’administration. Rien n’a été enregistré."))
    asked = request.POST.get("double-regard") == "oui"
    keeping.set_four_eyes(request.actor, asked, request.now)
    on, off = _("Le double regard est demandé."), _("Le double regard n’est plus demandé.")
    messages.success(request, on if asked else off)
    return acts.SeeOther(reverse("gestion:deliberations"))


@require_http_methods(["GET", "POST"])
def decide(request: ActorRequest, public_id: UUID) -> HttpResponse:
    """Show a dispute whole and decide on it; then the next one at once."""
    visit = visible.visit(request, public_id)
    possible = acts.possible(request, visit)
    form = _form(request, visit, possible)
    if request.method == "POST":
        if form.is_valid() and (done := acts.press(request, form)) is not None:
            tell(request, done)
            following = to_decide(request).first()
            return acts.SeeOther(_url(following) if following else reverse("gestion:deliberations"))
        visit = visible.visit(request, public_id)
        possible = acts.possible(request, visit)
    context = visits.window(request, visit, possible) | _queue(request, visit)
    context |= {"form": form, "closed": acts.why_closed(possible, Action.ARBITRATE)}
    context |= {
        "took_part": earlier.why_not(possible, request.actor),
        "earlier": earlier.earlier(visit, request.actor),
    }
    context["grounds"] = _grounds(request) if not context["closed"] else []
    return page(request, "manager/deliberation.html", context, status=INVALID if form.is_bound else 200)


def _grounds(request: ActorRequest) -> list[GroundsTemplate]:
    """Return the agency's texts with which grounds may begin, by name."""
    found = GroundsTemplate.objects.filter(agence_id=request.actor.agence_id, archived_at__isnull=True)
    return list(found.order_by("sort_name", "id"))


def _form(request: ActorRequest, visit: Intervention, possible: Possibility) -> ArbitrateForm:
    data = request.POST if request.method == "POST" else None
    return ArbitrateForm(
        row=possible.row, action=Action.ARBITRATE, visit=visit, actor=request.actor, now=request.now, data=data
    )


def _queue(request: ActorRequest, visit: Intervention) -> dict[str, Any]:
    """Return where the visit stands among those to decide on, and the address of the next one."""
    keys = list(to_decide(request).values_list("pk", "public_id"))
    place = next((n for n, (key, _public_id) in enumerate(keys) if key == visit.pk), None)
    others = [public_id for key, public_id in keys if key != visit.pk]
    following = others[(place or 0) % len(others)] if others else None
    return {
        "place": place + 1 if place is not None else None,
        "waiting": len(keys),
        "next_url": reverse("gestion:deliberation", args=[following]) if following else "",
    }


def _url(visit: Any) -> str:
    return reverse("gestion:deliberation", args=[visit.public_id])
