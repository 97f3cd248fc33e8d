"""Other days of the week for a series, from a day on: the old one ends, a new one begins, in one press."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction

from interventions import hours, operations
from interventions.actor import Actor
from interventions.models import Batch, Intervention, Series
from interventions.operations import Change, Outcome
from interventions.operations.deciding import permit
from interventions.planning.recurrence import days_of
from interventions.planning.series import first_days, made_until, plan, standing
from interventions.states import Action

_SAME = (
    "agence_id",
    "client_id",
    "intervenant_id",
    "prestation_id",
    "contrat_id",
    "ends_on",
    "skips_holidays",
    "start",
    "end",
    "km",
    "ordre_de_mission",
)


@dataclass(frozen=True)
class Turn:
    """What other days do from a day on: visits that stay, visits that are cancelled, days that get a new one."""

    series: Series
    stays: list[Intervention]
    dropped: list[Intervention]
    days: list[date]


def turn(series: Series, rule: str, first: date, actor: Actor, at: datetime) -> Turn:
    """Return what `rule` from `first` on would do to a series; writes nothing.

    What is declared or cancelled stays, and so does a visit that somebody moved off the days of the series. A day on
    which the series had a visit gets no second one: what was cancelled there does not come back.
    """
    becomes = Series(rule=rule, starts_on=first, **{name: getattr(series, name) for name in _SAME})
    days = first_days(becomes, actor, at)
    waiting = standing(series, actor, first)
    last = max([first, *(visit.day for visit in waiting)])
    former = set(days_of(series, first, last, actor.agence.holiday_region))
    dropped = [visit for visit in waiting if visit.day in former and visit.day not in set(days)]
    gone = {visit.pk for visit in dropped}
    mine: Any = Intervention.objects.visible_to(actor).filter(series=series.pk, day__gte=first)
    taken = set(mine.values_list("day", flat=True)) - {visit.day for visit in dropped}
    return Turn(
        becomes,
        [visit for visit in waiting if visit.pk not in gone],
        dropped,
        [day for day in days if day not in taken],
    )


def other_days(
    series: Series,
    rule: str,
    first: date,
    motif_id: int | None,
    *,
    actor: Actor,
    at: datetime,
    key: str,
    reason: str = "",
) -> tuple[Series, Outcome]:
    """End a series the day before `first` and begin one with `rule` on it; return the series that goes on.

    One press: visits on days that are no longer its own are cancelled with the motif, those on days of both pass to
    the new series and tell nobody, missing ones are planned. Refuses (Refused, Guard.RIGHT) whoever may not plan.
    """
    permit(Action.PLAN, actor)
    with transaction.atomic():
        locked: Any = Series.objects.visible_to(actor).select_for_update(of=("self",)).get(pk=series.pk)
        made = Batch.objects.filter(agence_id=actor.agence_id, actor_id=actor.user_id, key=key).first()
        if made:
            return locked, operations.replay(made)
        done = turn(locked, rule, first, actor, at)
        begun = done.series
        begun.made_until = made_until(begun, actor, at)
        begun.save(force_insert=True)
        outcome = operations.apply(_changes(done, motif_id, actor, reason), actor=actor, at=at, key=key)
        if not outcome.done:
            begun.delete()
            return locked, outcome
        locked.ends_on = max(first - hours.ONE_DAY, locked.starts_on)
        locked.save(update_fields=["ends_on"])
    return begun, outcome


def _changes(done: Turn, motif_id: int | None, actor: Actor, reason: str) -> list[Change]:
    return [
        *(Change(Action.CANCEL, one.pk, one.version, motif_id=motif_id) for one in done.dropped),
        *(Change(Action.MOVE, one.pk, one.version, series_id=done.series.pk) for one in done.stays),
        *(plan(done.series, day, actor, reason=reason) for day in done.days),
    ]
