"""The rows of the table, fifty at a time, and the totals of all that match."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.db.models import FETCH_RAISE, Case, Count, F, Q, Sum, Value, When

from interventions.actor import Actor
from interventions.models import Intervention
from interventions.querysets import InterventionQuerySet
from interventions.states import Status
from portals.web import format as fmt
from tracking.keyset import Sort
from tracking.labels import SHORT

PAGE = 50
NOTHING = dt.timedelta(0)
# Rows are read without their texts; whatever else a template asks of them fails instead of costing a query a row.
COLUMNS = (
    "public_id",
    "version",
    "status",
    "day",
    "planned_start",
    "planned_end",
    "planned_km",
    "declared_start",
    "declared_end",
    "declared_km",
    "retained_start",
    "retained_end",
    "done_at",
    "declared_at",
    "last_at",
    *(f"client__{name}" for name in ("public_id", "first_name", "last_name", "civility")),
    *(f"intervenant__{name}" for name in ("public_id", "first_name", "last_name", "civility")),
    "prestation__name",
)


@dataclass(frozen=True)
class Row:
    """A visit as the table shows it, at the instant `now`."""

    visit: Intervention
    now: dt.datetime
    late_days: int

    @property
    def token(self) -> str:
        """What a checkbox sends: which visit, and the version that was on screen."""
        return f"{self.visit.public_id}:{self.visit.version}"

    @property
    def status(self) -> Status:
        """Where it stands."""
        return self.visit.state

    @property
    def status_label(self) -> str:
        """Where it stands, in a word or two."""
        return str(SHORT[self.status])

    @property
    def minutes(self) -> int:
        """What it counts: elapsed minutes as retained, 0 once cancelled."""
        cancelled = self.status is Status.CANCELLED
        return 0 if cancelled else fmt.elapsed(self.visit.retained_start, self.visit.retained_end)

    @property
    def gap(self) -> int | None:
        """By how many minutes what was declared is longer than the plan; None where one of them is missing."""
        declared, planned = self.visit.declared, self.visit.planned
        if declared is None or planned is None:
            return None
        return fmt.elapsed(declared.start, declared.end) - fmt.elapsed(planned.start, planned.end)

    @property
    def shift(self) -> int:
        """By how many minutes a visit of the planned length began later than planned."""
        declared, planned = self.visit.declared, self.visit.planned
        if declared is None or planned is None or self.gap:
            return 0
        return fmt.elapsed(planned.start, declared.start)

    @property
    def waiting_since(self) -> dt.datetime | None:
        """Since when it is somebody's turn; None when it is nobody's, or not yet."""
        visit = self.visit
        since = {
            Status.DONE: visit.done_at,
            Status.CONTESTED: visit.last_at,
            Status.ARBITRATION: visit.last_at,
            Status.PLANNED: visit.retained_end,
            Status.DRAFT: visit.declared_at or visit.retained_end,
        }.get(self.status)
        return since if since and since <= self.now else None

    @property
    def late(self) -> bool:
        """Whether it has waited for as long as the agency calls no answer."""
        since = self.waiting_since
        return since is not None and self.now - since >= dt.timedelta(self.late_days)


@dataclass(frozen=True)
class Page:
    """Some rows in order, and where the pages before and after them begin ("" where there are none)."""

    rows: tuple[Row, ...]
    previous: str = ""
    next: str = ""


def page(
    found: InterventionQuerySet, sort: Sort, actor: Actor, now: dt.datetime, *, after: str = "", before: str = ""
) -> Page:
    """Return the page after one place or before another, else the first, in one statement.

    A place that nothing can be read from gives the first page.
    """
    found = found.select_related("client", "intervenant", "prestation").only(*COLUMNS).fetch_mode(FETCH_RAISE)
    beyond = partial(sort.beyond, found, agence=actor.agence_id)
    try:
        narrowed = beyond(before, backwards=True) if before else beyond(after) if after else found
    except (ValueError, OverflowError):
        narrowed, after, before = found, "", ""
    visits: list[Any] = list(sort.order(narrowed, backwards=bool(before))[: PAGE + 1])
    more, visits = len(visits) > PAGE, visits[:PAGE]
    if before:
        visits.reverse()
    has_previous, has_next = (more, True) if before else (bool(after), more)
    if not visits:
        return Page(())
    return Page(
        tuple(Row(visit, now, actor.agence.no_answer_days) for visit in visits),
        sort.token(visits[0]) if has_previous else "",
        sort.token(visits[-1]) if has_next else "",
    )


@dataclass(frozen=True)
class Total:
    """How many visits, and how many minutes they count."""

    visits: int = 0
    minutes: int = 0

    def __add__(self, other: Total) -> Total:
        return Total(self.visits + other.visits, self.minutes + other.minutes)


def totals(found: InterventionQuerySet) -> dict[Status, Total]:
    """Return the total of each status, in one statement; what is cancelled counts no minutes."""
    length = Case(
        When(~Q(status=Status.CANCELLED), then=F("retained_end") - F("retained_start")), default=Value(NOTHING)
    )
    counted = found.order_by().values("status").annotate(n=Count("pk"), spent=Sum(length))
    by_status = {row["status"]: Total(row["n"], round(row["spent"].total_seconds() / 60)) for row in counted}
    return {status: by_status.get(status, Total()) for status in Status}


def together(parts: Iterable[Total]) -> Total:
    """Return their sum."""
    return sum(parts, Total())
