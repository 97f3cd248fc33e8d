"""What a person has ticked on the table: kept at the server, so that no page, sort or way back loses it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db.models import Sum
from django.db.models.expressions import RawSQL

from interventions.actor import Actor
from interventions.models import Intervention
from interventions.operations import among
from interventions.states import Status
from tracking.conditions import length
from tracking.models import Ticks

# What was ticked and left is forgotten by the next working day.
KEPT = dt.timedelta(hours=12)
# Which of the ticked visits are those keys: found in the database, which has them all, and not here.
HERE = (
    "ARRAY(SELECT (pair->>0)::bigint FROM jsonb_array_elements(tracking_ticks.visits) AS pair "
    "WHERE (pair->>0)::bigint = ANY(%s))"
)


@dataclass(frozen=True)
class Kept:
    """How many visits a person has ticked, how many minutes they count, and which of a page's are among them."""

    size: int = 0
    minutes: int = 0
    here: frozenset[int] = field(default_factory=frozenset)

    @property
    def elsewhere(self) -> int:
        """How many are not on this page."""
        return self.size - len(self.here)


def kept(actor: Actor, now: dt.datetime, keys: Collection[int] = ()) -> Kept:
    """Return what is ticked, and which of the visits `keys` are, in one statement."""
    found = _mine(actor).filter(at__gte=now - KEPT)
    row = found.annotate(here=RawSQL(HERE, [list(keys)])).values_list("size", "minutes", "here").first()  # noqa: S611
    return Kept(row[0], row[1], frozenset(row[2])) if row else Kept()


def pairs(actor: Actor, now: dt.datetime) -> list[list[int]]:
    """Return the ticked visits with the version of each that was on screen, in the order in which they were ticked."""
    return _mine(actor).filter(at__gte=now - KEPT).values_list("visits", flat=True).first() or []


def tick(actor: Actor, now: dt.datetime, *, page: Iterable[str], ticked: Iterable[str]) -> None:
    """Take what a page says: of the visits that it showed, those `ticked` are, the others are not (any more).

    Both hold «public id:version». What the actor may not see is not there.
    """
    chosen = seen(actor, ticked)
    shown = {key for key, _version in seen(actor, page)} | {key for key, _version in chosen}
    before = _locked(actor, now, make=bool(chosen))
    if before is not None:
        rest = [pair for pair in before.visits if pair[0] not in shown]
        _keep(before, actor, rest + chosen, now)


def fill(actor: Actor, now: dt.datetime, visits: list[list[int]]) -> None:
    """Tick these visits and no others: [key, version] pairs of what the actor sees."""
    before = _locked(actor, now, make=bool(visits))
    if before is not None:
        _keep(before, actor, visits, now)


def clear(actor: Actor) -> None:
    """Untick everything, once it has been acted on."""
    _mine(actor).delete()


def seen(actor: Actor, tokens: Iterable[str]) -> list[list[int]]:
    """Return the visits that the tokens name, in their order, each with the version that was on screen."""
    versions = dict(_read(tokens))
    if not versions:
        return []
    mine = Intervention.objects.visible_to(actor).filter(public_id__in=versions)
    keys = dict(mine.values_list("public_id", "pk"))
    return [[keys[public_id], version] for public_id, version in versions.items() if public_id in keys]


def _read(tokens: Iterable[str]) -> Iterator[tuple[UUID, int]]:
    # What a page showed comes as one field, with commas between.
    for token in (each for some in tokens for each in some.split(",")):
        public_id, _colon, version = token.partition(":")
        try:
            yield UUID(public_id), int(version)
        except ValueError:
            continue


def _mine(actor: Actor) -> Any:
    return Ticks.objects.filter(agence_id=actor.agence_id, user=actor.user_id)


def _locked(actor: Actor, now: dt.datetime, *, make: bool) -> Ticks | None:
    """Return the person's row, locked so that two presses at once lose nothing; what is too old is empty."""
    if make:
        new = Ticks(agence_id=actor.agence_id, user_id=actor.user_id, at=now)  # type: ignore[misc]
        Ticks.objects.bulk_create([new], ignore_conflicts=True)
    found: Ticks | None = _mine(actor).select_for_update().first()
    if found is not None and found.at < now - KEPT:
        found.visits = []
    return found


def _keep(row: Ticks, actor: Actor, visits: list[list[int]], now: dt.datetime) -> None:
    row.visits, row.size, row.at = visits, len(visits), now
    row.minutes = _minutes(actor, [key for key, _version in visits])
    row.save()


def _minutes(actor: Actor, keys: list[int]) -> int:
    if not keys:
        return 0
    found = Intervention.objects.visible_to(actor).filter(among(keys)).exclude(status=Status.CANCELLED)
    spent = found.aggregate(spent=Sum(length("retained")))["spent"]
    return round(spent.total_seconds() / 60) if spent else 0
