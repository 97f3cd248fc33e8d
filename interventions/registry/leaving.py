"""Putting a person away: which visits they leave behind, and what becomes of them, in one press or not at all."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import FETCH_RAISE, Prefetch, Q, prefetch_related_objects
from django.utils.translation import gettext_lazy as _

from interventions import hours, operations
from interventions.actor import Actor
from interventions.guards import Guard
from interventions.models import Client, Intervenant, Intervention, Series
from interventions.operations import Change, Outcome, Refused
from interventions.registry import keeping
from interventions.registry.people import Person, accounts_of, held, part
from interventions.states import Action, Labelled, Status

# How many of the visits that stay as they are get listed.
LISTED = 30
UNDECLARED = Q(status__in=(Status.DRAFT, Status.PLANNED), declared_start__isnull=True)
# What is read of a visit, and of the people that it is shown with: of hundreds, no more than is shown or weighed.
READ = ("public_id", "version", "status", "day", "retained_start", "retained_end", "client", "intervenant")
NAMED = ("public_id", "civility", "first_name", "last_name")
OPEN = (Status.DRAFT, Status.PLANNED, Status.DONE, Status.CONTESTED, Status.ARBITRATION)


class Fate(Labelled):
    """What becomes of the visits to come of an intervenant; those of a client are cancelled."""

    GIVE = "give", _("Les confier à quelqu’un d’autre")
    UNASSIGN = "unassign", _("Retirer l’intervenant : elles attendent quelqu’un d’autre")
    CANCEL = "cancel", _("Les annuler")


class Moved(Exception):
    """The visits are no longer those that were shown."""


class NotWhole(Exception):
    """Some of the visits cannot be dealt with so; nothing was done. `outcome` names them."""

    def __init__(self, outcome: Outcome) -> None:
        super().__init__()
        self.outcome = outcome


@dataclass(frozen=True)
class Behind:
    """What somebody leaves behind: visits to come, past ones that nobody declared, ones that wait for a decision.

    Of the last, which stay as they are, only the first ones, and `deciding`, how many they are. `elsewhere` says that
    there is more in secteurs that the actor does not have. `series` go on by themselves.
    """

    ahead: list[Intervention]
    past: list[Intervention]
    undecided: list[Intervention]
    deciding: int
    series: list[Series]
    elsewhere: bool

    @property
    def mark(self) -> str:
        """What changes as soon as one of the visits that can be dealt with does."""
        rows = ",".join(f"{visit.pk}:{visit.version}" for visit in [*self.ahead, *self.past])
        return hashlib.sha256(rows.encode()).hexdigest()[:16]


@dataclass(frozen=True)
class Choice:
    """What was chosen for them; `seen` is the mark of what was shown, `past` whether past ones are cancelled too.

    `intervenant_id` takes the visits over, but for those at clients whom `by_client` gives to somebody else.
    """

    seen: str
    fate: Fate = Fate.CANCEL
    intervenant_id: int | None = None
    motif_id: int | None = None
    past: bool = False
    reason: str = ""
    by_client: Mapping[int, int] = field(default_factory=dict)

    def taker(self, client_id: int) -> int | None:
        """Return who takes over at a client; None where the visits are not given to anybody."""
        return self.by_client.get(client_id, self.intervenant_id) if self.fate is Fate.GIVE else None


def behind(person: Person, actor: Actor, today: date) -> Behind:
    """Return what a person leaves behind, as far as the actor sees it: five statements, two more for a limited one.

    Whom the visits are shown with (the intervenant of a client's, the client of an intervenant's) is read apart: a few
    people, for hundreds of visits.
    """
    whose = {str(keeping.kind_of(person)): person.pk}
    every: Any = Intervention.objects.filter(**whose, agence_id=person.agence_id, status__in=OPEN)
    shown = every.visible_to(actor).in_order().only(*READ).fetch_mode(FETCH_RAISE)
    undeclared, undecided = list(shown.filter(UNDECLARED)), shown.exclude(UNDECLARED)
    first = list(undecided[:LISTED])
    other, model = ("intervenant", Intervenant) if isinstance(person, Client) else ("client", Client)
    named: Any = model.objects.only(*NAMED).fetch_mode(FETCH_RAISE)
    prefetch_related_objects([*undeclared, *first], Prefetch(other, named))
    going_on: Any = Series.objects.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=today), **whose)
    series = list(going_on.visible_to(actor).order_by("starts_on", "id"))
    return Behind(
        [one for one in undeclared if one.day >= today],
        [one for one in undeclared if one.day < today],
        first,
        undecided.count(),
        series,
        actor.secteur_ids is not None and (_hidden(every, actor) or _hidden(going_on, actor)),
    )


def _hidden(rows: Any, actor: Actor) -> bool:
    return bool(rows.exclude(client__secteur__in=actor.secteur_ids).exists())


def archive(person: Person, choice: Choice, *, actor: Actor, at: datetime, key: str) -> Outcome | None:
    """Put a person away and do with their visits what was chosen; None where there was nothing to do with any.

    All of it or nothing: raises Refused (Guard.RIGHT) for who may not or does not see it all, Moved where the visits
    have changed since they were shown, NotWhole where one of them cannot go that way.
    """
    if not keeping.may_keep(keeping.kind_of(person), actor):
        raise Refused(Guard.RIGHT)
    with transaction.atomic():
        row = held(person, actor)
        if row.archived_at is not None:
            return None
        found = behind(row, actor, actor.today(at))
        if found.elsewhere:
            raise Refused(Guard.RIGHT)
        if found.mark != choice.seen:
            raise Moved
        outcome = _deal(changes_for(found, choice), actor, at, key)
        _let_series_go(found.series, row, choice, actor.today(at))
        keeping.archive(row, True, actor, at)
        part(accounts_of(row), row, at)
    return outcome


def restore(person: Person, actor: Actor, at: datetime) -> None:
    """Take a person back; visits that were cancelled or given away stay so. Raises Refused (Guard.RIGHT)."""
    with transaction.atomic():
        keeping.archive(held(person, actor), False, actor, at)


def changes_for(found: Behind, choice: Choice) -> list[Change]:
    """Return the acts that a choice means for the visits that somebody leaves behind."""
    changes = [_ACTS[choice.fate](visit, choice) for visit in found.ahead]
    return changes + [_cancel(visit, choice) for visit in found.past if choice.past]


def _give(visit: Intervention, choice: Choice) -> Change:
    taker = choice.taker(visit.client_id)
    return Change(Action.MOVE, visit.pk, visit.version, intervenant_id=taker, reason=choice.reason)


def _unassign(visit: Intervention, choice: Choice) -> Change:
    return Change(Action.UNASSIGN, visit.pk, visit.version, reason=choice.reason)


def _cancel(visit: Intervention, choice: Choice) -> Change:
    return Change(Action.CANCEL, visit.pk, visit.version, motif_id=choice.motif_id, reason=choice.reason)


_ACTS: dict[Fate, Callable[[Intervention, Choice], Change]] = {
    Fate.GIVE: _give,
    Fate.UNASSIGN: _unassign,
    Fate.CANCEL: _cancel,
}


def _deal(changes: list[Change], actor: Actor, at: datetime, key: str) -> Outcome | None:
    if not changes:
        return None
    outcome = operations.apply(changes, actor=actor, at=at, key=key)
    if outcome.refused:
        raise NotWhole(outcome)
    return outcome


def _let_series_go(series: list[Series], person: Person, choice: Choice, today: date) -> None:
    """End the series of a client; those of an intervenant go on with whoever takes over, or with nobody yet."""
    for one in series:
        if isinstance(person, Client):
            # One that has not begun has no day left; its dates still have to be in order.
            one.ends_on = max(today - hours.ONE_DAY, one.starts_on)
        else:
            one.intervenant_id = choice.taker(one.client_id)
    if series:
        Series.objects.bulk_update(series, ["ends_on", "intervenant"])
