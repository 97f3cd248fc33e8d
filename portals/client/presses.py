"""One act on one visit: pressed, answered, and said where it stands."""

from django.http import HttpResponse, HttpResponseRedirect
from django_htmx.http import retarget

from interventions import operations
from interventions.operations import Change, RowOutcome
from interventions.states import Action
from portals.client.pages import in_list
from portals.client.prestations import show_listed, show_visit
from portals.client.visits import Visit, find
from portals.client.weeks import place_in_list
from portals.web.pages import INVALID
from portals.web.presses import key_of
from portals.web.requests import ActorRequest

SEEN = "vu"


def seen_of(request: ActorRequest) -> int:
    """Return the version of the visit that the person had before them; a form without one is taken as out of date."""
    text = request.POST.get(SEEN, "")
    return int(text) if text.isdecimal() and len(text) < 10 else 0


def is_stale(request: ActorRequest, visit: Visit) -> bool:
    """Return whether the visit has changed since the form was shown."""
    return seen_of(request) != visit.row.version


def press(request: ActorRequest, visit: Visit, action: Action, **entered: object) -> RowOutcome:
    """Do `action` on the visit as it was seen, with what was entered; return what became of it."""
    change = Change(action, visit.row.pk, seen_of(request), **entered)  # type: ignore[arg-type]
    outcome = operations.apply([change], actor=request.actor, at=request.now, key=key_of(request))
    return outcome.rows[0]


def settled(request: ActorRequest, visit: Visit) -> HttpResponse:
    """Lead back to the list, where the visit says what was just answered; within the list, say it in place."""
    if not in_list(request):
        return see_other(place_in_list(request, visit))
    return show_listed(request, visit)


def see_other(url: str) -> HttpResponse:
    """Redirect after a press, so that a reload presses nothing again."""
    return HttpResponseRedirect(url, status=303)


def refused(request: ActorRequest, visit: Visit, row: RowOutcome) -> HttpResponse:
    """Show the visit as it is now with why the press did not go; within the list, in its own place."""
    fresh = find(request, visit.row.public_id)
    return in_place(request, visit, show_visit(request, fresh, row.message, INVALID))


def in_place(request: ActorRequest, visit: Visit, response: HttpResponse) -> HttpResponse:
    """Make htmx put the answer where the visit's block stands, rather than over the whole list."""
    if not request.htmx:
        return response
    response.headers["HX-Reswap"] = "outerHTML show:none"
    return retarget(response, f"#{visit.anchor}")
