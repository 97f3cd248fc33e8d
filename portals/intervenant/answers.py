"""Accepter, Refuser, Contester: the intervenant's answers to a client, each one act on one visit."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from interventions import operations
from interventions.guards import Guard
from interventions.operations import Change
from interventions.states import Action
from portals.intervenant import visits
from portals.intervenant.refusals import show
from portals.intervenant.sheet import seen
from portals.web.pages import INVALID
from portals.web.presses import key_of, tell
from portals.web.requests import ActorRequest

COMMENT_LENGTH = 2000


@require_POST
def acceptation(request: ActorRequest, public_id: UUID) -> HttpResponse:
    """Accept what the client says: it becomes what counts."""
    return _answer(request, public_id, Action.ACCEPT_CHANGE)


@require_POST
def refus(request: ActorRequest, public_id: UUID) -> HttpResponse:
    """Refuse what the client says: the office decides, nothing changes until then."""
    return _answer(request, public_id, Action.REFUSE_CHANGE)


@require_POST
def contestation(request: ActorRequest, public_id: UUID) -> HttpResponse:
    """Dispute a cancellation of the client or of the office; it asks for a comment."""
    return _answer(request, public_id, Action.DISPUTE_CANCELLATION)


def _answer(request: ActorRequest, public_id: UUID, action: Action) -> HttpResponse:
    visit = visits.one(request.actor, public_id)
    comment = request.POST.get("comment", "")[:COMMENT_LENGTH]
    change = Change(action, visit.pk, seen=seen(request), comment=comment)
    outcome = operations.apply([change], actor=request.actor, at=request.now, key=key_of(request))
    refused = {row.refusal: row.message for row in outcome.refused}
    if Guard.COMMENT in refused:
        return show(request, status=INVALID, typed={visit.pk: comment}, errors={visit.pk: refused[Guard.COMMENT]})
    tell(request, outcome)
    if refused:
        return show(request, status=INVALID, typed={visit.pk: comment})
    return redirect("intervenant:refusals")
