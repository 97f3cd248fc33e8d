"""Mes prestations, and the page of one visit."""

from uuid import UUID

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from portals.client.demandes import Demande, demande_of
from portals.client.pages import show
from portals.client.visits import Visit, find
from portals.client.weeks import listing
from portals.web.requests import ActorRequest


@require_safe
def prestations(request: ActorRequest) -> HttpResponse:
    """Show what awaits the client's answer; after a press through htmx, the list alone."""
    context = {"listing": listing(request), "in_list": True, "swapped": bool(request.htmx)}
    return show(request, "client/prestations.html", context, "prestations")


def show_listed(request: ActorRequest, visit: Visit) -> HttpResponse:
    """Show how a visit of the list stands after a press, with the counts and the week that it belongs to."""
    shown = listing(request)
    try:
        week, block, fresh = shown.place_of(visit)
    except LookupError:
        return show_visit(request, find(request, visit.row.public_id))
    context = {"listing": shown, "week": week, "block": block, "visit": fresh, "in_list": True, "swapped": True}
    return show(request, "client/prestations.html", context, "answered")


@require_safe
def visite(request: ActorRequest, public_id: UUID) -> HttpResponse:
    """Show one visit with what may be done about it and how it came to be so; for htmx its block alone."""
    return show_visit(request, find(request, public_id))


def show_visit(request: ActorRequest, visit: Visit, refusal: str = "", status: int = 200) -> HttpResponse:
    """Show a visit as it is now; `refusal` says why what was asked did not go."""
    history: Demande = demande_of(visit, request)
    context = {"visit": visit, "demande": history, "refusal": refusal}
    return show(request, "client/visite.html", context, "visit", status)
