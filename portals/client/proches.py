"""Mes proches: whom the client lets act for them, and until when."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from interventions import mandates
from interventions.models import Client, Proche
from interventions.states import Role
from portals.client.pages import show
from portals.client.presses import see_other
from portals.web.mandates import MandateForm, record
from portals.web.pages import INVALID
from portals.web.requests import ActorRequest


def in_person(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Refuse the view, in words, to whoever acts for the client."""

    @wraps(view)
    def entered(request: ActorRequest, **named: UUID) -> HttpResponse:
        if request.actor.role is not Role.CLIENT:
            raise PermissionDenied(mandates.NOT_YOURS)
        return view(request, **named)

    return entered


@require_safe
def index(request: ActorRequest) -> HttpResponse:
    """List who acts for the client; a proche is told who names them."""
    rows: list[Any] = list(_visible(request).select_related("user").order_by("starts_on", "pk"))
    today = request.actor.today(request.now)
    current = [row for row in rows if row.ended_at is None and (row.ends_on is None or row.ends_on >= today)]
    listed = [(row, mandates.may_change(request.actor, row)) for row in current]
    context = {
        "listed": listed,
        "may_name": mandates.may_name(request.actor),
        "in_person": request.actor.role is Role.CLIENT,
        "today": today,
    }
    return show(request, "client/proches.html", context)


@in_person
@require_http_methods(["GET", "HEAD", "POST"])
def create(request: ActorRequest) -> HttpResponse:
    """Name somebody."""
    if not mandates.may_name(request.actor):
        raise PermissionDenied(mandates.NOT_YOURS)
    form = MandateForm(request)
    if request.method != "POST":
        return _form(request, form)
    if not form.is_valid():
        return _form(request, form, status=INVALID)
    client = get_object_or_404(Client, agence_id=request.actor.agence_id, pk=request.actor.client_id or 0)
    try:
        made = mandates.name(request.actor, client, form.person, form.terms, at=request.now)
    except mandates.Refused as refusal:
        form.add_error(None, str(refusal))
        return _form(request, form, status=INVALID)
    messages.success(request, _("%(who)s peut agir pour vous. Un mail lui dit comment faire.") % {"who": made})
    return see_other(reverse("client:proches"))


@in_person
@require_http_methods(["GET", "HEAD", "POST"])
def change(request: ActorRequest, public_id: UUID) -> HttpResponse:
    """Change what somebody may do."""
    mandate = _own(request, public_id)
    form = MandateForm(request, mandate)
    if request.method != "POST":
        return _form(request, form, mandate)
    if not form.is_valid():
        return _form(request, form, mandate, INVALID)
    try:
        mandates.change(request.actor, mandate, form.terms, at=request.now)
    except mandates.Refused as refusal:
        form.add_error(None, str(refusal))
        return _form(request, form, mandate, INVALID)
    messages.success(request, _("C’est enregistré pour %(who)s.") % {"who": mandate})
    return see_other(reverse("client:proches"))


@in_person
@require_POST
def end(request: ActorRequest, public_id: UUID) -> HttpResponse:
    """End somebody's mandate, at once."""
    mandate = _own(request, public_id)
    try:
        mandates.end(request.actor, mandate, at=request.now)
    except mandates.Refused as refusal:
        messages.warning(request, str(refusal))
    else:
        messages.success(request, _("%(who)s ne peut plus agir pour vous.") % {"who": mandate})
    return see_other(reverse("client:proches"))


def _visible(request: ActorRequest) -> Any:
    """Return the client's mandates to the client in person; whoever acts for them sees none."""
    if request.actor.role is not Role.CLIENT:
        return Proche.objects.none()
    return Proche.objects.filter(agence_id=request.actor.agence_id, client_id=request.actor.client_id or 0)


def _own(request: ActorRequest, public_id: UUID) -> Proche:
    mandate: Proche = get_object_or_404(_visible(request).select_related("user"), public_id=public_id)
    if request.method != "POST" and not mandates.may_change(request.actor, mandate):
        raise PermissionDenied(mandates.OVER if mandate.ended_at else mandates.BY_THE_AGENCY)
    return mandate


def _form(request: ActorRequest, form: MandateForm, mandate: Proche | None = None, status: int = 200) -> HttpResponse:
    context = {"form": form, "mandate": mandate, "record": record(mandate) if mandate else []}
    return show(request, "client/proche.html", context, status=status)
