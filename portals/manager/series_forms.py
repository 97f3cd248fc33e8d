"""What a gestionnaire enters for a series of visits: days, hours, who and what; then what changes, and its end."""

from __future__ import annotations

import datetime as dt
from typing import Any, cast

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from interventions.actor import Actor
from interventions.models import Client, Contrat, Intervenant, Intervention, Motif, MotifKind, Prestation, Series
from interventions.planning import recurrence, series
from interventions.planning.slots import Slot
from portals.manager import contrats
from portals.manager.fields import ContratField, InBlocks, long_text, offer
from portals.manager.hours_fields import FactsFields
from portals.manager.weighing import Weighed

WEEKDAYS = (
    (0, gettext_lazy("Lundi")),
    (1, gettext_lazy("Mardi")),
    (2, gettext_lazy("Mercredi")),
    (3, gettext_lazy("Jeudi")),
    (4, gettext_lazy("Vendredi")),
    (5, gettext_lazy("Samedi")),
    (6, gettext_lazy("Dimanche")),
)
INTERVALS = (
    (1, gettext_lazy("Toutes les semaines")),
    (2, gettext_lazy("Une semaine sur deux")),
    (3, gettext_lazy("Une semaine sur trois")),
    (4, gettext_lazy("Une semaine sur quatre")),
)


def a_day(label: Any, **options: Any) -> forms.DateField:
    """Return a field for a date."""
    return forms.DateField(label=label, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), **options)


class HoursOfSeries(Weighed, FactsFields):
    """The hours of each visit of a series, and who makes it."""

    intervenant = forms.ModelChoiceField(
        Intervenant.objects.none(),
        label=gettext_lazy("Intervenant"),
        required=False,
        empty_label=gettext_lazy("À désigner plus tard (brouillons)"),
    )
    ordre_de_mission = long_text(gettext_lazy("Ordre de mission"), required=False)

    def without_second_round(self) -> None:
        """Each visit of a series means the first round of a repeated hour."""
        del self.fields["second_start"], self.fields["second_end"]

    def clocks(self, zone: Any, day: dt.date) -> tuple[dt.time, dt.time, Any] | None:
        """Return start, end and kilometres as typed; None with the errors in place."""
        facts = self.read(zone, day=day)
        if facts is None:
            return None
        return facts.start.astimezone(zone).time(), facts.end.astimezone(zone).time(), facts.km


class SeriesForm(HoursOfSeries):
    """A new series: «tous les lundis et jeudis, jusqu’au …, sauf jours fériés»."""

    weekdays = forms.TypedMultipleChoiceField(
        label=gettext_lazy("Jours"), coerce=int, choices=WEEKDAYS, widget=forms.CheckboxSelectMultiple
    )
    interval = forms.TypedChoiceField(label=gettext_lazy("Rythme"), coerce=int, choices=INTERVALS)
    starts_on = a_day(gettext_lazy("À partir du"))
    ends_on = a_day(gettext_lazy("Jusqu’au"), required=False, help_text=gettext_lazy("Vide : sans fin."))
    skips_holidays = forms.BooleanField(label=gettext_lazy("Sauf les jours fériés"), required=False)
    prestation = forms.ModelChoiceField(Prestation.objects.none(), label=gettext_lazy("Prestation"))
    contrat = ContratField(
        Contrat.objects.none(),
        label=gettext_lazy("Contrat"),
        required=False,
        empty_label=gettext_lazy("Celui qui convient le mieux"),
    )
    field_order = (
        "weekdays", "interval", "starts_on", "ends_on", "skips_holidays", "start", "end", "km", "prestation",
        "intervenant", "contrat", "ordre_de_mission", "reason",
    )  # fmt: skip

    def __init__(
        self, *, client: Client, actor: Actor, now: dt.datetime, data: Any = None, known: bool = False
    ) -> None:
        """`known` says that this very press was made before."""
        self.client, self.actor, self.now, self.known = client, actor, now, known
        super().__init__(data, initial={"starts_on": actor.today(now), "interval": 1, "km": "0,0"})
        self.without_second_round()
        own = Contrat.objects.visible_to(actor).filter(client_id=client.pk).select_related("prestation")
        self.own = offer(self, "contrat", own.order_by("-starts_on", "-id"))
        in_use = Prestation.objects.filter(agence_id=actor.agence_id, archived_at__isnull=True)
        offer(self, "prestation", in_use.order_by("name"))
        offer(self, "intervenant", Intervenant.objects.visible_to(actor).current().by_name())

    def clean(self) -> dict[str, Any]:
        """Put the series together, and weigh the visits that it would make at once."""
        cleaned = super().clean() or {}
        first, last = cleaned.get("starts_on"), cleaned.get("ends_on")
        if first and last and last < first:
            self.add_error("ends_on", _("La série finit avant de commencer."))
        typed = self.clocks(self.actor.zone, first) if first else None
        if first is None or typed is None or self.errors:
            return cleaned
        if not cleaned["contrat"]:
            own, prestation = list(self.own.queryset or []), cleaned["prestation"]
            cleaned["contrat"] = contrats.suggestion(own, prestation.pk, self.client.pk, first)
        self.series = self._series(cleaned, *typed)
        days = series.first_days(self.series, self.actor, self.now)
        if not days:
            self.add_error("weekdays", _("Aucun de ces jours ne tombe entre ces dates."))
        elif not self.known:
            self.weigh([self._slot(day) for day in days], self.actor)
        return cleaned

    def _series(self, entered: dict[str, Any], start: dt.time, end: dt.time, km: Any) -> Series:
        who, contrat = entered["intervenant"], entered["contrat"]
        return Series(
            agence_id=self.actor.agence_id,
            client_id=self.client.pk,
            intervenant_id=who.pk if who else None,
            prestation_id=entered["prestation"].pk,
            contrat_id=contrat.pk if contrat else None,
            rule=recurrence.weekly(entered["weekdays"], entered["interval"]),
            starts_on=entered["starts_on"],
            ends_on=entered["ends_on"],
            skips_holidays=entered["skips_holidays"],
            start=start,
            end=end,
            km=km,
            ordre_de_mission=entered["ordre_de_mission"].strip(),
        )

    def _slot(self, day: dt.date) -> Slot:
        facts = recurrence.facts_on(self.series, day, self.actor.zone)
        chosen = self.cleaned_data["contrat"]
        terms = contrats.terms(chosen) if chosen else None
        return Slot(self.client.pk, facts.start, facts.end, self.series.intervenant_id, terms)


class ReshapeForm(HoursOfSeries):
    """What changes of a series, from a day on: its visits that nobody has declared."""

    first = a_day(
        gettext_lazy("Visites concernées à partir du"),
        help_text=gettext_lazy(
            "Aujourd’hui : toutes celles qui sont à venir. Une visite seule se change dans sa fenêtre."
        ),
    )
    field_order = ("first", "start", "end", "km", "intervenant", "ordre_de_mission", "reason")

    def __init__(self, *, series: Series, actor: Actor, first: dt.date, data: Any = None, known: bool = False) -> None:
        """Start from what the series is like now; `first` is the day proposed."""
        self.series, self.actor, self.known = series, actor, known
        km = f"{series.km:.1f}".replace(".", ",")
        now = {"start": f"{series.start:%H:%M}", "end": f"{series.end:%H:%M}", "km": km, "first": first}
        now |= {"intervenant": series.intervenant_id, "ordre_de_mission": series.ordre_de_mission}
        super().__init__(data, initial=now)
        self.without_second_round()
        offer(self, "intervenant", Intervenant.objects.visible_to(actor).current().by_name())
        if series.intervenant_id:
            cast("forms.ModelChoiceField[Any]", self.fields["intervenant"]).empty_label = None
            self.fields["intervenant"].required = True

    def clean(self) -> dict[str, Any]:
        """Put the new shape together, and weigh the visits that would change."""
        cleaned = super().clean() or {}
        first = cleaned.get("first")
        typed = self.clocks(self.actor.zone, first) if first else None
        if typed is None or self.errors:
            return cleaned
        who = cleaned["intervenant"]
        self.shape = series.Shape(*typed, who.pk if who else None, cleaned["ordre_de_mission"].strip())
        if not self.known:
            self._weigh_changes(first)
        return cleaned

    def _weigh_changes(self, first: dt.date | None) -> None:
        standing = series.standing(self.series, self.actor, first or dt.date.max)
        by_key = {visit.pk: visit for visit in standing}
        changes = series.change(self.series, self.shape, standing, actor=self.actor)
        slots = [
            self._slot(by_key[one.intervention_id or 0], one) for one in changes if one.facts or one.intervenant_id
        ]
        self.weigh(slots, self.actor)

    def _slot(self, visit: Intervention, change: Any) -> Slot:
        facts = change.facts or visit.retained
        who = change.intervenant_id or visit.intervenant_id
        return Slot(visit.client_id, facts.start, facts.end, who, None, visit.pk, asks_contrat=False)


class EndForm(InBlocks):
    """When a series ends, and why its later visits are cancelled."""

    last = a_day(gettext_lazy("Dernier jour de la série"))
    motif = forms.ModelChoiceField(
        Motif.objects.none(), label=gettext_lazy("Motif de l’annulation"), widget=forms.RadioSelect, empty_label=None
    )

    def __init__(self, *, actor: Actor, today: dt.date, data: Any = None) -> None:
        """Offer the agency's motifs."""
        super().__init__(data, initial={"last": today})
        in_use = Motif.objects.filter(agence_id=actor.agence_id, kind=MotifKind.ANNULATION, archived_at__isnull=True)
        offer(self, "motif", in_use)


def in_words(one: Series) -> str:
    """Return «Lundi et jeudi, toutes les semaines, sauf les jours fériés»."""
    days, interval = recurrence.parts(one.rule)
    names = [str(WEEKDAYS[day][1]).lower() for day in days]
    said = ", ".join(names[:-1]) + _(" et ") + names[-1] if len(names) > 1 else names[0]
    rhythm = str(dict(INTERVALS)[interval]).lower()
    feasts = [_("sauf les jours fériés")] if one.skips_holidays else []
    return ", ".join([said.capitalize(), rhythm, *feasts])
