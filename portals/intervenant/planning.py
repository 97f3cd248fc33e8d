"""Mon planning: a day, a week or a month of the intervenant's own visits, read only."""

from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_GET

from interventions.models import Intervenant, Intervention
from portals.intervenant import visits
from portals.web.pages import page
from portals.web.planning import View, asked, build
from portals.web.requests import ActorRequest


def address(visit: Intervention) -> str:
    """Return the address of a visit's sheet."""
    return reverse("intervenant:sheet", args=[visit.public_id])


@require_GET
def planning(request: ActorRequest) -> HttpResponse:
    """Show ?vue=jour, semaine or mois around ?date=; without them this week."""
    today = request.actor.today(request.now)
    made = build(visits.mine(request.actor), request.actor, asked(request.GET, today), today, address)
    shown_week = made.span.view is View.WEEK
    agreed = weekly_minutes(request) if shown_week else None
    return page(request, "intervenant/planning.html", {"planning": made, "agreed": agreed})


def weekly_minutes(request: ActorRequest) -> int | None:
    """Return the minutes a week of the intervenant's own contract, None where the agency has not said."""
    own = Intervenant.objects.filter(agence_id=request.actor.agence_id, pk=request.actor.intervenant_id or 0)
    return own.values_list("weekly_minutes", flat=True).get()
