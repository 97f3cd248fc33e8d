"""What deserves a second look before a visit is planned; never a refusal. Five statements, however many visits."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from interventions import hours
from interventions.actor import Actor
from interventions.models import Absence, Intervenant
from interventions.planning.slots import Slot, Taken, absences, monday, taken, weeks_of

INSTANT = timedelta(microseconds=1)


class Kind(StrEnum):
    """What may be odd about a time."""

    INTERVENANT_BUSY = "intervenant_busy"
    CLIENT_BUSY = "client_busy"
    AWAY = "away"
    CONTRAT = "contrat"
    WEEK = "week"


@dataclass(frozen=True, slots=True)
class Caution:
    """One thing to point out; what it is about stands in the one field that goes with its kind.

    `visit_id` of a visit at the same time, `absence`, or for a week its Monday with the minutes that it would hold.
    """

    kind: Kind
    slot: Slot
    visit_id: int | None = None
    absence: Absence | None = None
    week: date | None = None
    minutes: int = 0


def weigh(slots: Sequence[Slot], actor: Actor) -> list[Caution]:
    """Return what is odd about these times, in their order, then the weeks that would be too long.

    Overlaps count whatever the secteur; who words them must name only visits that the actor may see.
    """
    if not slots:
        return []
    first, last = weeks_of(slots, actor)
    clients = {slot.client_id for slot in slots}
    intervenants = {slot.intervenant_id for slot in slots if slot.intervenant_id}
    own = {slot.intervention_id for slot in slots if slot.intervention_id}
    standing = [one for one in taken(actor, first, last, clients, intervenants) if one.id not in own]
    away = absences(actor, first, last, clients, intervenants)
    found = [caution for slot in slots for caution in _of_slot(slot, standing, away, actor)]
    return [*found, *_long_weeks(slots, standing, actor, intervenants)]


def _of_slot(slot: Slot, standing: list[Taken], away: list[Absence], actor: Actor) -> Iterator[Caution]:
    for one in standing:
        if one.meets(slot.start, slot.end):
            busy = one.intervenant_id is not None and one.intervenant_id == slot.intervenant_id
            yield Caution(Kind.INTERVENANT_BUSY if busy else Kind.CLIENT_BUSY, slot, visit_id=one.id)
    day, until = hours.day_of(slot.start, actor.zone), hours.day_of(slot.end - INSTANT, actor.zone)
    for absence in away:
        if _is_of(absence, slot) and meets(absence, day, until):
            yield Caution(Kind.AWAY, slot, absence=absence)
    if slot.asks_contrat and not (slot.contrat and slot.contrat.covers(slot.client_id, day)):
        yield Caution(Kind.CONTRAT, slot)


def _is_of(absence: Absence, slot: Slot) -> bool:
    if absence.client_id is not None:
        return absence.client_id == slot.client_id
    return absence.intervenant_id == slot.intervenant_id


def meets(absence: Absence, first: date, last: date) -> bool:
    """Whether an absence holds any of these days, both included."""
    return absence.starts_on <= last and (absence.ends_on is None or absence.ends_on >= first)


type Weeks = defaultdict[tuple[int | None, date], int]


def _long_weeks(
    slots: Sequence[Slot], standing: Iterable[Taken], actor: Actor, intervenants: set[int]
) -> Iterator[Caution]:
    limited = Intervenant.objects.filter(agence_id=actor.agence_id, pk__in=intervenants, weekly_minutes__isnull=False)
    limits: dict[int | None, int] = dict(limited.values_list("pk", "weekly_minutes").order_by())
    minutes: Weeks = defaultdict(int)
    for one in standing:
        minutes[one.intervenant_id, monday(one.day)] += one.minutes
    last_of: dict[tuple[int | None, date], Slot] = {}
    for slot in slots:
        week = (slot.intervenant_id, monday(hours.day_of(slot.start, actor.zone)))
        minutes[week] += slot.minutes
        last_of[week] = slot
    for (who, week_of), slot in last_of.items():
        if who in limits and minutes[who, week_of] > limits[who]:
            yield Caution(Kind.WEEK, slot, week=week_of, minutes=minutes[who, week_of])
