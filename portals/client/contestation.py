"""Contester: a cancelled visit did take place, or a validation that the client's side did not give is wrong."""

from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from interventions.guards import Guard
from interventions.operations import RowOutcome
from interventions.states import Action
from portals.client.fields import WordField
from portals.client.pages import show
from portals.client.presses import press, see_other
from portals.client.prestations import show_visit
from portals.client.refusals import Refusal, read
from portals.client.visits import Visit, find
from portals.web.pages import INVALID
from portals.web.requests import ActorRequest


class DisputeForm(forms.Form):
    """Why a cancelled visit did take place: the agency reads it before it decides."""

    comment = WordField(
        label=gettext_lazy("Ce qui s’est passé"), required=True, error_messages={"required": Guard.COMMENT.label}
    )


@require_http_methods(["GET", "HEAD", "POST"])
def contestation(request: ActorRequest, public_id: UUID) -> HttpResponse:
    """Show what may be contested of this visit, or contest it."""
    visit = find(request, public_id)
    if request.method == "POST":
        return _object(request, visit) if "motif" in request.POST else _dispute(request, visit)
    if visit.may_dispute:
        return _dispute_form(request, visit, DisputeForm())
    if visit.may_object:
        return _objection_form(request, visit, read(request, visit, may_deny=True))
    return show_visit(request, visit)


def _dispute(request: ActorRequest, visit: Visit) -> HttpResponse:
    form = DisputeForm(request.POST)
    if not form.is_valid():
        return _dispute_form(request, visit, form, status=INVALID)
    row = press(request, visit, Action.DISPUTE_CANCELLATION, comment=form.cleaned_data["comment"])
    if row.done:
        return _done(request, visit)
    fresh = find(request, visit.row.public_id)
    if fresh.may_dispute:
        return _dispute_form(request, fresh, form, row.message, INVALID)
    return show_visit(request, fresh, row.message, INVALID)


def _object(request: ActorRequest, visit: Visit) -> HttpResponse:
    asked = read(request, visit, may_deny=True)
    if asked.form is None:
        return _objection_form(request, visit, asked, str(Guard.MOTIF.label), INVALID)
    if not asked.form.is_bound and visit.may_object:
        return _objection_form(request, visit, asked)
    if not asked.form.is_valid():
        return _objection_form(request, visit, asked, status=INVALID)
    row = _press_objection(request, visit, asked)
    if row.done:
        return _done(request, visit)
    fresh = find(request, visit.row.public_id)
    if fresh.may_object:
        return _objection_form(request, fresh, asked, row.message, INVALID)
    return show_visit(request, fresh, row.message, INVALID)


def _press_objection(request: ActorRequest, visit: Visit, asked: Refusal) -> RowOutcome:
    comment = asked.form.cleaned_data["comment"] if asked.form else ""
    if asked.denies or asked.motif is None or asked.form is None:
        return press(request, visit, Action.OBJECT, cancels=True, comment=comment)
    return press(request, visit, Action.OBJECT, motif_id=asked.motif.pk, facts=asked.form.facts, comment=comment)


def _done(request: ActorRequest, visit: Visit) -> HttpResponse:
    messages.success(request, _("C’est envoyé. L’agence va décider et vous écrira."))
    return see_other(visit.at["visite"])


def _dispute_form(
    request: ActorRequest, visit: Visit, form: DisputeForm, refusal: str = "", status: int = 200
) -> HttpResponse:
    context = {"visit": visit, "form": form, "refusal": refusal}
    return show(request, "client/contestation_annulation.html", context, status=status)


def _objection_form(
    request: ActorRequest, visit: Visit, asked: Refusal, refusal: str = "", status: int = 200
) -> HttpResponse:
    fragment = "fields" if "motif" in request.GET else None
    context = {
        "visit": visit,
        "asked": asked,
        "refusal": refusal,
        "may_deny": True,
        "address": visit.at["contestation"],
    }
    return show(request, "client/contestation_validation.html", context, fragment, status)
