"""What narrows the table, read from the address: a period, statuses, a client, an intervenant, and so on."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from interventions.actor import Actor
from interventions.models import Client, Intervenant, Intervention, Prestation, Secteur
from interventions.querysets import InterventionQuerySet
from interventions.states import Status

# The table opens on what was done lately, which is what still waits.
PERIOD_DAYS = 31
EARLIEST, LATEST = dt.date(2000, 1, 1), dt.date(2100, 12, 31)


class DayField(forms.DateField):
    """A day of the agency's calendar, as a browser's date field sends it."""

    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    default_validators = [MinValueValidator(EARLIEST), MaxValueValidator(LATEST)]

    def __init__(self, label: Any) -> None:
        super().__init__(label=label, input_formats=["%Y-%m-%d"])


class Menu(forms.Select):
    """A menu of some thousand people, rendered in one go."""

    template_name = "tracking/select.html"


class ByPublicId(forms.ModelChoiceField):
    """One of the rows that the actor may see, by the id that stands in addresses."""

    widget = Menu

    def __init__(self, label: Any, anyone: Any) -> None:
        super().__init__(
            queryset=None, label=label, empty_label=str(anyone), to_field_name="public_id", required=False
        )


class Filters(forms.Form):
    """The filter as a form whose fields are the address's own names; bounds that are missing are filled in."""

    du = DayField(_("Du"))
    au = DayField(_("Au"))
    client = ByPublicId(_("Client"), _("Tous"))
    intervenant = ByPublicId(_("Intervenant"), _("Tous"))
    prestation = ByPublicId(_("Prestation"), _("Toutes"))
    secteur = ByPublicId(_("Secteur"), _("Tous"))
    statut = forms.MultipleChoiceField(
        label=_("Statut"), choices=Status.choices, required=False, widget=forms.MultipleHiddenInput
    )

    def __init__(self, query: QueryDict, actor: Actor, today: dt.date) -> None:
        self.asked = _with_period(query, today)
        super().__init__(self.asked, auto_id="filtre-%s", use_required_attribute=False)
        self.actor = actor
        choices = {
            "client": Client.objects.visible_to(actor).by_name().only("public_id", "last_name", "first_name"),
            "intervenant": Intervenant.objects.visible_to(actor)
            .by_name()
            .only("public_id", "last_name", "first_name"),
            "prestation": Prestation.objects.filter(agence_id=actor.agence_id).order_by("name"),
            "secteur": _secteurs(actor),
        }
        for name, rows in choices.items():
            self.fields[name].queryset = rows  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Refuse a period that ends before it begins, beside the field that is easiest to correct."""
        cleaned = super().clean() or {}
        first, last = cleaned.get("du"), cleaned.get("au")
        if first and last and last < first:
            self.add_error("au", _("La période finit avant de commencer."))
        return cleaned

    def visits(self, *, statuses: bool = True) -> InterventionQuerySet:
        """Return what matches, of what the actor may see; without `statuses`, whatever the status.

        What an intervenant added and took back is nobody's work any more: it is left out. Nothing matches a filter
        with an error, so that no batch is larger than was meant.
        """
        if not self.is_valid():
            return Intervention.objects.none()
        chosen = self.cleaned_data
        found = Intervention.objects.visible_to(self.actor).filter(withdrawn=False)
        found = found.between(chosen["du"], chosen["au"]).filter(**dict(self._equalities()))
        return found.filter(status__in=chosen["statut"]) if statuses and chosen["statut"] else found

    def _equalities(self) -> Iterator[tuple[str, Any]]:
        for name in ("client", "intervenant", "prestation"):
            if row := self.cleaned_data[name]:
                yield f"{name}_id", row.pk
        if secteur := self.cleaned_data["secteur"]:
            yield "client__secteur_id", secteur.pk

    @property
    def statuses(self) -> list[Status]:
        """The statuses asked for, those that exist; none means all."""
        asked = set(self.asked.getlist("statut"))
        return [status for status in Status if status in asked]

    def query(self, **changes: Any) -> str:
        """Return the address's query of this filter, with some names changed or, with None, taken out."""
        query = QueryDict(mutable=True)
        for name in self.fields:
            query.setlist(name, [value for value in self.asked.getlist(name) if value])
        for name, value in changes.items():
            query.setlist(name, value if isinstance(value, list) else [value] if value else [])
        return query.urlencode()


def _with_period(query: QueryDict, today: dt.date) -> QueryDict:
    """Return the query with both bounds of the period: what is missing lies around what is there."""
    filled = query.copy()
    if not filled.get("au"):
        filled["au"] = max(today, _day(filled.get("du")) or today).isoformat()
    if not filled.get("du"):
        last = max(_day(filled["au"]) or today, EARLIEST + dt.timedelta(PERIOD_DAYS))
        filled["du"] = (last - dt.timedelta(PERIOD_DAYS)).isoformat()
    return filled


def _day(text: object) -> dt.date | None:
    try:
        return dt.date.fromisoformat(str(text))
    except ValueError:
        return None


def _secteurs(actor: Actor) -> Any:
    mine = Secteur.objects.filter(agence_id=actor.agence_id).order_by("name")
    return mine if actor.secteur_ids is None else mine.filter(pk__in=actor.secteur_ids)
