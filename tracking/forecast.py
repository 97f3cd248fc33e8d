"""A press on many rows, before it: what will go, whom it tells, and what stays where it is, by reason."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import batched, islice
from typing import Any

from interventions import recipients, workflow
from interventions.actor import Actor
from interventions.guards import Row
from interventions.models import Client, Intervention
from interventions.operations import Change, Preview, among, preview
from interventions.states import Action, Ground, Role
from interventions.workflow import Told
from portals.web import format as fmt
from tracking.acts import AT_A_TIME, UNCONDITIONAL, supposed
from tracking.lot_act import LotAct
from tracking.models import Selection
from tracking.whys import Why

# A reason shows this many of its visits at once; the number beside it counts them all.
NAMED = 10


@dataclass
class Reason:
    """Visits that stay where they are, and why: the first of them, and how many there are."""

    why: Why
    keys: list[int] = field(default_factory=list)
    visits: list[Intervention] = field(default_factory=list)
    count: int = 0

    @property
    def unnamed(self) -> int:
        """How many are counted but not shown."""
        return self.count - len(self.visits)


@dataclass
class Forecast:
    """What a press would do: how many visits and minutes, mails, clients whom no mail reaches, and what stays."""

    chosen: int = 0
    going: int = 0
    minutes: int = 0
    mails: int = 0
    unreached: list[Client] = field(default_factory=list)
    unanswered: int = 0
    reasons: list[Reason] = field(default_factory=list)

    @property
    def staying(self) -> int:
        """How many stay where they are."""
        return self.chosen - self.going


@dataclass
class _Told:
    """Whose clients and intervenants hear of what goes."""

    clients: set[int] = field(default_factory=set)
    intervenants: set[int | None] = field(default_factory=set)

    def add(self, action: Action, row: Row) -> None:
        told = workflow.told(action, Role.MANAGER)
        if Told.CLIENT in told:
            self.clients.add(row.client_id)
        if Told.INTERVENANT in told:
            self.intervenants.add(row.intervenant_id)


def forecast(act: LotAct, selection: Selection, actor: Actor, now: dt.datetime) -> Forecast:
    """Return what the press would do now: a constant number of statements for every AT_A_TIME visits."""
    found, told = Forecast(), _Told()
    reasons: dict[Why, Reason] = {}
    for seen in judged(act, selection, actor, now):
        found.chosen += len(seen.answers)
        for answer in seen.answers:
            why = Why.of(answer)
            if why:
                _stays(reasons.setdefault(why, Reason(why)), answer.intervention_id)
            elif answer.intervention_id:
                _goes(found, told, answer.action, seen.rows[answer.intervention_id])
        if act.action is Action.VALIDATE_FOR_CLIENT:
            found.unanswered += _unanswered(seen, actor, now)
    found.mails, found.unreached = _reach(told, actor, now)
    found.reasons = sorted(reasons.values(), key=lambda reason: -reason.count)
    _name(found.reasons, actor)
    return found


def judged(act: LotAct, selection: Selection, actor: Actor, now: dt.datetime) -> Iterator[Preview]:
    """Return what the press would answer now, AT_A_TIME visits after the other, in the order of the selection."""
    entered = supposed(act, actor)
    ground = UNCONDITIONAL if act.action is Action.VALIDATE_FOR_CLIENT else None
    for pairs in batched(selection.seen.items(), AT_A_TIME):
        yield preview(list(act.changes(pairs, actor, entered)), actor=actor, at=now, ground=ground)


def staying(
    act: LotAct, selection: Selection, actor: Actor, now: dt.datetime, why: Why, *, first: int, count: int
) -> list[int]:
    """Return the keys of `count` visits that stay for one reason, from the place `first` on; judges no more."""
    keys = (
        answer.intervention_id
        for seen in judged(act, selection, actor, now)
        for answer in seen.answers
        if answer.intervention_id and Why.of(answer) == why
    )
    return list(islice(keys, first, first + count))


def _goes(found: Forecast, told: _Told, action: Action, row: Row) -> None:
    found.going += 1
    found.minutes += fmt.elapsed(row.retained.start, row.retained.end)
    told.add(action, row)


def _stays(reason: Reason, key: int | None) -> None:
    reason.count += 1
    if key and len(reason.keys) < NAMED:
        reason.keys.append(key)


def _unanswered(seen: Preview, actor: Actor, now: dt.datetime) -> int:
    """Return how many of those would also go on the ground that the client has not answered."""
    asked = [Change(Action.VALIDATE_FOR_CLIENT, row.id, seen=row.version) for row in seen.going]
    return len(preview(asked, actor=actor, at=now, ground=Ground.NO_ANSWER).going) if asked else 0


def _reach(told: _Told, actor: Actor, now: dt.datetime) -> tuple[int, list[Client]]:
    if not (told.clients or told.intervenants):
        return 0, []
    who = recipients.read(
        actor.agence_id,
        clients=told.clients,
        intervenants=told.intervenants,
        managers=False,
        today=actor.today(now),
    )
    people = {user for client in told.clients for user in who.of_client(client)}
    people |= {user for carer in told.intervenants for user in who.of_intervenant(carer)}
    silent = [client for client in told.clients if not who.of_client(client)]
    return len(people), _clients(silent, actor) if silent else []


def _clients(ids: list[int], actor: Actor) -> list[Client]:
    found: Any = Client.objects.visible_to(actor).filter(among(ids)).by_name()
    return list(found)


def _name(reasons: list[Reason], actor: Actor) -> None:
    shown = {key for reason in reasons for key in reason.keys}
    if not shown:
        return
    visits = Intervention.objects.visible_to(actor).filter(among(shown)).select_related("client", "intervenant")
    named: dict[Any, Any] = visits.in_bulk()
    for reason in reasons:
        reason.visits = [named[key] for key in reason.keys if key in named]
