"""What a contrat allows in a month, and how much of it the visits of that month take."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from django.db.models import DurationField, ExpressionWrapper, F, Sum
from django.db.models.functions import TruncMonth

from interventions import hours
from interventions.actor import Actor
from interventions.guards import Facts
from interventions.models import Contrat, Intervention
from interventions.states import Status

MINUTE = dt.timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Allowance:
    """The minutes that a contrat agrees for a month, and those that its visits take once the press is saved."""

    month: dt.date
    agreed: int
    taken: int

    @property
    def over(self) -> int:
        """How many minutes too many; zero or less where it fits."""
        return self.taken - self.agreed


def allowances(actor: Actor, found: Collection[Intervention], entered: Mapping[int, Facts]) -> dict[int, Allowance]:
    """Return, by visit, what its contrat allows in its month, counted with what is entered; two statements.

    A visit without a contrat, or whose contrat says no hours, has none.
    """
    agreed = _agreed(actor, {visit.contrat_id for visit in found if visit.contrat_id})
    if not agreed:
        return {}
    months = {visit.pk: hours.month_of(_day(visit, entered, actor)) for visit in found}
    taken = _taken(actor, agreed, months.values())
    for visit in found:
        if visit.contrat_id in agreed and visit.pk in entered:
            before = hours.elapsed_minutes(visit.retained_start, visit.retained_end)
            after = hours.elapsed_minutes(entered[visit.pk].start, entered[visit.pk].end)
            place = (visit.contrat_id, months[visit.pk])
            taken[place] = taken.get(place, 0) + after - before
    return {
        visit.pk: Allowance(
            months[visit.pk], agreed[visit.contrat_id], taken.get((visit.contrat_id, months[visit.pk]), 0)
        )
        for visit in found
        if visit.contrat_id in agreed
    }


def allowance_of_new(actor: Actor, contrat: Contrat | None, facts: Facts) -> Allowance | None:
    """Return what the contrat allows in the month of a visit that does not exist yet, counted with it."""
    if contrat is None or contrat.monthly_minutes is None:
        return None
    month = hours.month_of(hours.day_of(facts.start, actor.zone))
    taken = _taken(actor, {contrat.pk}, [month]).get((contrat.pk, month), 0)
    return Allowance(month, contrat.monthly_minutes, taken + hours.elapsed_minutes(facts.start, facts.end))


def _day(visit: Intervention, entered: Mapping[int, Facts], actor: Actor) -> dt.date:
    facts = entered.get(visit.pk)
    return hours.day_of(facts.start, actor.zone) if facts else visit.day


def _agreed(actor: Actor, keys: Collection[int]) -> dict[int, int]:
    found = Contrat.objects.filter(agence_id=actor.agence_id, pk__in=keys, monthly_minutes__isnull=False)
    return {key: minutes for key, minutes in found.values_list("pk", "monthly_minutes") if minutes is not None}


def _taken(actor: Actor, keys: Collection[int], months: Collection[dt.date]) -> dict[tuple[int, dt.date], int]:
    """Add up what the contrats' visits of these months last, cancelled ones aside, whoever makes them."""
    first, last = min(months), max(months) + dt.timedelta(days=31)
    length = ExpressionWrapper(F("retained_end") - F("retained_start"), output_field=DurationField())
    found = Intervention.objects.filter(
        agence_id=actor.agence_id, contrat__in=list(keys), day__gte=first, day__lte=last
    )
    rows = found.exclude(status=Status.CANCELLED).annotate(month=TruncMonth("day"))
    sums = rows.values_list("contrat_id", "month").annotate(lasts=Sum(length)).order_by()
    return {(contrat_id, month): lasts // MINUTE for contrat_id, month, lasts in sums}
