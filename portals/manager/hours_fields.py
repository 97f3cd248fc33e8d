"""Hours and kilometres as a gestionnaire types them, read by the domain's own rules of the clock."""

from __future__ import annotations

import datetime as dt
import itertools
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import gettext_lazy

from interventions import hours
from interventions.guards import Facts
from portals.manager.fields import InBlocks


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


class PlannedFields(FactsFields):
    """Hours of a visit that is to come, on a day of its own."""

    day = forms.DateField(
        label=gettext_lazy("Date"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )

    def read_planned(self, zone: ZoneInfo) -> Facts | None:
        """Return what was typed as instants; None with the errors in place."""
        day = self.cleaned_data.get("day")
        return self.read(zone, day=day) if day else None
