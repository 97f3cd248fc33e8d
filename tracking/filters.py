"""What narrows the table, read from the address: a period, statuses, a client, an intervenant, and so on."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from interventions.actor import Actor
from interventions.models import Client, Contrat, Intervenant, Intervention, Prestation, Secteur
from interventions.querysets import InterventionQuerySet
from interventions.states import Settled, Status
from tracking import conditions
from tracking.conditions import Attached, Told, Unit
from tracking.fields import TYPED, ByPublicId, DayField, OneOf, PersonField, Whole
from tracking.period import with_period

# The fields that are always in sight; the others are folded until one of them narrows.
FIRST = ("du", "au", "client", "intervenant", "prestation", "secteur")


class Filters(forms.Form):
    """The filter as a form whose fields are the address's own names; bounds that are missing are filled in."""

    du = DayField(_("Du"))
    au = DayField(_("Au"))
    client = PersonField(_("Client"), "clients")
    intervenant = PersonField(_("Intervenant"), "intervenants")
    prestation = ByPublicId(_("Prestation"), _("Toutes"))
    secteur = ByPublicId(_("Secteur"), _("Tous"))
    attente = Whole(_("Attend depuis plus de (jours)"))
    ecart = forms.DecimalField(
        label=_("Écart au prévu d’au moins"), required=False, min_value=0, max_value=9999, localize=True
    )
    unite = OneOf(_("Écart compté en"), Unit.choices(), default=True)
    contrat = OneOf(_("Contrat"), Attached.choices())
    numero = forms.CharField(label=_("Numéro du contrat"), required=False, max_length=40)
    courrier = OneOf(_("Mail sur cette étape"), Told.choices())
    validee = forms.MultipleChoiceField(
        label=_("Validée"), choices=Settled.choices, required=False, widget=forms.CheckboxSelectMultiple
    )
    statut = forms.MultipleChoiceField(
        label=_("Statut"), choices=Status.choices, required=False, widget=forms.MultipleHiddenInput
    )

    def __init__(self, query: QueryDict, actor: Actor, now: dt.datetime) -> None:
        self.asked = with_period(query, actor.today(now))
        super().__init__(self.asked, auto_id="filtre-%s", use_required_attribute=False)
        self.actor, self.now = actor, now
        self.fields["client"].among(Client.objects.visible_to(actor))  # type: ignore[attr-defined]
        self.fields["intervenant"].among(Intervenant.objects.visible_to(actor))  # type: ignore[attr-defined]
        self._menu("prestation", Prestation.objects.filter(agence_id=actor.agence_id).order_by("name"))
        self._menu("secteur", _secteurs(actor))

    def _menu(self, name: str, rows: Any) -> None:
        self.fields[name].queryset = rows  # type: ignore[attr-defined]

    def clean_numero(self) -> Contrat | None:
        """Return the contrat of this number, of those that the actor may see."""
        number = self.cleaned_data["numero"]
        if not number:
            return None
        found = Contrat.objects.visible_to(self.actor).filter(number=number).first()
        if found is None:
            raise forms.ValidationError(_("Aucun contrat de ce numéro ici."))
        return found

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
        for condition in self._conditions():
            found = found.filter(condition)
        if chosen["ecart"]:
            found = conditions.apart(found, chosen["ecart"], Unit(chosen["unite"] or Unit.MINUTES))
        return found.filter(status__in=chosen["statut"]) if statuses and chosen["statut"] else found

    def _equalities(self) -> Iterator[tuple[str, Any]]:
        for name in ("client", "intervenant", "prestation"):
            if row := self.cleaned_data[name]:
                yield f"{name}_id", row.pk
        if secteur := self.cleaned_data["secteur"]:
            yield "client__secteur_id", secteur.pk

    def _conditions(self) -> Iterator[Any]:
        chosen = self.cleaned_data
        if chosen["attente"] is not None:
            yield conditions.waiting_before(self.now - dt.timedelta(chosen["attente"]))
        if chosen["contrat"]:
            yield conditions.attached(Attached(chosen["contrat"]))
        if chosen["numero"]:
            yield conditions.on_contrat(chosen["numero"])
        if chosen["validee"]:
            yield conditions.settled(chosen["validee"])
        if chosen["courrier"]:
            yield conditions.told(Told(chosen["courrier"]), self.now)

    @property
    def whole_days(self) -> tuple[dt.date, dt.date] | None:
        """The first and last of the days all of whose visits match but for their status; None if anything narrows."""
        if not self.is_valid():
            return None
        chosen = dict(self.cleaned_data)
        first, last = chosen.pop("du"), chosen.pop("au")
        for name in ("statut", "unite"):
            del chosen[name]
        return None if any(value not in (None, "", []) for value in chosen.values()) else (first, last)

    @property
    def statuses(self) -> list[Status]:
        """The statuses asked for, those that exist; none means all."""
        asked = set(self.asked.getlist("statut"))
        return [status for status in Status if status in asked]

    @property
    def first_fields(self) -> list[forms.BoundField]:
        """The fields that are always in sight."""
        return [self[name] for name in FIRST]

    @property
    def more_fields(self) -> list[forms.BoundField]:
        """The fields that are folded until one of them narrows, or cannot be read."""
        return [field for field in self.visible_fields() if field.name not in FIRST]

    @property
    def folded(self) -> int:
        """How many of the folded fields hold something."""
        return sum(any(self.asked.getlist(field.name)) for field in self.more_fields if field.name != "unite")

    @property
    def named(self) -> bool:
        """Whether the address holds a name that was typed, where the id of one person can stand."""
        return any(f"{name}{TYPED}" in self.asked for name in self.fields)

    @property
    def ambiguous(self) -> list[tuple[forms.BoundField, list[tuple[Any, str]]]]:
        """The fields in which a name means several people: each of these, with the query that means them."""
        fields = ((self[name], field) for name, field in self.fields.items() if isinstance(field, PersonField))
        return [
            (bound, [(person, self.query(**{bound.name: str(person.public_id)})) for person in field.matches])
            for bound, field in fields
            if field.matches
        ]

    def query(self, **changes: Any) -> str:
        """Return the address's query of this filter, with some names changed or, with None, taken out.

        A typed name that means one person gives way to their id.
        """
        query = self._own | {}
        for name, value in changes.items():
            query.pop(f"{name}{TYPED}", None)
            query[name] = _encoded(name, value if isinstance(value, list) else [value] if value else [])
        return "&".join([part for part in query.values() if part])

    @cached_property
    def _own(self) -> dict[str, str]:
        """What each name says in the address, encoded once: a page has twenty links that change one of them."""
        own: dict[str, list[str]] = {}
        for name, field in self.fields.items():
            if isinstance(field, PersonField):
                own |= {key: [value] for key, value in self._person_asked(name).items()}
            else:
                own[name] = [value for value in self.asked.getlist(name) if value]
        if not own["ecart"]:
            # A unit of nothing would stand in each of the page's links.
            del own["unite"]
        return {name: _encoded(name, values) for name, values in own.items()}

    def _person_asked(self, name: str) -> dict[str, str]:
        if name not in self.errors:
            found = self.cleaned_data[name]
            return {name: str(found.public_id)} if found else {}
        asked = ((key, str(self.asked.get(key) or "")) for key in (name, f"{name}{TYPED}"))
        return {key: value for key, value in asked if value}


def _encoded(name: str, values: list[str]) -> str:
    return urlencode([(name, value) for value in values])


def _secteurs(actor: Actor) -> Any:
    return Secteur.objects.visible_to(actor).order_by("sort_name", "id")
