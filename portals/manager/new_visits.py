"""Planning a visit from the client's fiche."""

from __future__ import annotations

import datetime as dt
from typing import Any, cast
from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from interventions import operations
from interventions.actor import Actor
from interventions.guards import Facts
from interventions.models import Client, Contrat, Intervenant, Prestation
from interventions.states import Action, Right
from portals.manager import acts, cautions, contrats, visible
from portals.manager.fields import ContratField, long_text, offer, refuse
from portals.manager.hours_fields import PlannedFields
from portals.web.pages import INVALID, page
from portals.web.presses import key_of, tell
from portals.web.requests import ActorRequest


class NewVisitForm(PlannedFields):
    """A visit to come: when, what, by whom, on which contrat. Without an intervenant it is a draft."""

    prestation = forms.ModelChoiceField(Prestation.objects.none(), label=_("Prestation"))
    intervenant = forms.ModelChoiceField(
        Intervenant.objects.none(),
        label=_("Intervenant"),
        required=False,
        empty_label=_("À désigner plus tard (brouillon)"),
    )
    contrat = ContratField(
        Contrat.objects.none(),
        label=_("Contrat"),
        required=False,
        empty_label=_("Celui qui convient le mieux"),
        help_text=_("Sans choix, le contrat facturable de cette prestation, au début le plus récent."),
    )
    ordre_de_mission = long_text(_("Ordre de mission"), required=False)
    field_order = ("day", "start", "end", "km", "second_start", "second_end", "prestation", "intervenant", "contrat")

    def __init__(self, *, client: Client, actor: Actor, today: dt.date, data: Any = None) -> None:
        self.client, self.actor = client, actor
        super().__init__(data, initial={"day": today, "km": "0,0"})
        own = Contrat.objects.visible_to(actor).filter(client_id=client.pk).select_related("prestation")
        in_use = Prestation.objects.filter(agence_id=actor.agence_id, archived_at__isnull=True)
        self.own = offer(self, "contrat", own.order_by("-starts_on", "-id"))
        offer(self, "prestation", in_use.order_by("name"))
        offer(self, "intervenant", Intervenant.objects.visible_to(actor).current().by_name())
        self.keep_second_round(self._typed_day(today), actor.zone)

    def _typed_day(self, today: dt.date) -> dt.date:
        try:
            return dt.date.fromisoformat(self.data.get("day", ""))
        except ValueError:
            return today

    def clean(self) -> dict[str, Any]:
        """Turn what was typed into instants, and find the contrat."""
        cleaned = super().clean() or {}
        self.facts = self.read_planned(self.actor.zone)
        chosen, day, prestation = (cleaned.get(name) for name in ("contrat", "day", "prestation"))
        if day and chosen:
            reason = contrats.why_not(chosen, self.client.pk, day)
            if reason:
                self.add_error("contrat", reason)
        elif day and prestation:
            own = list(self.own.queryset or [])
            cleaned["contrat"] = contrats.suggestion(own, prestation.pk, self.client.pk, day)
        return cleaned

    def change(self) -> operations.Change:
        """Return the visit to plan; the form must be valid."""
        entered, facts = self.cleaned_data, cast("Facts", self.facts)
        new = operations.NewVisit(
            self.client.pk,
            entered["prestation"].pk,
            facts.start,
            facts.end,
            facts.km,
            intervenant_id=entered["intervenant"].pk if entered["intervenant"] else None,
            contrat_id=entered["contrat"].pk if entered["contrat"] else None,
        )
        return operations.Change(Action.PLAN, new=new, ordre_de_mission=entered["ordre_de_mission"])


@require_http_methods(["GET", "POST"])
def create(request: ActorRequest, public_id: UUID) -> HttpResponse:
    """Show the form of a new visit of this client, or plan it and open its window."""
    client = visible.client(request, public_id)
    data = request.POST if request.method == "POST" else None
    form = NewVisitForm(client=client, actor=request.actor, today=request.actor.today(request.now), data=data)
    if data is not None and form.is_valid():
        outcome = operations.apply([form.change()], actor=request.actor, at=request.now, key=key_of(request))
        for row in outcome.done:
            tell(request, outcome)
            cautions.tell(request, row.intervention_id)
            return acts.SeeOther(acts.visit_url(visible.by_key(request, row.intervention_id)))
        for row in outcome.refused:
            refuse(form, row.refusal, row.message)
    context = {"client": client, "form": form, "may_manage": request.actor.has(Right.MANAGE)}
    return page(request, "manager/new_visit.html", context, status=INVALID if form.is_bound else 200)
