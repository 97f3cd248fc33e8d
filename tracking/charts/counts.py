"""What the charts count, of exactly the visits that the table shows: four statements whatever their number."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Case, Count, F, IntegerField, Q, QuerySet, Value, When
from django.db.models.functions import TruncWeek

from interventions.models import Proposition
from interventions.states import Closing, Role, Settled, Status
from tracking import conditions
from tracking.filters import Filters

SOON = dt.timedelta(hours=48)
# The ages of a wait, in days: each begins after so many, and the last never ends. As `?attente=` counts them.
AGES = (0, 2, 7, 14)
DECLARED = (Status.DONE, Status.CONTESTED, Status.ARBITRATION, Status.VALIDATED)
# How a declared visit fares against the 48 hours.
TOO_EARLY, LATER, WITHIN = range(3)
# Each list of disputes shows this many lines; what is beyond is counted together.
LISTED = 10


@dataclass(frozen=True)
class Week:
    """The visits of a week (of the days from its Monday on) that were declared 48 hours ago or more."""

    monday: dt.date
    asked: int = 0
    within: int = 0


@dataclass
class Overview:
    """Declared visits by week; those that wait, by age and whose turn it is; validated ones by how."""

    weeks: list[Week] = field(default_factory=list)
    waiting: Counter[tuple[int, Role]] = field(default_factory=Counter)
    settled: Counter[Settled] = field(default_factory=Counter)

    def aged(self, age: int) -> int:
        """Return how many visits have waited for that age."""
        return sum(self.waiting[age, role] for role in Role)


@dataclass(frozen=True)
class Named:
    """How many disputes there are of one motif or one person; `public_id` is the person's."""

    label: str
    count: int
    public_id: str = ""


def overview(filters: Filters) -> Overview:
    """Return what the weeks, the waits and the ways of validating come to, in one statement."""
    rows = (
        filters.visits()
        .order_by()
        .alias(since=conditions.waiting_since())
        .annotate(monday=TruncWeek("day"), age=_age(filters.now), pace=_pace(filters.now))
        .values_list("monday", "status", "settled_by", "age", "pace")
        .annotate(n=Count("pk"))
    )
    found, weeks = Overview(), Counter[tuple[dt.date, int]]()
    for monday, status, settled, age, pace, n in rows:
        turn = Status(status).turn
        if age is not None and turn:
            found.waiting[age, turn] += n
        if status == Status.VALIDATED and settled:
            found.settled[Settled(settled)] += n
        if pace is not None:
            weeks[monday, pace] += n
    found.weeks = [
        Week(monday, weeks[monday, LATER] + weeks[monday, WITHIN], weeks[monday, WITHIN])
        for monday in sorted({monday for monday, _pace in weeks})
    ]
    return found


def _age(now: dt.datetime) -> Any:
    """Return for which of AGES a visit has waited; NULL where nobody is waited for."""
    ages = [When(since__lt=now - dt.timedelta(days), then=Value(n)) for n, days in reversed([*enumerate(AGES)])]
    return Case(*ages, When(since=now, then=Value(0)), default=None, output_field=IntegerField())


def _pace(now: dt.datetime) -> Any:
    """Return how a declared visit fares against the 48 hours; NULL where nothing is declared."""
    declared = Q(status__in=DECLARED, done_at__isnull=False)
    return Case(
        When(declared & Q(done_at__gt=now - SOON), then=Value(TOO_EARLY)),
        When(declared & Q(status=Status.VALIDATED, settled_at__lte=F("done_at") + SOON), then=Value(WITHIN)),
        When(declared, then=Value(LATER)),
        default=None,
        output_field=IntegerField(),
    )


def by_motif(filters: Filters) -> list[Named]:
    """Return how many disputes were opened for each motif, the most frequent first; one statement."""
    counted = _disputes(filters).values_list("motif__label", "is_annulation").annotate(n=Count("pk"))
    return _ordered(Named(label or ("annulation" if annulled else ""), n) for label, annulled, n in counted)


def by_person(filters: Filters, who: str) -> list[Named]:
    """Return how many disputes are about visits of each «client» or «intervenant», the most frequent first."""
    paths = [f"intervention__{who}__{name}" for name in ("last_name", "first_name", "public_id")]
    counted = _disputes(filters).exclude(**{paths[2]: None}).values_list(*paths).annotate(n=Count("pk"))
    return _ordered(Named(f"{last} {first}", n, str(key)) for last, first, key, n in counted.order_by("-n", *paths))


def _disputes(filters: Filters) -> QuerySet[Proposition]:
    """Return what the client's side contested of the visits, but for what it took back."""
    found = Proposition.objects.filter(
        agence_id=filters.actor.agence_id, intervention__in=filters.visits().values("pk")
    )
    return found.exclude(outcome=Closing.WITHDRAWN).order_by()


def _ordered(named: Iterable[Named]) -> list[Named]:
    return sorted(named, key=lambda one: -one.count)
