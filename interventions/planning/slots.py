"""The times that somebody is about to plan, and what stands in those days already; read in two statements."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Q

from interventions import hours
from interventions.actor import Actor
from interventions.guards import ContratTerms
from interventions.models import Absence, Intervention
from interventions.states import Status

ONE_DAY = timedelta(days=1)
WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Slot:
    """A visit as it would be: whose, by whom (None: nobody yet), when, and the visit that it is already, if any.

    `contrat` is the terms that it would hang on; `asks_contrat` is false where the contrat does not change.
    """

    client_id: int
    start: datetime
    end: datetime
    intervenant_id: int | None = None
    contrat: ContratTerms | None = None
    intervention_id: int | None = None
    asks_contrat: bool = True

    @property
    def minutes(self) -> int:
        """What it lasts."""
        return hours.elapsed_minutes(self.start, self.end)


@dataclass(frozen=True, slots=True)
class Taken:
    """A visit that stands, cancelled ones aside, as far as times go."""

    id: int
    client_id: int
    intervenant_id: int | None
    start: datetime
    end: datetime
    day: date

    @property
    def minutes(self) -> int:
        """What it lasts."""
        return hours.elapsed_minutes(self.start, self.end)

    def meets(self, start: datetime, end: datetime) -> bool:
        """Whether the two overlap; one that ends when the other begins does not."""
        return self.start < end and start < self.end


def monday(day: date) -> date:
    """Return the Monday of the week of a day."""
    return day - ONE_DAY * day.weekday()


def weeks_of(slots: Sequence[Slot], actor: Actor) -> tuple[date, date]:
    """Return the first and the last day of the whole weeks that hold all of `slots`, which must not be empty."""
    first = min(hours.day_of(slot.start, actor.zone) for slot in slots)
    last = max(hours.day_of(slot.end, actor.zone) for slot in slots)
    return monday(first), monday(last) + WEEK - ONE_DAY


def taken(
    actor: Actor, first: date, last: date, clients: Collection[int], intervenants: Collection[int]
) -> list[Taken]:
    """Read the visits of these people in these days, and of the night before them, cancelled ones aside.

    Of every secteur: an intervenant who is elsewhere is not free, whoever asks. Name none without `visible_to`.
    """
    people = Q(client__in=clients) | Q(intervenant__in=intervenants)
    found = Intervention.objects.filter(people, agence_id=actor.agence_id).exclude(status=Status.CANCELLED)
    columns = ("pk", "client_id", "intervenant_id", "retained_start", "retained_end", "day")
    rows: Any = found.between(first - ONE_DAY, last).in_order().values_list(*columns)
    return [Taken(*row) for row in rows]


def absences(
    actor: Actor, first: date, last: date, clients: Collection[int], intervenants: Collection[int]
) -> list[Absence]:
    """Read the absences of these people that meet these days."""
    people = Q(client__in=clients) | Q(intervenant__in=intervenants)
    found: Any = Absence.objects.filter(people, agence_id=actor.agence_id)
    return list(found.meeting(first, last).select_related("client", "intervenant").order_by("starts_on", "pk"))
