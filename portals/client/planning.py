"""Mon planning, read only: the same visits with the same facts as on every other planning."""

from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from interventions.models import Intervention
from portals.client.pages import show
from portals.client.words import STATUS_WORDS
from portals.web.planning import asked, build
from portals.web.requests import ActorRequest


@require_safe
def planning(request: ActorRequest) -> HttpResponse:
    """Show the client's planning for the days asked for; each visit leads to its page."""
    today = request.actor.today(request.now)
    visits = Intervention.objects.visible_to(request.actor)
    built = build(visits, request.actor, asked(request.GET, today), today, _address, words=STATUS_WORDS)
    return show(request, "client/planning.html", {"planning": built})


def _address(visit: Intervention) -> str:
    return reverse("client:visite", args=[visit.public_id])
