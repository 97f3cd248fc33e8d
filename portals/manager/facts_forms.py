"""Hours and kilometres as a gestionnaire types them, read by the domain's own rules of the clock."""

from __future__ import annotations

import datetime as dt
import itertools
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from interventions import hours
from interventions.guards import Facts
from interventions.models import Intervenant, Intervention, Motif, MotifKind
from portals.manager.act_forms import (
    ActForm,
    AttachForm,
    CommentForm,
    GroundForm,
    InBlocks,
    MotifForm,
    ReasonForm,
    long_text,
    offer,
)


def clock_text(moment: dt.datetime, zone: ZoneInfo) -> str:
    """Return «09:30», as a time field wants it."""
    return f"{moment.astimezone(zone):%H:%M}"


def has_repeated_hour(day: dt.date, zone: ZoneInfo) -> bool:
    """Whether the clock goes back in the night that begins or ends on that day."""
    edges = [dt.datetime.combine(day + dt.timedelta(days=n), dt.time(), zone).utcoffset() for n in (0, 1, 2)]
    return any(
        before is not None and after is not None and before > after for before, after in itertools.pairwise(edges)
    )


class FactsFields(InBlocks):
    """Start, end, kilometres. The rest of a form says what day they mean and calls `read`."""

    start = forms.CharField(label=gettext_lazy("Début"), widget=forms.TimeInput(attrs={"type": "time"}))
    end = forms.CharField(
        label=gettext_lazy("Fin"),
        widget=forms.TimeInput(attrs={"type": "time"}),
        help_text=gettext_lazy("Avant le début : le lendemain."),
    )
    km = forms.CharField(
        label=gettext_lazy("Kilomètres"), required=False, widget=forms.TextInput(attrs={"inputmode": "decimal"})
    )
    second_start = forms.BooleanField(label=gettext_lazy("Début après le retour à l’heure d’hiver"), required=False)
    second_end = forms.BooleanField(label=gettext_lazy("Fin après le retour à l’heure d’hiver"), required=False)

    def keep_second_round(self, day: dt.date, zone: ZoneInfo) -> None:
        """Ask which round of a repeated hour is meant only on the night that has one."""
        if not has_repeated_hour(day, zone):
            del self.fields["second_start"], self.fields["second_end"]

    def read(self, zone: ZoneInfo, *, day: dt.date | None = None, near: dt.datetime | None = None) -> Facts | None:
        """Return what was typed as instants, on `day` or near a reference start; None with the errors in place."""
        start = self._instant("start", zone, day=day, near=near)
        end = self._instant("end", zone, after=start) if start else None
        km = self._kilometres()
        return Facts(start, end, km) if start and end and km is not None else None

    def _instant(self, name: str, zone: ZoneInfo, **reference: Any) -> dt.datetime | None:
        typed = self.cleaned_data.get(name)
        if not typed:
            return None
        second = bool(self.cleaned_data.get(f"second_{name}"))
        try:
            clock = hours.parse_clock(typed)
            if reference.get("after"):
                return hours.entered_end(clock, reference["after"], zone, second=second)
            if reference.get("near"):
                return hours.entered_start(clock, reference["near"], zone, second=second)
            return hours.resolve(clock, reference["day"], zone, second=second)
        except hours.InvalidEntry as refusal:
            self.add_error(name, refusal.message)
            return None

    def _kilometres(self) -> Any:
        try:
            return hours.parse_km(self.cleaned_data.get("km") or "")
        except hours.InvalidEntry as refusal:
            self.add_error("km", refusal.message)
            return None

    def refuse_future(self, facts: Facts | None, now: dt.datetime, zone: ZoneInfo) -> None:
        """Show beside its field what makes facts invalid once they are said to have happened."""
        for name, problem in hours.facts_errors(facts.start, facts.end, facts.km, now, zone) if facts else ():
            self.add_error(name, problem)


def facts_initial(facts: Facts | None, zone: ZoneInfo) -> dict[str, str]:
    """Return the fields' values for a version of the facts."""
    if facts is None:
        return {}
    km = f"{facts.km:.1f}".replace(".", ",")
    return {"start": clock_text(facts.start, zone), "end": clock_text(facts.end, zone), "km": km}


class PastFactsForm(FactsFields, ActForm):
    """Hours and kilometres of a visit that took place."""

    def reference(self, visit: Intervention) -> Facts:
        """Return the version that the hours start from."""
        return visit.planned or visit.retained

    def starting_values(self, visit: Intervention) -> dict[str, Any]:
        """Start from the reference version."""
        return {**super().starting_values(visit), **facts_initial(self.reference(visit), self.actor.zone)}

    def prepare(self) -> None:
        """Ask for the round of a repeated hour where there is one."""
        super().prepare()
        self.keep_second_round(hours.day_of(self.reference(self.visit).start, self.actor.zone), self.actor.zone)

    def clean(self) -> dict[str, Any]:
        """Turn what was typed into instants."""
        cleaned = super().clean() or {}
        self.facts = self.read(self.actor.zone, near=self.reference(self.visit).start)
        self.refuse_future(self.facts, self.now, self.actor.zone)
        return cleaned

    def entered(self) -> dict[str, Any]:
        """Return the facts too."""
        return {**super().entered(), "facts": self.facts}


class CompleteForm(ReasonForm, AttachForm, PastFactsForm):
    """Declare in the intervenant's place."""

    field_order = ("start", "end", "km", "second_start", "second_end", "contrat", "reason")


class RefusField(forms.ModelChoiceField):
    """The field Motif de refus: each says what it opens."""

    def label_from_instance(self, obj: Motif) -> str:
        """Return the motif with what it opens: only that is taken over."""
        opened = [name for name, is_open in ((_("heures"), obj.opens_hours), (_("km"), obj.opens_km)) if is_open]
        return f"{obj.label} ({', '.join(opened)})"


class ContestForm(CommentForm, PastFactsForm, MotifForm, GroundForm):
    """Change a visit as the client says by phone, by letter or on site."""

    kind = MotifKind.REFUS
    motif = RefusField(Motif.objects.none(), widget=forms.RadioSelect, empty_label=None)
    field_order = ("motif", "start", "end", "km", "second_start", "second_end", "comment", "ground", "ground_text")

    def reference(self, visit: Intervention) -> Facts:
        """Start from what the intervenant declared."""
        return visit.declared or visit.retained

    def prepare(self) -> None:
        """Say what each motif opens: only that is taken over."""
        super().prepare()
        field = self.fields["motif"]
        field.label = _("Motif de refus")
        field.help_text = _("Seul ce que le motif ouvre est modifié.")


class PlannedFields(FactsFields):
    """Hours of a visit that is to come, on a day of its own."""

    day = forms.DateField(
        label=gettext_lazy("Date"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )

    def read_planned(self, zone: ZoneInfo) -> Facts | None:
        """Return what was typed as instants; None with the errors in place."""
        day = self.cleaned_data.get("day")
        return self.read(zone, day=day) if day else None


class MoveForm(PlannedFields, ActForm):
    """Move a visit that is still to come, or give it to somebody else."""

    intervenant = forms.ModelChoiceField(
        Intervenant.objects.none(), label=gettext_lazy("Intervenant"), empty_label=None
    )
    ordre_de_mission = long_text(gettext_lazy("Ordre de mission"), required=False)
    field_order = ("day", "start", "end", "km", "second_start", "second_end", "intervenant", "ordre_de_mission")

    def starting_values(self, visit: Intervention) -> dict[str, Any]:
        """Start from what is planned now."""
        now = {"day": visit.day, "intervenant": visit.intervenant_id, "ordre_de_mission": visit.ordre_de_mission}
        return {**super().starting_values(visit), **now, **facts_initial(visit.retained, self.actor.zone)}

    def prepare(self) -> None:
        """Offer the other intervenants; a draft without one is given to somebody by another act."""
        super().prepare()
        if self.visit.intervenant_id is None:
            del self.fields["intervenant"]
        else:
            offer(self, "intervenant", Intervenant.objects.visible_to(self.actor).current().by_name())
        self._ask_second_round()

    def _ask_second_round(self) -> None:
        typed = self.data.get("day") if self.is_bound else None
        try:
            day = dt.date.fromisoformat(typed) if typed else self.visit.day
        except ValueError:
            day = self.visit.day
        self.keep_second_round(day, self.actor.zone)

    def clean(self) -> dict[str, Any]:
        """Turn what was typed into instants."""
        cleaned = super().clean() or {}
        self.facts = self.read_planned(self.actor.zone)
        return cleaned

    def entered(self) -> dict[str, Any]:
        """Return the facts, the intervenant and the ordre de mission."""
        chosen = self.cleaned_data.get("intervenant")
        return {
            **super().entered(),
            "facts": self.facts,
            "intervenant_id": chosen.pk if chosen else None,
            "ordre_de_mission": self.cleaned_data["ordre_de_mission"],
        }
