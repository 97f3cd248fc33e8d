"""One act on one visit: its form, then one domain call."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from interventions import operations
from interventions.guards import Guard
from interventions.models import Intervention
from interventions.states import Action
from portals.manager import cautions, returning, scans, visible
from portals.manager.act_forms import ActForm
from portals.manager.act_list import ACTS
from portals.web.pages import INVALID, page
from portals.web.presses import key_of, tell
from portals.web.requests import ActorRequest

# No visit has this version: a form that does not say what the person saw is refused as stale.
NEVER_SEEN = 0


class SeeOther(HttpResponseRedirect):
    """After a POST: the page that shows what has become of it, fetched by GET."""

    status_code = 303


def visit_url(visit: Intervention) -> str:
    """Return the address of a visit's window."""
    return reverse("gestion:visit", args=[visit.public_id])


def visit_address() -> tuple[str, str]:
    """Return what stands before and after the key in that address: worked out once for many, not once a visit."""
    nil = UUID(int=0)
    before, _key, after = reverse("gestion:visit", args=[nil]).partition(str(nil))
    return before, after


@require_http_methods(["GET", "POST"])
def act(request: ActorRequest, public_id: UUID, action: Action) -> HttpResponse:
    """Show the form of an act, or do it: then back to the visit's window, or the form again with what is wrong."""
    visit = visible.visit(request, public_id)
    form = form_for(request, visit, action)
    if request.method == "POST":
        if form.is_valid() and (done := press(request, form)) is not None:
            tell(request, done)
            if not form.cautions:
                cautions.tell(request, visit.pk)
            return SeeOther(returning.back(request) or visit_url(visit))
        visit = visible.visit(request, public_id)  # as it is now: a stale one is shown anew
    return page(
        request,
        "manager/act.html",
        {
            "act": ACTS[action],
            "visit": visit,
            "form": form,
            "closed": why_closed(possible(request, visit), action),
            "back": returning.back(request),
            "carried": returning.carried(request),
        },
        fragment="form",
        status=INVALID if form.is_bound else 200,
    )


def form_for(request: ActorRequest, visit: Intervention, action: Action) -> ActForm:
    """Return the form of an act on a visit, holding what was posted if this is a press."""
    data = request.POST if request.method == "POST" else None
    files = request.FILES if request.method == "POST" else None
    return ACTS[action].form(action=action, visit=visit, actor=request.actor, now=request.now, data=data, files=files)


def press(request: ActorRequest, form: ActForm) -> operations.Outcome | None:
    """Apply what a valid form says; None where the domain refuses, its reason then stands in the form."""
    seen = request.POST.get("seen", "")
    outcome = operations.apply(
        [form.change(int(seen) if seen.isdigit() else NEVER_SEEN)],
        actor=request.actor,
        at=request.now,
        key=key_of(request),
        ground=form.chosen_ground,
        ground_text=form.cleaned_data.get("ground_text", ""),
    )
    if outcome.done:
        if scan := form.cleaned_data.get("scan"):
            scans.keep(request, form.visit, outcome, scan)
        return outcome
    for row in outcome.refused:
        form.refuse(row.refusal, row.message)
    return None


def possible(request: ActorRequest, visit: Intervention) -> operations.Possibility:
    """Return what this person may do now with a visit that they see."""
    return operations.possibilities([visit.pk], request.actor, request.now)[visit.pk]


def why_closed(possible: operations.Possibility, action: Action) -> str:
    """Return why an act cannot be done now (empty when it can)."""
    if action in possible.actions:
        return ""
    return str(possible.blocked.get(action, Guard.STATUS).label)
