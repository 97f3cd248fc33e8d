"""A press on many rows, before it: what will go, whom it tells, and what stays where it is, by reason."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from interventions import recipients
from interventions.actor import Actor
from interventions.guards import Guard, Row
from interventions.models import Client, Intervention
from interventions.operations import Change, Preview, RowOutcome, among, preview
from interventions.states import Action, Ground
from portals.web import format as fmt
from tracking.models import Selection

# A reason shows this many of its visits; the number beside it counts them all.
NAMED = 100
# Any ground that asks nothing of the visit: what it refuses, every ground refuses.
UNCONDITIONAL = Ground.PHONE


@dataclass(frozen=True)
class Reason:
    """Visits that stay where they are, and why."""

    guard: Guard
    visits: list[Intervention]
    count: int

    @property
    def unnamed(self) -> int:
        """How many are counted but not shown."""
        return self.count - len(self.visits)


@dataclass(frozen=True)
class Forecast:
    """What a press would do: how many visits and minutes, mails, clients whom no mail reaches, and what stays."""

    chosen: int
    going: int
    minutes: int
    mails: int
    unreached: list[Client]
    unanswered: int
    reasons: list[Reason]

    @property
    def staying(self) -> int:
        """How many stay where they are."""
        return self.chosen - self.going


def validations(selection: Selection) -> list[Change]:
    """Return the acts of «Valider à la place du client» on a selection, each with the version that was seen."""
    return [Change(Action.VALIDATE_FOR_CLIENT, visit, seen=version) for visit, version in selection.seen.items()]


def forecast(selection: Selection, actor: Actor, now: dt.datetime) -> Forecast:
    """Return what the press would do now, in a number of statements that does not grow with the rows."""
    changes = validations(selection)
    seen = preview(changes, actor=actor, at=now, ground=UNCONDITIONAL)
    going = seen.going
    mails, unreached = _told(going, actor, now)
    return Forecast(
        chosen=len(changes),
        going=len(going),
        minutes=sum(fmt.elapsed(row.retained.start, row.retained.end) for row in going),
        mails=mails,
        unreached=unreached,
        unanswered=_unanswered(going, changes, actor, now),
        reasons=_reasons(seen, actor),
    )


def _unanswered(going: list[Row], changes: list[Change], actor: Actor, now: dt.datetime) -> int:
    """Return how many of those would also go on the ground that the client has not answered."""
    ids = {row.id for row in going}
    asked = [change for change in changes if change.intervention_id in ids]
    return len(preview(asked, actor=actor, at=now, ground=Ground.NO_ANSWER).going) if asked else 0


def _told(going: list[Row], actor: Actor, now: dt.datetime) -> tuple[int, list[Client]]:
    clients = {row.client_id for row in going}
    if not clients:
        return 0, []
    who = recipients.read(actor.agence_id, clients=clients, intervenants=(), managers=False, today=actor.today(now))
    told = {user for client in clients for user in who.of_client(client)}
    silent = [client for client in clients if not who.of_client(client)]
    return len(told), _clients(silent, actor) if silent else []


def _clients(ids: list[int], actor: Actor) -> list[Client]:
    found: Any = Client.objects.visible_to(actor).filter(among(ids)).by_name()
    return list(found)


def _reasons(seen: Preview, actor: Actor) -> list[Reason]:
    by_guard: dict[Guard, list[RowOutcome]] = defaultdict(list)
    for answer in seen.refused:
        if answer.refusal:
            by_guard[answer.refusal].append(answer)
    shown = {answer.intervention_id for answers in by_guard.values() for answer in answers[:NAMED]}
    visits = Intervention.objects.visible_to(actor).filter(among(shown)).select_related("client", "intervenant")  # type: ignore[arg-type]
    named: dict[Any, Any] = visits.in_bulk()
    by_count = sorted(by_guard.items(), key=lambda item: -len(item[1]))
    return [Reason(guard, _named(answers, named), len(answers)) for guard, answers in by_count]


def _named(answers: list[RowOutcome], named: dict[int, Intervention]) -> list[Intervention]:
    keys = [answer.intervention_id for answer in answers[:NAMED]]
    return [named[key] for key in keys if key in named]
