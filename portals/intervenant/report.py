"""Ajouter une intervention: one that took place and was not planned."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, cast

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from interventions import hours, operations
from interventions.guards import ContratTerms
from interventions.models import Contrat, Prestation
from interventions.operations import Change, NewVisit
from interventions.states import Action
from portals.intervenant import visits
from portals.intervenant.around import around
from portals.intervenant.caution import Caution, cautions, told, unsettled
from portals.intervenant.contrat_hours import allowance_of_new
from portals.intervenant.pressed import is_replay
from portals.intervenant.report_form import ReportForm
from portals.web.kept import forget, kept_for
from portals.web.pages import INVALID, page
from portals.web.phone import is_ahead
from portals.web.presses import FIELD, key_of, tell
from portals.web.requests import ActorRequest


@require_http_methods(["GET", "POST"])
def nouvelle(request: ActorRequest) -> HttpResponse:
    """Add a visit that took place: done if a contrat facturable is found, else kept until the office attaches it."""
    if request.method == "GET":
        kept = kept_for(request, request.path)
        return show(request, _form(request, kept), kept=kept is not None)
    forget(request)
    form = _form(request, request.POST)
    if not form.is_valid() or form.facts is None:
        return show(request, form, status=INVALID)
    contrat = billable_for(request, form.new_visit())
    allowed = allowance_of_new(request.actor, contrat, form.facts)
    found = cautions(form.facts, None, request.actor, around(request.actor, [form.facts]), allowance=allowed)
    if unsettled(found, form.acknowledged_codes, form.said) and not is_replay(request):
        return show(request, form, found, status=INVALID)
    return _save(request, form, contrat, found)


def _save(request: ActorRequest, form: ReportForm, contrat: Contrat | None, found: list[Caution]) -> HttpResponse:
    action = Action.REPORT if contrat else Action.REPORT_UNATTACHED
    change = Change(action, comment=form.said, new=form.new_visit())
    outcome = operations.apply([change], actor=request.actor, at=request.now, key=key_of(request))
    if outcome.refused:
        for row in outcome.refused:
            form.add_error(None, row.message)
        return show(request, form, status=INVALID)
    tell(request, outcome)
    for sentence in (_where(form, contrat), *told(found)) if outcome.done else ():
        messages.info(request, sentence)
    return redirect("intervenant:interventions")


def _where(form: ReportForm, contrat: Contrat | None) -> str:
    """Say which prestation and contrat were found, or that the office has it to attach."""
    if contrat is None:
        sentence = _("Aucun contrat facturable de cette prestation n’a été trouvé pour ce client.")
        return sentence + " " + _("Votre saisie est gardée : l’agence l’a dans sa liste « à rattacher ».")
    words = {"prestation": form.chosen_prestation, "number": contrat.number}
    return _("%(prestation)s, contrat n° %(number)s.") % words


def billable_for(request: ActorRequest, new: NewVisit) -> Contrat | None:
    """Return the contrat facturable of that prestation that covers the client on the visit's day, the latest début."""
    day = hours.day_of(new.start, request.actor.zone)
    found = Contrat.objects.filter(
        agence_id=request.actor.agence_id, client_id=new.client_id, prestation_id=new.prestation_id
    )
    terms = ((row, ContratTerms(row.client_id, row.state, row.billable, row.starts_on, row.ends_on)) for row in found)
    covering = [row for row, each in terms if each.covers(new.client_id, day)]
    return max(covering, key=lambda row: (row.starts_on, row.pk), default=None)


def _form(request: ActorRequest, data: QueryDict | None) -> ReportForm:
    offered = Prestation.objects.filter(agence_id=request.actor.agence_id, archived_at__isnull=True)
    return ReportForm(
        data,
        actor=request.actor,
        now=request.now,
        clients=visits.clients(request.actor, request.now),
        prestations=list(cast("Iterable[Prestation]", offered.order_by("name"))),
        usual=visits.usual_prestations(request.actor),
    )


def show(
    request: ActorRequest,
    form: ReportForm,
    found: list[Caution] | None = None,
    status: int = 200,
    kept: bool = False,
) -> HttpResponse:
    """Show the form, with what to look at before it is saved."""
    acknowledged = " ".join(caution.code for caution in found or [])
    context: dict[str, Any] = {
        "form": form,
        "cautions": found or [],
        "acknowledged": acknowledged,
        "kept": kept,
        "pressed": request.POST.get(FIELD, ""),
    }
    if is_ahead(request):
        context["messages"] = ()
    return page(request, "intervenant/report.html", context, status=status)
