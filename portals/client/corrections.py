"""What the client's side says a visit was: the hours and kilometres that a motif de refus opens."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import gettext_lazy as _

from interventions import hours
from interventions.guards import Facts, Guard
from interventions.models import Motif
from portals.client.fields import WordField

CLOCK = "%H:%M"
VALUES = ("start", "end", "km")


class CorrectionForm(forms.Form):
    """Starts from the facts that the person reads; what the motif does not open stays as it is.

    After is_valid(), `facts` holds the version proposed (instants in UTC).
    """

    start = forms.CharField(
        label=_("Heure d’arrivée"),
        widget=forms.TimeInput({"type": "time"}),
        error_messages={"required": _("Indiquez l’heure d’arrivée.")},
    )
    start_second = forms.BooleanField(label=_("Arrivée après le changement d’heure"), required=False)
    end = forms.CharField(
        label=_("Heure de départ"),
        widget=forms.TimeInput({"type": "time"}),
        error_messages={"required": _("Indiquez l’heure de départ.")},
    )
    end_second = forms.BooleanField(label=_("Départ après le changement d’heure"), required=False)
    km = forms.CharField(
        label=_("Kilomètres"),
        widget=forms.TextInput({"inputmode": "decimal"}),
        error_messages={"required": _("Indiquez les kilomètres, ou 0.")},
    )
    comment = WordField()

    def __init__(
        self,
        base: Facts,
        motif: Motif | None,
        zone: ZoneInfo,
        now: datetime,
        data: Any = None,
        *,
        prefix: str = "",
        typed: Mapping[str, str] | None = None,
    ) -> None:
        """Start from `base`, in the agency's `zone`; without a motif (an annulation) only a word may be added.

        `typed` is what another motif's fields held: what this one opens as well keeps it.
        """
        self.shown = _initial(base, zone)
        super().__init__(data, auto_id=f"{prefix}-%s", initial=self.shown | _kept(typed or {}))
        self.base, self.zone, self.now, self.facts = base, zone, now, base
        opened = {"start", "end", "start_second", "end_second"} if motif and motif.opens_hours else set()
        if not _near_a_second_hour(base, zone):
            opened -= {"start_second", "end_second"}
        if motif and motif.opens_km:
            opened |= {"km"}
        for name in [name for name in self.fields if name not in opened | {"comment"}]:
            del self.fields[name]

    def is_answered_by(self, data: Mapping[str, str]) -> bool:
        """Return whether every field that the motif opens was there to be filled in."""
        return all(name in data for name in VALUES if name in self.fields)

    def clean(self) -> dict[str, Any]:
        """Turn what was typed into facts; each error stands at its field."""
        start = self._instant("start")
        end = self._instant("end", start or self.base.start)
        km = self._km()
        if self.errors or start is None or end is None or km is None:
            return self.cleaned_data
        self.facts = Facts(start, end, km)
        for name, message in hours.facts_errors(start, end, km, self.now, self.zone):
            self.add_error(name if name in self.fields else None, message)
        opened = next((name for name in ("start", "km") if name in self.fields), None)
        if opened and not self.errors and self.facts == self.base:
            self.add_error(opened, str(Guard.CHANGED.label))
        return self.cleaned_data

    def _instant(self, name: str, start: datetime | None = None) -> datetime | None:
        """Return the instant typed; what was left as shown keeps its own, whatever the clock makes of it."""
        kept: datetime = getattr(self.base, name)
        moved = start is not None and start != self.base.start
        if name not in self.fields or (name not in self.errors and not moved and not self._touched(name)):
            return kept
        if name in self.errors:
            return None
        second = bool(self.cleaned_data.get(f"{name}_second"))
        try:
            clock = hours.parse_clock(self.cleaned_data[name])
            if start is None:
                return hours.entered_start(clock, self.base.start, self.zone, second=second)
            return hours.entered_end(clock, start, self.zone, second=second)
        except hours.InvalidEntry as error:
            self.add_error(name, error.message)
            return None

    def _touched(self, name: str) -> bool:
        shown = (self.shown[name], self.shown[f"{name}_second"])
        return (self.cleaned_data[name].strip(), self.cleaned_data.get(f"{name}_second", shown[1])) != shown

    def _km(self) -> Decimal | None:
        if "km" not in self.fields:
            return self.base.km
        if "km" in self.errors:
            return None
        try:
            return hours.parse_km(self.cleaned_data["km"])
        except hours.InvalidEntry as error:
            self.add_error("km", error.message)
            return None


def _kept(typed: Mapping[str, str]) -> dict[str, Any]:
    """Return what was typed under another motif, a second hour with the clock that it belongs to."""
    kept: dict[str, Any] = {name: typed[name] for name in (*VALUES, "comment") if name in typed}
    return kept | {f"{name}_second": f"{name}_second" in typed for name in ("start", "end") if name in typed}


def _initial(base: Facts, zone: ZoneInfo) -> dict[str, Any]:
    start, end = base.start.astimezone(zone), base.end.astimezone(zone)
    return {
        "start": start.strftime(CLOCK),
        "start_second": bool(start.fold),
        "end": end.strftime(CLOCK),
        "end_second": bool(end.fold),
        "km": f"{base.km:.1f}".removesuffix(".0").replace(".", ","),
    }


def _near_a_second_hour(base: Facts, zone: ZoneInfo) -> bool:
    """Whether the visit lies over the hour that the autumn night has twice, so that a choice must be offered."""
    if hours.crosses_clock_change(base.start, base.end, zone) > 0:
        return True
    return any(
        hours.exists_twice(hours.clock_of(moment, zone), hours.day_of(moment, zone), zone)
        for moment in (base.start, base.end)
    )
