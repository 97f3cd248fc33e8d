"""What awaits the client's answer, week by week, with what was just answered left in its place for a while."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from typing import Any
from urllib.parse import urlsplit

from django.db.models import Q
from django.http import QueryDict
from django.urls import reverse

from interventions.models import Intervention
from interventions.querysets import InterventionQuerySet
from interventions.states import Role
from portals.client.nav import AWAITING, count_of
from portals.client.together import Block, blocks
from portals.client.visits import ANSWERS, Visit, joined, with_possibilities
from portals.web.requests import ActorRequest

# As many as one looks through at a time; the weeks beyond them have a page of their own, always whole weeks.
SHOWN = 20
WEEK = dt.timedelta(days=7)
FROM = "semaine"


@dataclass(frozen=True)
class Week:
    """The visits of one week, Monday to Sunday, in order."""

    monday: dt.date
    visits: list[Visit]

    @property
    def anchor(self) -> str:
        """The id of its block in the page."""
        return f"semaine-{self.monday:%Y-%m-%d}"

    @property
    def awaiting(self) -> list[Visit]:
        """Those that still await an answer."""
        return [visit for visit in self.visits if visit.is_awaiting]

    @cached_property
    def ready(self) -> list[Visit]:
        """Those that one press may validate."""
        return [visit for visit in self.visits if visit.may_validate]

    @cached_property
    def blocks(self) -> list[Block]:
        """Its visits, two carers of the same moment as one block."""
        return blocks(self.visits)

    @property
    def minutes(self) -> int:
        """How long those last together."""
        return sum(visit.minutes for visit in self.ready)

    @property
    def left_out(self) -> list[Visit]:
        """Those that await an answer and that the press leaves alone, each with why."""
        return [visit for visit in self.awaiting if not visit.may_validate]


@dataclass(frozen=True)
class Listing:
    """Mes prestations: the weeks of this page, how many visits await an answer in all, and where the others are."""

    weeks: list[Week]
    total: int
    first: dt.date | None = None
    following: dt.date | None = None

    @cached_property
    def visits(self) -> list[Visit]:
        """All that is shown."""
        return [visit for week in self.weeks for visit in week.visits]

    @property
    def awaiting(self) -> list[Visit]:
        """What is shown and still awaits an answer."""
        return [visit for visit in self.visits if visit.is_awaiting]

    @property
    def next_url(self) -> str:
        """The address of the weeks that follow, if there are any."""
        return f"?{FROM}={self.following}" if self.following else ""

    @property
    def start_url(self) -> str:
        """The address of the first weeks, from any later page."""
        return reverse("client:prestations") if self.first else ""

    def place_of(self, visit: Visit) -> tuple[Week, Block, Visit]:
        """Return the week, the block and the visit as the list has it; refuses one that it lacks (LookupError)."""
        for week in self.weeks:
            for block in week.blocks:
                for one in block.visits:
                    if one.row.pk == visit.row.pk:
                        return week, block, one
        raise LookupError(visit.anchor)

    @cached_property
    def common_reasons(self) -> list[object]:
        """Why nothing can be answered at all, where every visit has that same reason: said once, above."""
        first, *others = [visit.reasons for visit in self.awaiting] or [[]]
        return [reason for reason in first if all(reason in reasons for reasons in others)]


def just_answered(request: ActorRequest) -> Q:
    """Return the condition of what the client's side answered within the undo window."""
    since = request.now - dt.timedelta(minutes=request.actor.agence.undo_minutes)
    return Q(last_action__in=ANSWERS, last_role__in=(Role.CLIENT, Role.PROCHE), last_at__gte=since)


def listing(request: ActorRequest) -> Listing:
    """Read what awaits an answer, the oldest first, and what was answered a moment ago; `?semaine=` goes further."""
    mine = Intervention.objects.visible_to(request.actor)
    first = _asked(request)
    rows, following = _whole_weeks(_rows(mine, request, first))
    weeks = [Week(monday, list(group)) for monday, group in groupby(with_possibilities(rows, request), key=_monday)]
    return Listing(weeks, count_of(request, AWAITING), first, following)


def page_of(request: ActorRequest, visit: Visit) -> str:
    """Return the address of the page of the list that has this visit: the first where it can be."""
    mine = Intervention.objects.visible_to(request.actor)
    _shown, following = _whole_weeks(_rows(mine, request, None))
    address = reverse("client:prestations")
    return f"{address}?{FROM}={_monday(visit)}" if following and visit.row.day >= following else address


def place_in_list(request: ActorRequest, visit: Visit) -> str:
    """Return the address of the visit's place in its list: on the page of the list that has it, or on the link's."""
    return visit.at["home"] if visit.entrance.is_link else f"{page_of(request, visit)}#{visit.anchor}"


def _asked(request: ActorRequest) -> dt.date | None:
    """Return the first day to show, from the address of the page (htmx names the page that it asks from)."""
    query = request.GET
    if request.htmx and FROM not in query:
        query = QueryDict(urlsplit(request.htmx.current_url_abs_path or "").query)
    try:
        return dt.date.fromisoformat(query.get(FROM, ""))
    except ValueError:
        return None


def _rows(mine: InterventionQuerySet, request: ActorRequest, first: dt.date | None) -> InterventionQuerySet:
    found = joined(mine.filter(Q(status__in=AWAITING) | just_answered(request)))
    return (found.filter(day__gte=first) if first else found).in_order()


def _whole_weeks(found: InterventionQuerySet) -> tuple[list[Any], dt.date | None]:
    """Return the rows of the first whole weeks, SHOWN at most unless one week alone has more, and the next Monday."""
    rows: list[Any] = list(found[: SHOWN + 1])
    if len(rows) <= SHOWN:
        return rows, None
    following = _monday_of(rows[-1].day)
    kept = [row for row in rows if row.day < following]
    if kept:
        return kept, following
    following += WEEK
    later = found.filter(day__gte=following).values_list("day", flat=True)
    return list(found.filter(day__lt=following)), following if later.exists() else None


def _monday(visit: Visit) -> dt.date:
    return _monday_of(visit.row.day)


def _monday_of(day: dt.date) -> dt.date:
    return day - dt.timedelta(days=day.weekday())
