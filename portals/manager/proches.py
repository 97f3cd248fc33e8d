"""Who may act for a client, as the agency enters it, a paper in hand."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from interventions import mandates
from interventions.models import Client, Proche, ProcheKind
from portals.manager import clients, visible
from portals.web.mandates import MandateForm, record
from portals.web.pages import INVALID, page
from portals.web.requests import ActorRequest

NO_RIGHT = gettext_lazy("Un mandat demande le droit de gestion, que l’administration de votre agence accorde.")


class AgencyMandateForm(MandateForm):
    """The same, with what only the agency may say: what binds the person to the client, and by which paper."""

    kind = forms.ChoiceField(label=gettext_lazy("Qualité"), choices=ProcheKind.choices)
    paper = forms.CharField(
        label=gettext_lazy("Document vu"),
        help_text=gettext_lazy("Par exemple : jugement du 3 mars 2026, ou lettre du client du 12 mai 2026."),
        max_length=500,
        error_messages={"required": mandates.NO_PAPER},
    )
    field_order = ("kind", "paper")


@require_http_methods(["GET", "HEAD", "POST"])
def create(request: ActorRequest, public_id: UUID) -> HttpResponse:
    """Enter a mandate for a client."""
    client = visible.client(request, public_id)
    _needs_right(request)
    form = AgencyMandateForm(request)
    if request.method != "POST":
        return _form(request, client, form)
    if not form.is_valid():
        return _form(request, client, form, status=INVALID)
    try:
        made = mandates.name(request.actor, client, form.person, form.terms, at=request.now, paper=form.document)
    except mandates.Refused as refusal:
        form.add_error(None, str(refusal))
        return _form(request, client, form, status=INVALID)
    messages.success(request, _("Mandat enregistré pour %(who)s, qui en est informé par mail.") % {"who": made})
    return _back(client)


@require_http_methods(["GET", "HEAD", "POST"])
def change(request: ActorRequest, public_id: UUID) -> HttpResponse:
    """Change a mandate, or only read its record."""
    mandate = find(request, public_id)
    _needs_right(request)
    form = AgencyMandateForm(request, mandate)
    if request.method != "POST":
        return _form(request, mandate.client, form, mandate)
    if not form.is_valid():
        return _form(request, mandate.client, form, mandate, INVALID)
    try:
        mandates.change(request.actor, mandate, form.terms, at=request.now, paper=form.document)
    except mandates.Refused as refusal:
        form.add_error(None, str(refusal))
        return _form(request, mandate.client, form, mandate, INVALID)
    messages.success(request, _("Mandat de %(who)s enregistré.") % {"who": mandate})
    return _back(mandate.client)


@require_POST
def end(request: ActorRequest, public_id: UUID) -> HttpResponse:
    """End a mandate at once."""
    mandate = find(request, public_id)
    _needs_right(request)
    try:
        mandates.end(request.actor, mandate, at=request.now, paper=request.POST.get("paper", "")[:500])
    except mandates.Refused as refusal:
        messages.warning(request, str(refusal))
    else:
        messages.success(request, _("Le mandat de %(who)s est terminé.") % {"who": mandate})
    return _back(mandate.client)


def _needs_right(request: ActorRequest) -> None:
    if not mandates.may_name(request.actor):
        raise PermissionDenied(NO_RIGHT)


def find(request: ActorRequest, public_id: UUID) -> Proche:
    """Return a mandate of a client whom this manager sees; any other is not there (404)."""
    seen: Any = Client.objects.visible_to(request.actor)
    found = Proche.objects.filter(agence_id=request.actor.agence_id, client__in=seen)
    return get_object_or_404(found.select_related("client", "user"), public_id=public_id)


def _back(client: Client) -> HttpResponse:
    return HttpResponseRedirect(clients.client_url(client), status=303)


def _form(
    request: ActorRequest, client: Client, form: MandateForm, mandate: Proche | None = None, status: int = 200
) -> HttpResponse:
    context = {"client": client, "form": form, "mandate": mandate, "record": record(mandate) if mandate else []}
    return page(request, "manager/proche.html", context, status=status)
