"""Series come into being, go on, change and end; their visits are planned, moved, cancelled by `operations.apply`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import NAMESPACE_URL, uuid4, uuid5

from django.db import transaction
from django.db.models import F, Q

from interventions import hours, operations
from interventions.actor import Actor, system
from interventions.guards import Facts
from interventions.models import Absence, Agence, Intervention, Series
from interventions.operations import Change, NewVisit, Outcome
from interventions.operations.deciding import permit
from interventions.planning.cautions import meets
from interventions.planning.recurrence import days_of, facts_on
from interventions.states import Action, Origin, Status
from interventions.tenancy import within

# How far ahead visits exist: a quarter, so that holidays and replacements can be planned.
AHEAD = timedelta(days=92)
STANDING = (Status.DRAFT, Status.PLANNED)


def horizon(actor: Actor, at: datetime) -> date:
    """Return the last day up to which visits are made now."""
    return actor.today(at) + AHEAD


def made_until(series: Series, actor: Actor, at: datetime) -> date:
    """Return up to when a new series makes visits: the horizon, or as far from a start that lies beyond it."""
    last = horizon(actor, at)
    return last if series.starts_on <= last else series.starts_on + AHEAD


def first_days(series: Series, actor: Actor, at: datetime) -> list[date]:
    """Return the days on which a new series makes its first visits: from its start up to the horizon."""
    last = made_until(series, actor, at)
    return days_of(series, series.starts_on, last, actor.agence.holiday_region)


def start(series: Series, *, actor: Actor, at: datetime, key: str, reason: str = "") -> Outcome:
    """Save a new series and plan its first visits as one press; the same key again does nothing.

    Refuses (Refused, Guard.RIGHT) whoever may not plan, as all that follow.
    """
    permit(Action.PLAN, actor)
    days = first_days(series, actor, at)
    series.made_until = made_until(series, actor, at)
    with transaction.atomic():
        series.save(force_insert=True)
        changes = [plan(series, day, actor, reason=reason) for day in days]
        outcome = operations.apply(changes, actor=actor, at=at, key=key)
        if outcome.replayed or not outcome.done:
            series.delete()
    return outcome


def plan(series: Series, day: date, actor: Actor, *, nobody: bool = False, reason: str = "") -> Change:
    """Return the visit of a series on one of its days; `nobody` leaves the intervenant to be found."""
    facts = facts_on(series, day, actor.zone)
    new = NewVisit(
        series.client_id,
        series.prestation_id,
        facts.start,
        facts.end,
        facts.km,
        intervenant_id=None if nobody else series.intervenant_id,
        contrat_id=series.contrat_id,
        origin=Origin.RECURRENCE,
        series_id=series.pk,
    )
    return Change(Action.PLAN, new=new, ordre_de_mission=series.ordre_de_mission, reason=reason)


def extend(agence: Agence, at: datetime) -> Outcome | None:
    """Plan the visits of the agency's series up to the horizon, in one batch; None where there is nothing to do.

    Safe at any time and any number of times: each series remembers up to when its visits were made, under lock.
    A day of an absence of the client is left out; on one of the intervenant's, or once they are archived, the visit
    waits for somebody else. A module that is off stops it like any job.
    """
    actor = system(agence)
    last = horizon(actor, at)
    if not agence.module_enabled:
        return None
    with within(agence.pk):
        going_on = Q(ends_on__isnull=True) | Q(ends_on__gt=F("made_until"))
        mine: Any = Series.objects.visible_to(actor).filter(going_on, made_until__lt=last)
        current = mine.filter(client__archived_at__isnull=True).select_related("intervenant")
        found = list(current.order_by("pk").select_for_update(of=("self",), skip_locked=True))
        changes = _continued(found, actor, last)
        mine.filter(pk__in=[one.pk for one in found]).update(made_until=last)
        return operations.apply(changes, actor=actor, at=at, key=str(uuid4())) if changes else None


def _continued(found: list[Series], actor: Actor, last: date) -> list[Change]:
    away = _absences(found, actor, last)
    changes = []
    for one in found:
        for day in days_of(one, one.made_until + hours.ONE_DAY, last, actor.agence.holiday_region):
            met = [absence for absence in away if meets(absence, day, day)]
            if any(absence.client_id == one.client_id for absence in met):
                continue
            gone = one.intervenant is not None and one.intervenant.archived_at is not None
            absent = any(absence.intervenant_id == one.intervenant_id for absence in met if absence.intervenant_id)
            changes.append(plan(one, day, actor, nobody=gone or absent))
    return changes


def _absences(found: list[Series], actor: Actor, last: date) -> list[Absence]:
    if not found:
        return []
    people = Q(client__in={one.client_id for one in found}) | Q(
        intervenant__in={one.intervenant_id for one in found if one.intervenant_id}
    )
    mine: Any = Absence.objects.filter(people, agence_id=actor.agence_id)
    return list(mine.meeting(min(one.made_until for one in found), last))


@dataclass(frozen=True, slots=True)
class Shape:
    """What of a series can change: the hours on the clock, the kilometres, who, what for."""

    start: time
    end: time
    km: Decimal
    intervenant_id: int | None
    ordre_de_mission: str

    @classmethod
    def of(cls, series: Series) -> Shape:
        """Return what a series is like now."""
        return cls(series.start, series.end, series.km, series.intervenant_id, series.ordre_de_mission)


def standing(series: Series, actor: Actor, first: date) -> list[Intervention]:
    """Return its visits from that day on that nobody has declared and that are not cancelled."""
    mine: Any = Intervention.objects.visible_to(actor).filter(series=series.pk, status__in=STANDING, day__gte=first)
    return list(mine.filter(declared_start__isnull=True).in_order().select_related("client", "intervenant"))


def change(series: Series, shape: Shape, visits: Iterable[Intervention], *, actor: Actor) -> list[Change]:
    """Return what makes these visits like `shape`: of each only what still is as the series had it.

    What was changed on one visit alone stays as it is there.
    """
    before = Shape.of(series)
    changes = []
    for visit in visits:
        fields = _changed(visit, before, shape, actor)
        if fields:
            changes.append(Change(Action.MOVE, intervention_id=visit.pk, seen=visit.version, **fields))
    return changes


def _changed(visit: Intervention, before: Shape, after: Shape, actor: Actor) -> dict[str, Any]:
    fields: dict[str, Any] = {}
    hours_before = (before.start, before.end, before.km)
    hours_after = (after.start, after.end, after.km)
    stands_as = _facts(before, visit.day, actor) == visit.retained
    if hours_before != hours_after and stands_as:
        fields["facts"] = _facts(after, visit.day, actor)
    swapped = after.intervenant_id and after.intervenant_id != before.intervenant_id
    if swapped and visit.status == Status.PLANNED and visit.intervenant_id == before.intervenant_id:
        fields["intervenant_id"] = after.intervenant_id
    if after.ordre_de_mission != before.ordre_de_mission and visit.ordre_de_mission == before.ordre_de_mission:
        fields["ordre_de_mission"] = after.ordre_de_mission
    return fields


def _facts(shape: Shape, day: date, actor: Actor) -> Facts:
    return facts_on(Series(start=shape.start, end=shape.end, km=shape.km), day, actor.zone)


def reshape(
    series: Series, shape: Shape, first: date, *, actor: Actor, at: datetime, key: str, reason: str = ""
) -> Outcome:
    """Change a series and its standing visits from `first` on; what is made later follows. One press.

    Visits that wait for somebody are given to the new intervenant by a second batch, since each is one act. Refuses
    (Refused, Guard.RIGHT) whoever may not plan.
    """
    permit(Action.MOVE, actor)
    with transaction.atomic():
        locked: Any = Series.objects.visible_to(actor).select_for_update(of=("self",)).get(pk=series.pk)
        visits = standing(locked, actor, first)
        moves = change(locked, shape, visits, actor=actor)
        outcome = operations.apply([replace(one, reason=reason) for one in moves], actor=actor, at=at, key=key)
        if outcome.replayed:
            return outcome
        given = _give(locked, shape, visits, outcome, actor=actor, at=at, key=key, reason=reason)
        for name in ("start", "end", "km", "intervenant_id", "ordre_de_mission"):
            setattr(locked, name, getattr(shape, name))
        locked.save()
    return Outcome(outcome.batch, [*outcome.rows, *(given.rows if given else ())])


def _give(
    series: Series,
    shape: Shape,
    visits: list[Intervention],
    moved: Outcome,
    *,
    actor: Actor,
    at: datetime,
    key: str,
    reason: str,
) -> Outcome | None:
    if not shape.intervenant_id or shape.intervenant_id == series.intervenant_id:
        return None
    waiting = [visit.pk for visit in visits if visit.status == Status.DRAFT and series.intervenant_id is None]
    changes = [Change(Action.ASSIGN, one, intervenant_id=shape.intervenant_id, reason=reason) for one in waiting]
    derived = str(uuid5(NAMESPACE_URL, f"{key}/assign"))
    return operations.apply(changes, actor=actor, at=at, key=derived) if changes else None


def end(series: Series, last: date, motif_id: int, *, actor: Actor, at: datetime, key: str) -> Outcome:
    """Let a series end after `last`: its standing visits of later days are cancelled with that motif."""
    permit(Action.CANCEL, actor)
    with transaction.atomic():
        locked: Any = Series.objects.visible_to(actor).select_for_update(of=("self",)).get(pk=series.pk)
        visits = standing(locked, actor, last + hours.ONE_DAY)
        cancelled = [Change(Action.CANCEL, one.pk, one.version, motif_id=motif_id) for one in visits]
        outcome = operations.apply(cancelled, actor=actor, at=at, key=key)
        if not outcome.replayed:
            # A series that ends before it began has no day left; its dates still have to be in order.
            locked.ends_on = max(last, locked.starts_on)
            locked.save(update_fields=["ends_on"])
    return outcome
