"""Modifier: the client's side proposes other hours or kilometres; the planning stays as it is meanwhile."""

from uuid import UUID

from django.http import HttpResponse
from django.views.decorators.http import require_http_methods

from interventions.guards import Guard
from interventions.states import Action
from portals.client.pages import show
from portals.client.presses import in_place, is_stale, press, settled
from portals.client.prestations import show_visit
from portals.client.refusals import Refusal, read
from portals.client.visits import Visit, find
from portals.web.pages import INVALID
from portals.web.requests import ActorRequest


@require_http_methods(["GET", "HEAD", "POST"])
def modification(request: ActorRequest, public_id: UUID) -> HttpResponse:
    """Show the motifs, then what the chosen one opens; or send the modification."""
    visit = find(request, public_id)
    refusal = read(request, visit)
    if request.method != "POST":
        return _form(request, visit, refusal) if visit.may_modify else show_visit(request, visit)
    if refusal.motif is None or refusal.form is None:
        return _again(request, visit, refusal, str(Guard.MOTIF.label))
    if not refusal.form.is_bound and visit.may_modify:
        return in_place(request, visit, _form(request, visit, refusal))
    if not refusal.form.is_valid():
        return _again(request, visit, refusal)
    row = press(
        request,
        visit,
        Action.CONTEST,
        motif_id=refusal.motif.pk,
        facts=refusal.form.facts,
        comment=refusal.form.cleaned_data["comment"],
    )
    return settled(request, visit) if row.done else _again(request, visit, refusal, row.message)


def _again(request: ActorRequest, visit: Visit, refusal: Refusal, message: str = "") -> HttpResponse:
    """Answer what did not go: the form with what was typed, or the visit where no form can help any more."""
    fresh = find(request, visit.row.public_id)
    message = message or (str(Guard.STALE.label) if is_stale(request, fresh) else "")
    if fresh.may_modify:
        return in_place(request, visit, _form(request, fresh, refusal, message, INVALID))
    return in_place(request, visit, show_visit(request, fresh, message, INVALID))


def _form(request: ActorRequest, visit: Visit, refusal: Refusal, message: str = "", status: int = 200) -> HttpResponse:
    """Render the block with its form; htmx that swaps only the fields asks for them by naming the motif."""
    fragment = "fields" if "motif" in request.GET else "visit"
    context = {
        "visit": visit,
        "asked": refusal,
        "refusal": message,
        "may_deny": False,
        "address": visit.at["modification"],
    }
    return show(request, "client/modification.html", context, fragment, status)
