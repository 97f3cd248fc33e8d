"""Twelve months of visits of one agency, as rows for COPY: what is past is mostly settled, the latest waits."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

DAYS_BACK, DAYS_AHEAD = 335, 30
# So many of the latest past visits still wait for the client: batches are made of them.
WAITING = 60_000
# So many of the very latest, for each intervenant, wait for them: a day's, to be declared.
UNDECLARED = 6

COLUMNS = (
    *("agence_id", "number", "client_id", "intervenant_id", "prestation_id", "contrat_id", "origin"),
    *("ordre_de_mission", "comment"),
    *(f"{version}_{part}" for version in ("planned", "declared", "retained") for part in ("start", "end", "km")),
    *("day", "status", "version", "step", "done_at", "declared_at", "declared_on_behalf", "settled_by", "settled_at"),
    *("cancelled_by", "withdrawn", "billable_checked", "motif_id", "last_action", "last_role", "last_actor_id"),
    "last_at",
)
LENGTHS = (30, 45, 60, 60, 90, 120)
LAST = {
    "planned": ("plan", "manager"),
    "done": ("complete", "intervenant"),
    "validated": ("validate", "client"),
    "cancelled": ("cancel", "manager"),
}


@dataclass(frozen=True)
class People:
    """Who there is: keys, and for each client the contrat, the prestation and the usual intervenant."""

    agence: int
    clients: Sequence[tuple[int, int, int, int, int | None]]  # client, contrat, prestation, intervenant, user
    motif: int
    manager: int
    carers: dict[int, int]  # intervenant → user


def rows(count: int, people: People, now: dt.datetime) -> Iterator[tuple[Any, ...]]:
    """Return `count` visits in the order of time, spread evenly; the same every day but for the dates."""
    chance = random.Random(7)
    span = DAYS_BACK + DAYS_AHEAD
    past = count * DAYS_BACK // span
    waits_from = past - min(WAITING * 10 // 9, past * 3 // 4)
    declared_to = past - min(UNDECLARED * len(people.carers), past // 10)
    first = now.date() - dt.timedelta(DAYS_BACK)
    for place in range(count):
        day = first + dt.timedelta(place * span // count)
        status = _status(place >= declared_to, place >= waits_from, chance)
        yield _row(place, day, status, people, chance)


def _status(undeclared: bool, waits: bool, chance: random.Random) -> str:
    if undeclared:
        return "planned"
    drawn = chance.random()
    if drawn < 0.03:
        return "cancelled"
    return "done" if waits and drawn < 0.94 else "validated"


def _row(place: int, day: dt.date, status: str, people: People, chance: random.Random) -> tuple[Any, ...]:
    client, contrat, prestation, carer, user = people.clients[chance.randrange(len(people.clients))]
    start = dt.datetime.combine(day, dt.time(6 + chance.randrange(14), 15 * chance.randrange(4)), dt.UTC)
    end = start + dt.timedelta(minutes=LENGTHS[chance.randrange(len(LENGTHS))])
    km = Decimal(chance.randrange(80)) / 10
    planned = (start, end, km)
    late = dt.timedelta(minutes=5 * chance.randrange(3))
    happened = status in ("done", "validated")
    declared = (start, end + late, km) if happened else (None, None, None)
    told, settled = end + dt.timedelta(hours=2), end + dt.timedelta(days=2)
    action, role = LAST[status]
    acted = {"intervenant": people.carers[carer], "client": user, "manager": people.manager}[role]
    versions = {"planned": 1, "done": 2, "cancelled": 2, "validated": 3}[status]
    return (
        *(people.agence, f"P{place:07d}", client, carer, prestation, contrat, "import", "", ""),
        *planned,
        *declared,
        *(declared if happened else planned),
        *(day, status, versions, versions),
        *((told, told) if happened else (None, None)),
        *(False, "client" if status == "validated" else "", settled if status == "validated" else None),
        *("manager" if status == "cancelled" else "", False, happened),
        people.motif if status == "cancelled" else None,
        *(action, role, acted),
        {"planned": start - dt.timedelta(days=20), "done": told, "cancelled": told, "validated": settled}[status],
    )
