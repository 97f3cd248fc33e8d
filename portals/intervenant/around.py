"""The intervenant's other visits around what is being entered, as they will be once the press is saved."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import cast

from django.db.models import FETCH_RAISE

from interventions.actor import Actor
from interventions.guards import Facts
from interventions.models import Intervention
from interventions.states import Status
from portals.intervenant import visits
from portals.web.planning import client_name

ONE_DAY = dt.timedelta(days=1)
# Of every visit between the first and the last that wait, no more than what is compared and named.
READ = (
    *("retained_start", "retained_end", "retained_km"),
    *("client__civility", "client__first_name", "client__last_name"),
)


@dataclass(frozen=True, slots=True)
class Neighbour:
    """Another visit of the same intervenant, with the facts that it will have once the press is saved."""

    key: int
    name: str
    facts: Facts


@dataclass(frozen=True, slots=True)
class Around:
    """What stands near in time."""

    neighbours: list[Neighbour] = field(default_factory=list)


def around(
    actor: Actor, spans: Iterable[Facts], entered: Mapping[int, Facts] | None = None, cancelled: Collection[int] = ()
) -> Around:
    """Read, in one statement, the actor's visits around these facts.

    `entered` and `cancelled` are what the same press makes of other visits.
    """
    near = list(spans)
    if not near:
        return Around()
    first, last = min(facts.start for facts in near) - ONE_DAY, max(facts.end for facts in near) + ONE_DAY
    found = visits.mine(actor).filter(retained_start__lt=last, retained_end__gt=first)
    found = found.exclude(status=Status.CANCELLED).exclude(pk__in=cancelled).select_related("client")
    changed = entered or {}
    rows = cast("Iterable[Intervention]", found.only(*READ).fetch_mode(FETCH_RAISE))
    return Around([Neighbour(row.pk, client_name(row), changed.get(row.pk, row.retained)) for row in rows])
