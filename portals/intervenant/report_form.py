"""What is entered to add a visit that nobody planned: for a usual client, who, when it began, how long it took."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from interventions import hours
from interventions.models import Client, Prestation
from interventions.operations import NewVisit
from interventions.states import Origin
from portals.intervenant.entry import EntryForm, change_near
from portals.web import format as fmt

# By the quarter of an hour to four hours, then by the half.
LENGTHS = (*range(15, 241, 15), *range(270, 721, 30))


class ReportForm(EntryForm):
    """Client, date, start, and an end or a length, of a visit that nobody planned; the prestation is the usual one.

    `usual` gives the key of the prestation that each client (by key) last had from this intervenant.
    """

    client = forms.ChoiceField(label=gettext_lazy("Client"), widget=forms.Select(attrs={"class": "input"}))
    prestation = forms.ChoiceField(
        label=gettext_lazy("Prestation"), required=False, widget=forms.Select(attrs={"class": "input"})
    )
    date = forms.DateField(
        label=gettext_lazy("Date"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    length = forms.TypedChoiceField(
        label=gettext_lazy("Durée"),
        required=False,
        coerce=int,
        empty_value=None,
        widget=forms.Select(attrs={"class": "input"}),
    )
    field_order = ("client", "date", "start", "length", "end", "prestation")

    def __init__(
        self, *args: Any, clients: list[Client], prestations: list[Prestation], usual: dict[int, int], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.usual = usual
        nobody, last_time = [("", _("Choisissez"))], [("", _("La même que la dernière fois"))]
        self.clients = {str(client.public_id): client for client in clients}
        self.prestations = {str(prestation.public_id): prestation for prestation in prestations}
        lengths = [(str(minutes), fmt.duration(minutes)) for minutes in LENGTHS]
        self.fields["length"].choices = [("", _("Choisissez")), *lengths]  # type: ignore[attr-defined]
        self.fields["end"].label = _("ou heure de fin")
        self.fields["client"].choices = nobody + [(key, row.full_name) for key, row in self.clients.items()]  # type: ignore[attr-defined]
        self.fields["prestation"].choices = last_time + [(key, row.name) for key, row in self.prestations.items()]  # type: ignore[attr-defined]
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
        """Find the prestation, and resolve the hours on the date chosen; without a date, only that is said."""
        self.chosen_prestation = self._prestation()
        if self.chosen_prestation is None and "client" in self.cleaned_data:
            self.add_error("prestation", _("Choisissez la prestation."))
        return super().clean() if "date" in self.cleaned_data else self.cleaned_data

    def _prestation(self) -> Prestation | None:
        chosen = self.prestations.get(self.cleaned_data.get("prestation", ""))
        client = self.clients.get(self.cleaned_data.get("client", ""))
        if chosen is not None or client is None:
            return chosen
        key = self.usual.get(client.pk)
        return next((row for row in self.prestations.values() if row.pk == key), None)

    def _end(self, start: dt.datetime) -> dt.datetime:
        """Return the end that was typed, or what the length makes of the start; both must say the same."""
        minutes = self.cleaned_data.get("length")
        by_length = start + dt.timedelta(minutes=minutes) if minutes else None
        if by_length is not None and not self.cleaned_data.get("end"):
            return by_length
        end = super()._end(start)
        if by_length is not None and end != by_length:
            raise hours.InvalidHour(
                _("La durée et l’heure de fin ne vont pas ensemble : laissez l’une des deux vide.")
            )
        return end

    def entered_start(self, clock: hours.Clock, *, second: bool) -> dt.datetime:
        """Return the instant at which the clock shows this on the date chosen; 24:00 is only an end."""
        day = self.cleaned_data["date"]
        noon = dt.datetime.combine(day, dt.time(12), self.actor.zone)
        if clock.hour == 24:
            return hours.entered_start(clock, noon, self.actor.zone)
        return hours.resolve(clock, day, self.actor.zone, second=second)

    def new_visit(self) -> NewVisit:
        """Return the visit that was entered; the form is valid."""
        if self.facts is None or self.chosen_prestation is None:
            raise ValueError("The form is not valid.")
        client = self.clients[self.cleaned_data["client"]]
        return NewVisit(
            client.pk,
            self.chosen_prestation.pk,
            self.facts.start,
            self.facts.end,
            self.facts.km,
            intervenant_id=self.actor.intervenant_id,
            origin=Origin.INTERVENANT,
        )
