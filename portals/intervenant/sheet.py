"""A visit's sheet: where, for whom, what to do, where it stands; and «Corriger» until the client has answered."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from interventions import operations
from interventions.guards import Facts
from interventions.models import Intervention
from interventions.operations import Change, possibilities
from interventions.states import Action
from portals.intervenant import visits
from portals.intervenant.around import around
from portals.intervenant.caution import Caution, cautions, told, unsettled, wants_reason
from portals.intervenant.contrat_hours import allowances
from portals.intervenant.entry import EntryForm
from portals.intervenant.places import phone_map, place, web_map
from portals.intervenant.pressed import is_replay
from portals.intervenant.undoing import undos
from portals.web.kept import forget, kept_for
from portals.web.pages import INVALID, page
from portals.web.presses import key_of, tell
from portals.web.requests import ActorRequest


@require_GET
def sheet(request: ActorRequest, public_id: UUID) -> HttpResponse:
    """Show one of the actor's visits; another's is not there."""
    visit = visits.one(request.actor, public_id)
    kept = kept_for(request, reverse("intervenant:correction", args=[public_id]))
    return show(request, visit, form_for(request, visit, kept), kept=kept is not None)


@require_http_methods(["GET", "POST"])
def correction(request: ActorRequest, public_id: UUID) -> HttpResponse:
    """Declare anew a visit that the client has not answered yet."""
    visit = visits.one(request.actor, public_id)
    if request.method == "GET":
        return redirect("intervenant:sheet", public_id)
    forget(request)
    form = form_for(request, visit, request.POST)
    if form is None or not form.is_valid() or form.facts is None:
        return show(request, visit, form, status=INVALID)
    facts = form.facts
    found = _remarks(request, visit, facts)
    if unsettled(found, form.acknowledged_codes, form.said) and not is_replay(request):
        if wants_reason(found, form.said):
            form.add_error("comment", _("Dites pourquoi en quelques mots, ou touchez un motif."))
        return show(request, visit, form, found, status=INVALID)
    change = Change(Action.CORRECT, visit.pk, seen=seen(request), facts=facts, comment=form.said)
    outcome = operations.apply([change], actor=request.actor, at=request.now, key=key_of(request))
    tell(request, outcome)
    for sentence in told(found) if outcome.done else []:
        messages.info(request, sentence)
    if outcome.refused:
        return show(request, visits.one(request.actor, public_id), form, status=INVALID)
    return redirect("intervenant:sheet", public_id)


def _remarks(request: ActorRequest, visit: Intervention, facts: Facts) -> list[Caution]:
    """Return what to point out about a correction: measured against the plan, not against what stood before."""
    allowed = allowances(request.actor, [visit], {visit.pk: facts})
    near = around(request.actor, [facts])
    return cautions(facts, visit.planned, request.actor, near, visit.pk, allowed.get(visit.pk))


def seen(request: ActorRequest) -> int:
    """Return the version that the person had before them; 0, which no visit has, for a form that does not say."""
    text = request.POST.get("seen", "")
    return int(text) if text.isdecimal() and len(text) < 10 else 0


def form_for(request: ActorRequest, visit: Intervention, data: Any = None) -> EntryForm | None:
    """Return the form that corrects what is declared, or None where nothing is."""
    if visit.declared is None:
        return None
    return EntryForm(data, actor=request.actor, now=request.now, known=visit.declared, comment=visit.comment)


def show(
    request: ActorRequest,
    visit: Intervention,
    form: EntryForm | None,
    found: list[Caution] | None = None,
    status: int = 200,
    kept: bool = False,
) -> HttpResponse:
    """Show the sheet; the client's address, telephone and code only to those who go there."""
    possible = possibilities([visit.pk], request.actor, request.now)[visit.pk]
    own = visits.is_own_client(request.actor, visit.client_id, request.now)
    context = {
        "visit": visit,
        "client": visit.client if own else None,
        "map_url": web_map(visit.client) if own else "",
        "phone_map": phone_map(visit.client) if own else "",
        "place": place(visit.client) if own else "",
        "form": form if Action.CORRECT in possible.actions else None,
        "correcting": kept or "corriger" in request.GET or request.method == "POST",
        "kept": kept,
        "undos": undos(request.actor, request.now, visit.pk),
        "cautions": found or [],
        "acknowledged": " ".join(caution.code for caution in found or []),
        "waits_here": Action.COMPLETE in possible.actions,
    }
    if request.method == "POST" and context["form"] is None:
        messages.warning(request, _("Cette visite ne se corrige plus\u00a0: le client a répondu, ou elle a changé."))
    return page(request, "intervenant/sheet.html", context, status=status)
