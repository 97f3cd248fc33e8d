"""Other days of the week for a series, from a day on: what is cancelled is shown before it is done."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from interventions.actor import Actor
from interventions.models import Intervention, Motif, MotifKind, Series
from interventions.planning import recurrence
from interventions.planning.other_days import Turn, other_days, turn
from interventions.planning.slots import Slot
from interventions.states import Right
from portals.manager import acts, contrats
from portals.manager.fields import offer
from portals.manager.series import find, series_url
from portals.manager.series_forms import INTERVALS, WEEKDAYS, a_day, in_words
from portals.manager.weighing import Weighed
from portals.web.pages import INVALID, page
from portals.web.presses import is_known, key_of, tell
from portals.web.requests import ActorRequest


class DaysForm(Weighed):
    """The days of the week from a day on; `dropped` are the visits that fall on none of them any more."""

    first = a_day(gettext_lazy("À partir du"))
    weekdays = forms.TypedMultipleChoiceField(
        label=gettext_lazy("Jours"), coerce=int, choices=WEEKDAYS, widget=forms.CheckboxSelectMultiple
    )
    interval = forms.TypedChoiceField(label=gettext_lazy("Rythme"), coerce=int, choices=INTERVALS)
    motif = forms.ModelChoiceField(
        Motif.objects.none(),
        label=gettext_lazy("Motif de l’annulation"),
        required=False,
        empty_label=gettext_lazy("Choisissez un motif"),
    )
    field_order = ("first", "weekdays", "interval", "motif", "reason")

    def __init__(
        self, *, series: Series, actor: Actor, now: dt.datetime, data: Any = None, known: bool = False
    ) -> None:
        """Start from the days of now; `known` says that this very press was made before."""
        self.series, self.actor, self.now, self.known = series, actor, now, known
        self.dropped: list[Intervention] = []
        weekdays, interval = recurrence.parts(series.rule)
        first = max(actor.today(now), series.starts_on)
        super().__init__(data, initial={"first": first, "weekdays": weekdays, "interval": interval})
        in_use = Motif.objects.filter(agence_id=actor.agence_id, kind=MotifKind.ANNULATION, archived_at__isnull=True)
        offer(self, "motif", in_use)

    @property
    def blocks(self) -> list[list[forms.BoundField]]:
        """The fields; the motif only where visits are cancelled."""
        return [block for block in super().blocks if self.dropped or block[0].name != "motif"]

    def clean(self) -> dict[str, Any]:
        """Work out what the new days do, ask for a motif where visits go, and weigh those that come."""
        cleaned = super().clean() or {}
        if self.errors or self.known:
            return cleaned
        if self.series.ends_on and cleaned["first"] > self.series.ends_on:
            self.add_error("first", _("La série finit avant ce jour."))
            return cleaned
        self.rule = recurrence.weekly(cleaned["weekdays"], cleaned["interval"])
        done = turn(self.series, self.rule, cleaned["first"], self.actor, self.now)
        self.dropped = done.dropped
        if not (done.days or done.stays):
            self.add_error("weekdays", _("Aucun de ces jours ne tombe entre ces dates."))
        elif self.dropped and not cleaned["motif"]:
            self.add_error("motif", _("Choisissez le motif de l’annulation."))
        self.weigh(self._slots(done), self.actor)
        return cleaned

    def _slots(self, done: Turn) -> list[Slot]:
        contrat = self.series.contrat
        terms, who = contrats.terms(contrat) if contrat else None, self.series.intervenant_id
        facts = [recurrence.facts_on(done.series, day, self.actor.zone) for day in done.days]
        return [Slot(self.series.client_id, one.start, one.end, who, terms) for one in facts]


@require_http_methods(["GET", "POST"])
def change(request: ActorRequest, public_id: UUID) -> HttpResponse:
    """Show the form of other days, or end the series and begin the one that follows."""
    one = find(request, public_id)
    posted, may = request.method == "POST", request.actor.has(Right.MANAGE)
    known = posted and is_known(request)
    data = request.POST if posted else None
    form = DaysForm(series=one, actor=request.actor, now=request.now, data=data, known=known)
    if posted and form.is_valid() and may:
        motif = form.cleaned_data["motif"]
        press: dict[str, Any] = {"actor": request.actor, "at": request.now, "key": key_of(request)}
        rule = recurrence.weekly(form.cleaned_data["weekdays"], form.cleaned_data["interval"])
        first, why = form.cleaned_data["first"], form.given_reason
        begun, outcome = other_days(one, rule, first, motif.pk if motif else None, reason=why, **press)
        tell(request, outcome)
        return acts.SeeOther(series_url(begun))
    context = {"series": one, "form": form, "may_manage": may, "words": in_words(one)}
    return page(request, "manager/series_days.html", context, status=INVALID if posted else 200)
