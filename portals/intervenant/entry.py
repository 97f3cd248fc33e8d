"""Hours, kilometres and comment as an intervenant enters them, turned into facts or into errors beside the field."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from interventions import hours
from interventions.actor import Actor
from interventions.guards import Facts
from portals.web import format as fmt

COMMENT_LENGTH = 2000
ONE_DAY = dt.timedelta(days=1)


def clock_text(moment: dt.datetime, actor: Actor) -> str:
    """Return an instant as a field of the type time wants it: 08:30."""
    return str(hours.clock_of(moment, actor.zone))


def km_text(km: Decimal | None) -> str:
    """Return kilometres as they are typed: 2,4; nothing for none."""
    return f"{km:.1f}".removesuffix(".0").replace(".", ",") if km else ""


def change_near(day: dt.date, actor: Actor) -> bool:
    """Whether the clocks go back on that day or in the night after it, so that an hour exists twice."""
    noon = dt.time(12)
    before, after = (dt.datetime.combine(day + ONE_DAY * n, noon, actor.zone).utcoffset() for n in (-1, 1))
    return before is not None and after is not None and before > after


def time_field(label: Any, name: str) -> forms.CharField:
    """Return a field for an hour, which the page's script knows by its name; 24:00 is an end where it can be typed."""
    widget = forms.TextInput(attrs={"autocomplete": "off", "data-hour-of": name})
    widget.input_type = "time"
    return forms.CharField(label=label, required=False, max_length=8, widget=widget)


class ChipsField(forms.MultipleChoiceField):
    """Short texts of the agency's list, each added by one tap; a text since removed from it still counts."""

    widget = forms.CheckboxSelectMultiple

    def valid_value(self, value: str) -> bool:
        """Take any text: it joins a comment, which is free."""
        return True


class EntryForm(forms.Form):
    """Hours, kilometres and comment of one visit.

    `known` are the facts it starts from (the plan, or what is declared): what is left untouched keeps them to the
    second, so that an hour that exists twice is not reread. `reference` is the start near which a new start is meant;
    None where the form has a date of its own. After validation `facts` holds what was entered.
    """

    start = time_field(gettext_lazy("Début"), "start")
    end = time_field(gettext_lazy("Fin"), "end")
    start_second = forms.BooleanField(label=gettext_lazy("Début après le changement d’heure"), required=False)
    end_second = forms.BooleanField(label=gettext_lazy("Fin après le changement d’heure"), required=False)
    km = forms.CharField(
        label=gettext_lazy("Kilomètres"),
        required=False,
        max_length=12,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off", "data-km": True}),
    )
    comment = forms.CharField(
        label=gettext_lazy("Commentaire, visible par l’agence et le client"),
        required=False,
        max_length=COMMENT_LENGTH,
        widget=forms.Textarea(attrs={"rows": 2, "class": "input"}),
    )
    chips = ChipsField(label=gettext_lazy("Motifs d’un geste"), required=False)
    acknowledged = forms.CharField(required=False, max_length=200, widget=forms.HiddenInput)

    use_required_attribute = False
    # What was planned, in words, for the fields of a visit to declare.
    planned: Mapping[str, str] = MappingProxyType({"start": "", "end": "", "km": ""})
    facts: Facts | None = None
    TYPED = ("start", "end", "start_second", "end_second", "km", "comment", "chips")

    def __init__(
        self, *args: Any, actor: Actor, now: dt.datetime, known: Facts | None = None, comment: str = "", **kwargs: Any
    ) -> None:
        self.actor, self.now, self.known = actor, now, known
        if known is not None:
            kwargs["initial"] = {
                "start": clock_text(known.start, actor),
                "end": clock_text(known.end, actor),
                "km": km_text(known.km),
                "comment": comment,
                **kwargs.get("initial", {}),
            }
        super().__init__(*args, **kwargs)
        self.fields["chips"].choices = [(text, text) for text in actor.agence.comment_chips]  # type: ignore[attr-defined]

    @property
    def said(self) -> str:
        """The comment with the texts that were added in one tap, as it will be saved."""
        if not self.is_bound:
            return str(self.initial.get("comment", ""))
        chips = self.data.getlist(self.add_prefix("chips"))  # type: ignore[attr-defined]
        comment = str(self.data.get(self.add_prefix("comment"), "")).strip()
        added = ". ".join(chip.strip() for chip in chips if chip.strip() and chip.strip() not in comment)
        ending = " " if comment.endswith((".", "!", "?", "…")) else ". "
        return (f"{comment}{ending if comment and added else ''}{added}{'.' if added else ''}")[:COMMENT_LENGTH]

    @property
    def acknowledged_codes(self) -> str:
        """What the person has been shown before, as the page wrote it."""
        return str(self.data.get(self.add_prefix("acknowledged"), "")) if self.is_bound else ""

    @property
    def typed(self) -> bool:
        """Whether anything was entered that differs from what the form started with."""
        return self.is_bound and bool(set(self.TYPED) & set(self.changed_data))

    @property
    def hour_exists_twice(self) -> bool:
        """Whether the choice of the second of two equal hours has to be offered."""
        return self.known is not None and change_near(hours.day_of(self.known.start, self.actor.zone), self.actor)

    @property
    def gap_minutes(self) -> int | None:
        """How much longer the visit was than the facts that the form started from; None while that is unknown."""
        if self.facts is None or self.known is None:
            return None
        return fmt.elapsed(self.facts.start, self.facts.end) - fmt.elapsed(self.known.start, self.known.end)

    @property
    def gap_km(self) -> Decimal | None:
        """How many kilometres more than the form started from."""
        return None if self.facts is None or self.known is None else self.facts.km - self.known.km

    def clean(self) -> dict[str, Any]:
        """Resolve what was typed to two instants and kilometres; say beside the field what cannot be."""
        data: dict[str, Any] = super().clean() or {}
        start = self._read("start", self._start)
        end = self._read("end", lambda: self._end(start)) if start else None
        km = self._read("km", lambda: hours.parse_km(data.get("km", "")))
        if start is None or end is None or km is None:
            return data
        for field, problem in hours.facts_errors(start, end, km, self.now, self.actor.zone):
            self.add_error(field, problem)
        if not self.errors:
            self.facts = Facts(start, end, km)
        return data

    def _read[T](self, field: str, read: Any) -> Any:
        if field in self.errors:
            return None
        try:
            return read()
        except hours.InvalidEntry as problem:
            self.add_error(field, problem.message)
            return None

    def _clock(self, field: str) -> hours.Clock:
        text = self.cleaned_data.get(field, "")
        if not text:
            raise hours.InvalidHour(
                _("Écrivez l’heure de début.") if field == "start" else _("Écrivez l’heure de fin.")
            )
        return hours.parse_clock(text[:5] if text.count(":") == 2 else text)

    def _untouched(self, *fields: str) -> bool:
        return self.known is not None and not set(fields) & set(self.changed_data)

    def _start(self) -> dt.datetime:
        if self.known is not None and self._untouched("start", "start_second"):
            return self.known.start
        return self.entered_start(self._clock("start"), second=self.cleaned_data["start_second"])

    def entered_start(self, clock: hours.Clock, *, second: bool) -> dt.datetime:
        """Return the instant meant by the start that was typed: near the one the form started from."""
        if self.known is None:
            raise hours.InvalidHour(_("Choisissez d’abord la date."))
        return hours.entered_start(clock, self.known.start, self.actor.zone, second=second)

    def _end(self, start: dt.datetime) -> dt.datetime:
        if self.known is not None and self._untouched("start", "start_second", "end", "end_second"):
            return self.known.end
        second = self.cleaned_data["end_second"]
        return hours.entered_end(self._clock("end"), start, self.actor.zone, second=second)
