"""Ajouter une intervention: one that took place and was not planned."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any, cast

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from interventions import hours, operations
from interventions.guards import ContratTerms
from interventions.models import Client, Contrat, Prestation
from interventions.operations import Change, NewVisit
from interventions.states import Action, Origin
from portals.intervenant import visits
from portals.intervenant.caution import Caution, cautions, neighbours, pending
from portals.intervenant.entry import EntryForm, change_near
from portals.intervenant.pressed import is_replay
from portals.web.pages import INVALID, page
from portals.web.presses import key_of, tell
from portals.web.requests import ActorRequest

_TERMS = ("client_id", "state", "billable", "starts_on", "ends_on")


class ReportForm(EntryForm):
    """Client, prestation, date and hours of a visit that nobody planned."""

    client = forms.ChoiceField(label=gettext_lazy("Client"), widget=forms.Select(attrs={"class": "input"}))
    prestation = forms.ChoiceField(label=gettext_lazy("Prestation"), widget=forms.Select(attrs={"class": "input"}))
    date = forms.DateField(
        label=gettext_lazy("Date"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    field_order = ("client", "prestation", "date", "start", "end")

    def __init__(self, *args: Any, clients: list[Client], prestations: list[Prestation], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        nobody = [("", _("Choisissez"))]
        self.clients = {str(client.public_id): client for client in clients}
        self.prestations = {str(prestation.public_id): prestation for prestation in prestations}
        self.fields["client"].choices = nobody + [(key, row.full_name) for key, row in self.clients.items()]  # type: ignore[attr-defined]
        self.fields["prestation"].choices = nobody + [(key, row.name) for key, row in self.prestations.items()]  # type: ignore[attr-defined]
        self.fields["date"].initial = self.last_day
        self.fields["date"].widget.attrs["max"] = self.last_day.isoformat()

    @property
    def last_day(self) -> dt.date:
        """The last day on which a visit can be added: yesterday, or today where the agency allows the same day."""
        today = self.actor.today(self.now)
        return today if self.actor.agence.same_day_allowed else today - dt.timedelta(days=1)

    @property
    def hour_exists_twice(self) -> bool:
        """Whether the clocks go back on the night that was chosen."""
        day = self.cleaned_data.get("date") if self.is_bound and hasattr(self, "cleaned_data") else None
        return day is not None and change_near(day, self.actor)

    def clean_date(self) -> dt.date:
        """Refuse a day that has not passed yet, and say from when it can be added."""
        day: dt.date = self.cleaned_data["date"]
        if day > self.last_day:
            raise forms.ValidationError(_("Une visite s’ajoute à partir du lendemain."))
        return day

    def clean(self) -> dict[str, Any]:
        """Resolve the hours on the date chosen; without one, only that is said."""
        return super().clean() if "date" in self.cleaned_data else self.cleaned_data

    def entered_start(self, clock: hours.Clock, *, second: bool) -> dt.datetime:
        """Return the instant at which the clock shows this on the date chosen; 24:00 is only an end."""
        day = self.cleaned_data["date"]
        noon = dt.datetime.combine(day, dt.time(12), self.actor.zone)
        if clock.hour == 24:
            return hours.entered_start(clock, noon, self.actor.zone)
        return hours.resolve(clock, day, self.actor.zone, second=second)

    def new_visit(self) -> NewVisit:
        """Return the visit that was entered; the form is valid."""
        if self.facts is None:
            raise ValueError("The form is not valid.")
        client = self.clients[self.cleaned_data["client"]]
        prestation = self.prestations[self.cleaned_data["prestation"]]
        return NewVisit(
            client.pk,
            prestation.pk,
            self.facts.start,
            self.facts.end,
            self.facts.km,
            intervenant_id=self.actor.intervenant_id,
            origin=Origin.INTERVENANT,
        )


@require_http_methods(["GET", "POST"])
def nouvelle(request: ActorRequest) -> HttpResponse:
    """Add a visit that took place: done if a contrat facturable is found, else kept until the office attaches it."""
    form = _form(request)
    if request.method == "GET":
        return show(request, form)
    if not form.is_valid() or form.facts is None:
        return show(request, form, status=INVALID)
    around = neighbours(request.actor, {}, [], [form.facts])
    found = cautions(form.facts, None, request.actor, around)
    if pending(found, form.cleaned_data["acknowledged"]) and not is_replay(request):
        return show(request, form, found, status=INVALID)
    return _save(request, form)


def _save(request: ActorRequest, form: ReportForm) -> HttpResponse:
    new = form.new_visit()
    action = Action.REPORT if has_billable(request, new) else Action.REPORT_UNATTACHED
    change = Change(action, comment=form.cleaned_data["comment"], new=new)
    outcome = operations.apply([change], actor=request.actor, at=request.now, key=key_of(request))
    if outcome.refused:
        for row in outcome.refused:
            form.add_error(None, row.message)
        return show(request, form, status=INVALID)
    tell(request, outcome)
    if any(row.action == Action.REPORT_UNATTACHED for row in outcome.done):
        sentence = _("Aucun contrat facturable de cette prestation n’a été trouvé pour ce client.")
        messages.warning(request, sentence + " " + _("Votre saisie est gardée\u00a0: l’agence la rattachera."))
    return redirect("intervenant:interventions")


def has_billable(request: ActorRequest, new: NewVisit) -> bool:
    """Whether a contrat facturable of that prestation covers the client on the visit's day."""
    day = hours.day_of(new.start, request.actor.zone)
    found = Contrat.objects.filter(
        agence_id=request.actor.agence_id, client_id=new.client_id, prestation_id=new.prestation_id
    )
    return any(ContratTerms(*terms).covers(new.client_id, day) for terms in found.values_list(*_TERMS))


def _form(request: ActorRequest) -> ReportForm:
    offered = Prestation.objects.filter(agence_id=request.actor.agence_id, archived_at__isnull=True)
    return ReportForm(
        request.POST if request.method == "POST" else None,
        actor=request.actor,
        now=request.now,
        clients=visits.clients(request.actor, request.now),
        prestations=list(cast("Iterable[Prestation]", offered.order_by("name"))),
    )


def show(
    request: ActorRequest, form: ReportForm, found: list[Caution] | None = None, status: int = 200
) -> HttpResponse:
    """Show the form, with what to look at before it is saved."""
    acknowledged = " ".join(caution.code for caution in found or [])
    context = {"form": form, "cautions": found or [], "acknowledged": acknowledged}
    return page(request, "intervenant/report.html", context, status=status)
