"""Who could make a visit: who is free then, knows the client, has hours left in the week; ranked, with why."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, Q

from interventions import hours
from interventions.actor import Actor
from interventions.models import Absence, Intervenant, Intervention
from interventions.planning.cautions import INSTANT, meets
from interventions.planning.slots import ONE_DAY, Slot, Taken, monday, taken, weeks_of
from interventions.states import Status

# How far back a client is remembered.
KNOWN_DAYS = 365


@dataclass(frozen=True, slots=True)
class Candidate:
    """An intervenant, and what speaks for and against sending them."""

    intervenant: Intervenant
    free: bool
    away: bool
    visits_before: int
    week_minutes: int

    @property
    def fits_week(self) -> bool:
        """Whether the week with this visit stays within their hours; nothing said means no limit."""
        limit = self.intervenant.weekly_minutes
        return limit is None or self.week_minutes <= limit

    @property
    def fits(self) -> bool:
        """Whether nothing speaks against it."""
        return self.free and not self.away and self.fits_week

    @property
    def rank(self) -> tuple[Any, ...]:
        """The order of the list: who fits, then who knows the client best, then who has most time left."""
        spare = (self.intervenant.weekly_minutes or 0) - self.week_minutes
        blocked = not self.free or self.away
        return (blocked, not self.fits_week, -self.visits_before, -spare, self.intervenant.sort_name)


def candidates(slot: Slot, actor: Actor) -> list[Candidate]:
    """Return every intervenant in use but the one who has the visit, the best first; four statements."""
    first, last = weeks_of([slot], actor)
    week = [one for one in taken(actor, first, last, Q(intervenant__isnull=False)) if one.id != slot.intervention_id]
    busy = {one.intervenant_id for one in week if one.meets(slot.start, slot.end)}
    away, known = _away(slot, actor), _known(slot, actor)
    minutes = _minutes(week, first)
    people: Any = Intervenant.objects.visible_to(actor).current().exclude(pk=slot.intervenant_id)
    found = [
        Candidate(
            one,
            one.pk not in busy,
            one.pk in away,
            known[one.pk],
            minutes[one.pk] + slot.minutes,
        )
        for one in people.by_name()
    ]
    return sorted(found, key=lambda candidate: candidate.rank)


def _minutes(week: list[Taken], first: date) -> Counter[int | None]:
    """Add up each one's week; the visits of the day before it are there for their nights only."""
    added: Counter[int | None] = Counter()
    for one in week:
        if monday(one.day) >= first:
            added[one.intervenant_id] += one.minutes
    return added


def _away(slot: Slot, actor: Actor) -> set[int | None]:
    day, until = hours.day_of(slot.start, actor.zone), hours.day_of(slot.end - INSTANT, actor.zone)
    found: Any = Absence.objects.filter(agence_id=actor.agence_id, intervenant__isnull=False).meeting(day, until)
    return {absence.intervenant_id for absence in found if meets(absence, day, until)}


def _known(slot: Slot, actor: Actor) -> defaultdict[int | None, int]:
    """Count the visits that each made at this client before, cancelled ones aside."""
    day = hours.day_of(slot.start, actor.zone)
    before = Intervention.objects.filter(agence_id=actor.agence_id, client=slot.client_id, intervenant__isnull=False)
    found: Any = before.between(day - timedelta(days=KNOWN_DAYS), day - ONE_DAY).exclude(status=Status.CANCELLED)
    counted = found.values_list("intervenant_id").annotate(Count("pk")).order_by()
    return defaultdict(int, dict(counted))
