"""Who could make a visit: who is free then, knows the client, has hours left in the week; ranked, with why."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import Count, F, Sum

from interventions import hours
from interventions.actor import Actor
from interventions.models import Absence, Intervenant, Intervention
from interventions.planning.cautions import INSTANT, meets
from interventions.planning.slots import ONE_DAY, WEEK, Slot, monday
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
    """Return every intervenant in use but the one who has the visit, the best first; five statements."""
    busy, away, known, minutes = _busy(slot, actor), _away(slot, actor), _known(slot, actor), _minutes(slot, actor)
    people: Any = Intervenant.objects.visible_to(actor).current()
    found = [
        Candidate(one, one.pk not in busy, one.pk in away, known[one.pk], minutes[one.pk] + slot.minutes)
        for one in people
        if one.pk != slot.intervenant_id
    ]
    return sorted(found, key=lambda candidate: candidate.rank)


def _standing(slot: Slot, actor: Actor) -> Any:
    """Start from the visits that somebody makes, cancelled ones and the visit itself aside, whatever the secteur."""
    found = Intervention.objects.filter(agence_id=actor.agence_id, intervenant__isnull=False)
    return found.exclude(status=Status.CANCELLED).exclude(pk=slot.intervention_id or 0)


def _busy(slot: Slot, actor: Actor) -> set[int]:
    first, last = hours.day_of(slot.start, actor.zone) - ONE_DAY, hours.day_of(slot.end, actor.zone)
    at_once = _standing(slot, actor).between(first, last)
    met = at_once.filter(retained_start__lt=slot.end, retained_end__gt=slot.start)
    return set(met.values_list("intervenant_id", flat=True))


def _minutes(slot: Slot, actor: Actor) -> defaultdict[int, int]:
    """Add up each one's week."""
    week = monday(hours.day_of(slot.start, actor.zone))
    mine = _standing(slot, actor).between(week, week + WEEK - ONE_DAY)
    added = mine.values("intervenant_id").annotate(lasting=Sum(F("retained_end") - F("retained_start"))).order_by()
    lasting = added.values_list("intervenant_id", "lasting")
    return defaultdict(int, {key: round(time.total_seconds() / 60) for key, time in lasting})


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
