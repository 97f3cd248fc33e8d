"""Absences of clients and intervenants: entered from their fiche, corrected, removed."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from interventions.models import Absence
from interventions.planning import absences
from interventions.states import Right
from portals.manager import acts, visible
from portals.manager.absence_forms import AbsenceForm
from portals.web.pages import INVALID, page
from portals.web.presses import key_of, tell
from portals.web.requests import ActorRequest


def find(request: ActorRequest, public_id: UUID) -> Absence:
    """Return an absence of an intervenant, or of a client that this person sees."""
    found: Any = Absence.objects.visible_to(request.actor)
    return get_object_or_404(found.select_related("client", "intervenant"), public_id=public_id)


def listed(request: ActorRequest, **person: int) -> list[Absence]:
    """Return the absences of somebody that are not over, the next one first."""
    today = request.actor.today(request.now)
    found: Any = Absence.objects.visible_to(request.actor).filter(**person).exclude(ends_on__lt=today)
    return list(found.order_by("starts_on", "id"))


def fiche_url(absence: Absence) -> str:
    """Return the address of the fiche of whom it is about."""
    if absence.client:
        return reverse("gestion:client", args=[absence.client.public_id])
    person: Any = absence.intervenant
    return reverse("gestion:intervenant", args=[person.public_id])


@require_http_methods(["GET", "POST"])
def of_client(request: ActorRequest, public_id: UUID) -> HttpResponse:
    """Enter an absence of a client."""
    client = visible.client(request, public_id)
    return _enter(request, Absence(agence_id=request.actor.agence_id, client=client))


@require_http_methods(["GET", "POST"])
def of_intervenant(request: ActorRequest, public_id: UUID) -> HttpResponse:
    """Enter an absence of an intervenant."""
    intervenant = visible.intervenant(request, public_id)
    return _enter(request, Absence(agence_id=request.actor.agence_id, intervenant=intervenant))


@require_http_methods(["GET", "POST"])
def correct(request: ActorRequest, public_id: UUID) -> HttpResponse:
    """Correct an absence; what becomes of the visits then inside is asked again."""
    return _enter(request, find(request, public_id))


@require_http_methods(["GET", "POST"])
def remove(request: ActorRequest, public_id: UUID) -> HttpResponse:
    """Ask, then remove an absence; its visits stay as they are."""
    absence, may = find(request, public_id), request.actor.has(Right.MANAGE)
    if request.method == "POST" and may:
        absences.remove(absence, request.actor)
        messages.success(request, _("L’absence est retirée ; les visites restent comme elles sont."))
        return acts.SeeOther(fiche_url(absence))
    context: dict[str, Any] = {"absence": absence, "person": absence.client or absence.intervenant}
    context |= {"may_manage": may, "fiche": fiche_url(absence)}
    status = INVALID if request.method == "POST" else 200
    return page(request, "manager/absence_remove.html", context, status=status)


def _enter(request: ActorRequest, absence: Absence) -> HttpResponse:
    posted, may = request.method == "POST", request.actor.has(Right.MANAGE)
    today = request.actor.today(request.now)
    data = request.POST if posted else None
    form = AbsenceForm(absence=absence, actor=request.actor, today=today, data=data)
    if posted and form.is_valid() and may:
        if _known(absence):
            messages.info(request, _("Cette absence était déjà enregistrée."))
        else:
            _save(request, form)
        return acts.SeeOther(fiche_url(absence))
    person = absence.client or absence.intervenant
    context = {"absence": absence, "person": person, "form": form, "may_manage": may, "fiche": fiche_url(absence)}
    return page(request, "manager/absence.html", context, status=INVALID if posted else 200)


def _known(absence: Absence) -> bool:
    """Whether a new absence is there already: the same press again, or somebody else was quicker."""
    if absence.pk:
        return False
    same: dict[str, Any] = {"client": absence.client_id, "intervenant": absence.intervenant_id, "kind": absence.kind}
    found = Absence.objects.filter(agence_id=absence.agence_id, **same)
    return found.filter(starts_on=absence.starts_on, ends_on=absence.ends_on).exists()


def _save(request: ActorRequest, form: AbsenceForm) -> None:
    motif = form.cleaned_data["motif"]
    outcome = absences.enter(
        form.absence,
        form.fate_chosen,
        motif_id=motif.pk if motif else None,
        reason=form.cleaned_data.get("reason", ""),
        actor=request.actor,
        at=request.now,
        key=key_of(request),
    )
    messages.success(request, _("L’absence est enregistrée."))
    if outcome:
        tell(request, outcome)
