"""The columns of an export of visits: what each is called, what kind of figure it is, where the database finds it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any

from django.db.models import Case, CharField, F, Value, When
from django.db.models.functions import Coalesce, Concat, Trim
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from interventions.states import Labelled, Origin, Settled, Status


class Kind(Enum):
    """What a column holds; each file format writes a kind in its own way."""

    TEXT = auto()
    DAY = auto()
    CLOCK = auto()  # an instant, shown on the agency's clock
    LENGTH = auto()  # an interval, as HH:MM
    HOURS = auto()  # the same interval, in decimal hours
    MINUTES = auto()  # an interval as whole minutes, signed
    KM = auto()
    COUNT = auto()  # a whole number
    SPAN = auto()  # signed minutes, as HH:MM
    SPAN_HOURS = auto()  # the same minutes, in decimal hours


@dataclass(frozen=True)
class Column:
    """One column: its head, the kind of what it holds, and the expression that finds it."""

    label: Promise | str
    kind: Kind
    value: Any


def _labels(field: str, words: Iterable[Labelled]) -> Case:
    whens = [When(**{field: word.value}, then=Value(str(word.label))) for word in words]
    return Case(*whens, default=Value(""), output_field=CharField())


def _name(person: str) -> Any:
    return Trim(Concat(F(f"{person}__last_name"), Value(" "), F(f"{person}__first_name")))


def _or_nothing(path: str) -> Coalesce:
    return Coalesce(F(path), Value(""), output_field=CharField())


def _span(version: str) -> Any:
    return F(f"{version}_end") - F(f"{version}_start")


def counted() -> Case:
    """Return how long a visit counts, as the totals of the table do: as retained, nothing once cancelled."""
    return Case(When(status=Status.CANCELLED, then=Value(None)), default=_span("retained"))


def visits_columns() -> list[Column]:
    """Return the columns of an export of visits.

    What people wrote (comments, ordre de mission) stays in the product: it is about a person's health as often as
    not, and a file goes where nobody can see who reads it.
    """
    text, clock = Kind.TEXT, Kind.CLOCK
    return [
        Column(_("Numéro"), text, F("number")),
        Column(_("Jour"), Kind.DAY, F("day")),
        Column(_("N° client"), text, F("client__number")),
        Column(_("Client"), text, _name("client")),
        Column(_("Secteur"), text, _or_nothing("client__secteur__name")),
        Column(_("Matricule"), text, _or_nothing("intervenant__number")),
        Column(_("Intervenant"), text, _name("intervenant")),
        Column(_("Prestation"), text, F("prestation__name")),
        Column(_("Contrat"), text, _or_nothing("contrat__number")),
        Column(_("Statut"), text, _labels("status", Status)),
        Column(_("Validée"), text, _labels("settled_by", Settled)),
        Column(_("Motif de l’annulation"), text, _or_nothing("motif__label")),
        Column(_("Origine"), text, _labels("origin", Origin)),
        Column(_("Début prévu"), clock, F("planned_start")),
        Column(_("Fin prévue"), clock, F("planned_end")),
        Column(_("Début déclaré"), clock, F("declared_start")),
        Column(_("Fin déclarée"), clock, F("declared_end")),
        Column(_("Écart au prévu (min)"), Kind.MINUTES, _span("declared") - _span("planned")),
        Column(_("Début retenu"), clock, F("retained_start")),
        Column(_("Fin retenue"), clock, F("retained_end")),
        Column(_("Heures (HH:MM)"), Kind.LENGTH, counted()),
        Column(_("Heures (décimal)"), Kind.HOURS, counted()),
        Column(_("Km"), Kind.KM, F("retained_km")),
    ]
