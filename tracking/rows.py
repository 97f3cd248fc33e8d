"""The rows of the table, fifty at a time."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any

from interventions.actor import Actor
from interventions.querysets import InterventionQuerySet
from portals.web import format as fmt
from tracking.columns import COLUMNS, USUAL, Shown
from tracking.figures import gap_of, length_of, since_of
from tracking.keyset import Sort
from tracking.reading import read

PAGE = 50
MINUTE = dt.timedelta(minutes=1)
# Rows are read without their texts.
READ = (
    "pk",
    "public_id",
    "version",
    "status",
    "day",
    *(f"{version}_{part}" for version in ("planned", "declared", "retained") for part in ("start", "end")),
    "retained_km",
    "done_at",
    "declared_at",
    "last_at",
    "settled_by",
    *(f"client__{name}" for name in ("public_id", "first_name", "last_name")),
    *(f"intervenant__{name}" for name in ("public_id", "first_name", "last_name")),
    *(f"prestation__{name}" for name in ("public_id", "name")),
)


@dataclass(frozen=True)
class Row:
    """A visit as the table shows it, at the instant `now`."""

    visit: Any
    now: dt.datetime
    late_days: int
    columns: Sequence[str] = USUAL

    @property
    def token(self) -> str:
        """What a checkbox sends: which visit, and the version that was on screen."""
        return f"{self.visit.public_id}:{self.visit.version}"

    @property
    def minutes(self) -> int:
        """What it counts: elapsed minutes as retained, 0 once cancelled."""
        return round(length_of(self.visit) / MINUTE)

    @property
    def gap(self) -> int | None:
        """By how many minutes what was declared is longer than the plan; None where one of them is missing."""
        gap = gap_of(self.visit)
        return None if gap is None else round(gap / MINUTE)

    @property
    def shift(self) -> int:
        """By how many minutes a visit of the planned length began later than planned."""
        # Where one of the two is missing, `gap` is None.
        return fmt.elapsed(self.visit.planned_start, self.visit.declared_start) if self.gap == 0 else 0

    @property
    def waiting_since(self) -> dt.datetime | None:
        """Since when it is somebody's turn; None when it is nobody's, or not yet."""
        since = since_of(self.visit)
        return since if since and since <= self.now else None

    @property
    def late(self) -> bool:
        """Whether it has waited for as long as the agency calls no answer."""
        since = self.waiting_since
        return since is not None and self.now - since >= dt.timedelta(self.late_days)

    @cached_property
    def day(self) -> str:
        """Its day, in a few letters."""
        return fmt.day_short(self.visit.day)

    @property
    def label(self) -> str:
        """What a checkbox is for: whose visit, and when."""
        return f"{self.visit.client}, {self.day}"

    @property
    def cells(self) -> list[tuple[str, bool, Shown]]:
        """Return (name, whether it stands at the end, text and look) of each column, in order."""
        found = []
        for name in self.columns:
            column = COLUMNS[name]
            found.append((name, column.end, column.shows(self) if column.shows else ("", "")))
        return found


@dataclass(frozen=True)
class Page:
    """Some rows in order, and where the pages before and after them begin ("" where there are none)."""

    rows: tuple[Row, ...]
    previous: str = ""
    next: str = ""

    @property
    def keys(self) -> list[int]:
        """The internal keys of its visits."""
        return [row.visit.pk for row in self.rows]

    @property
    def tokens(self) -> str:
        """Which visits it shows and the version of each, as one field of a form."""
        # As each checkbox says it, to the letter: what stands twice alike costs a compressed page next to nothing.
        return ",".join([row.token for row in self.rows])


def page(
    found: InterventionQuerySet,
    sort: Sort,
    actor: Actor,
    now: dt.datetime,
    *,
    after: str = "",
    before: str = "",
    columns: Sequence[str] = USUAL,
) -> Page:
    """Return the page after one place or before another, else the first, in one statement.

    A place that nothing can be read from gives the first page.
    """
    found = sort.within(found, actor.agence_id)
    beyond = partial(sort.beyond, found, agence=actor.agence_id)
    try:
        narrowed = beyond(before, backwards=True) if before else beyond(after) if after else found
    except (ValueError, OverflowError):
        narrowed, after, before = found, "", ""
    visits = read(sort.order(narrowed, backwards=bool(before))[: PAGE + 1], _paths({*columns, sort.name}))
    more, visits = len(visits) > PAGE, visits[:PAGE]
    if before:
        visits.reverse()
    has_previous, has_next = (more, True) if before else (bool(after), more)
    if not visits:
        return Page(())
    return Page(
        tuple(Row(visit, now, actor.agence.no_answer_days, columns) for visit in visits),
        sort.token(visits[0]) if has_previous else "",
        sort.token(visits[-1]) if has_next else "",
    )


def _paths(columns: Collection[str]) -> list[str]:
    """Return what these columns need of a visit, and no more."""
    return [*READ, *(path for name in COLUMNS if name in columns for path in COLUMNS[name].reads)]
