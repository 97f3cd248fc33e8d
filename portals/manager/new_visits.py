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
from interventions.models import Client, Contrat, Intervenant, Intervention, Prestation
from interventions.planning.slots import Slot
from interventions.states import Action, Origin, Right
from portals.manager import acts, cautions, contrats, visible
from portals.manager.fields import ContratField, long_text, offer, refuse
from portals.manager.hours_fields import PlannedFields, facts_initial
from portals.manager.weighing import Weighed
from portals.web import planning
from portals.web.pages import INVALID, page
from portals.web.presses import is_known, key_of, tell
from portals.web.requests import ActorRequest


class NewVisitForm(Weighed, PlannedFields):
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

    def __init__(
        self, *, client: Client, actor: Actor, initial: dict[str, Any], data: Any = None, known: bool = False
    ) -> None:
        """Start from `initial`, which has a day; `known` says that this very press was made before."""
        self.client, self.actor, self.known = client, actor, known
        super().__init__(data, initial={"km": "0,0"} | initial)
        own = Contrat.objects.visible_to(actor).filter(client_id=client.pk).select_related("prestation")
        in_use = Prestation.objects.filter(agence_id=actor.agence_id, archived_at__isnull=True)
        self.own = offer(self, "contrat", own.order_by("-starts_on", "-id"))
        offer(self, "prestation", in_use.order_by("name"))
        offer(self, "intervenant", Intervenant.objects.visible_to(actor).current().by_name())
        self.keep_second_round(self._typed_day(initial["day"]), actor.zone)

    def _typed_day(self, day: dt.date) -> dt.date:
        try:
            return dt.date.fromisoformat(self.data.get("day", ""))
        except ValueError:
            return day

    def clean(self) -> dict[str, Any]:
        """Turn what was typed into instants, and find the contrat."""
        cleaned = super().clean() or {}
        self.facts = self.read_planned(self.actor.zone)
        day, prestation = cleaned.get("day"), cleaned.get("prestation")
        if day and prestation and not cleaned.get("contrat"):
            own = list(self.own.queryset or [])
            cleaned["contrat"] = contrats.suggestion(own, prestation.pk, self.client.pk, day)
        if self.facts and not self.errors and not self.known:
            self.weigh([self._slot(self.facts, cleaned)], self.actor)
            self.cautions = [*self.cautions, *self._unsuitable(cleaned["contrat"], cleaned["day"])]
        return cleaned

    def _unsuitable(self, contrat: Contrat | None, day: dt.date) -> list[str]:
        """Say why a contrat that was chosen does not cover the visit."""
        why = contrats.why_not(contrat, self.client.pk, day) if contrat else ""
        return [f"{contrat} : {why}"] if why else []

    def _slot(self, facts: Facts, entered: dict[str, Any]) -> Slot:
        who, contrat = entered["intervenant"], entered["contrat"]
        terms = contrats.terms(contrat) if contrat else None
        return Slot(self.client.pk, facts.start, facts.end, who.pk if who else None, terms)

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
        mission = entered["ordre_de_mission"]
        return operations.Change(Action.PLAN, new=new, ordre_de_mission=mission, reason=self.given_reason)


@require_http_methods(["GET", "POST"])
def create(request: ActorRequest, public_id: UUID) -> HttpResponse:
    """Show the form of a new visit of this client, or plan it and open its window."""
    client = visible.client(request, public_id)
    posted = request.method == "POST"
    form = NewVisitForm(
        client=client,
        actor=request.actor,
        initial=_starting(request, client),
        data=request.POST if posted else None,
        known=posted and is_known(request),
    )
    if posted and form.is_valid():
        outcome = operations.apply([form.change()], actor=request.actor, at=request.now, key=key_of(request))
        for row in outcome.done:
            tell(request, outcome)
            if not form.cautions:
                cautions.tell(request, row.intervention_id)
            return acts.SeeOther(acts.visit_url(visible.by_key(request, row.intervention_id)))
        for row in outcome.refused:
            refuse(form, row.refusal, row.message)
    context = {"client": client, "form": form, "may_manage": request.actor.has(Right.MANAGE)}
    return page(request, "manager/new_visit.html", context, status=INVALID if form.is_bound else 200)


def _starting(request: ActorRequest, client: Client) -> dict[str, Any]:
    """Return what the form starts from: ?date= of a planning, or the visit of this client that ?copie= names."""
    today = request.actor.today(request.now)
    day = planning.asked(request.GET, today).day
    try:
        copied = UUID(request.GET.get("copie", ""))
    except ValueError:
        return {"day": day}
    around: Any = Intervention.objects.visible_to(request.actor).filter(client_id=client.pk)
    visit = around.filter(public_id=copied).first()
    return {"day": day} | _copied(visit, request.actor) if visit else {"day": day}


def _copied(visit: Intervention, actor: Actor) -> dict[str, Any]:
    """Return the fields of a copy: the same hours, person, service and words, on a day that is asked for."""
    facts = visit.planned or visit.retained
    return {
        **facts_initial(facts, actor.zone),
        "prestation": visit.prestation_id,
        "intervenant": visit.intervenant_id,
        "contrat": visit.contrat_id,
        "ordre_de_mission": "" if visit.origin == Origin.INTERVENANT else visit.ordre_de_mission,
    }
