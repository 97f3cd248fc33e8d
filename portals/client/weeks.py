"""What awaits the client's answer, week by week, with what was just answered left in its place for a while."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from itertools import groupby

from django.db.models import Q

from interventions.models import Intervention
from interventions.querysets import InterventionQuerySet
from interventions.states import Role
from portals.client.nav import AWAITING
from portals.client.visits import ANSWERS, Visit, joined, with_possibilities
from portals.web.requests import ActorRequest

# Enough for months of visits; beyond them the oldest come first and the others follow once these are answered.
SHOWN = 60


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

    @property
    def ready(self) -> list[Visit]:
        """Those that one press may validate."""
        return [visit for visit in self.visits if visit.may_validate]

    @property
    def minutes(self) -> int:
        """How long those last together."""
        return sum(visit.minutes for visit in self.ready)

    @property
    def left_out(self) -> list[Visit]:
        """Those that await an answer and that the press leaves alone; their blocks say why."""
        return [visit for visit in self.awaiting if not visit.may_validate]


@dataclass(frozen=True)
class Listing:
    """Mes prestations."""

    weeks: list[Week]
    total: int

    @property
    def visits(self) -> list[Visit]:
        """All that is shown."""
        return [visit for week in self.weeks for visit in week.visits]

    @property
    def awaiting(self) -> list[Visit]:
        """What is shown and still awaits an answer."""
        return [visit for visit in self.visits if visit.is_awaiting]

    @property
    def more(self) -> int:
        """How many await an answer beyond those shown."""
        return self.total - len(self.awaiting)

    def place_of(self, visit: Visit) -> tuple[Week, Visit]:
        """Return the week of a visit, and the visit as the list has it; refuses one it lacks (LookupError)."""
        places = ((week, one) for week in self.weeks for one in week.visits if one.row.pk == visit.row.pk)
        found = next(places, None)
        if found is None:
            raise LookupError(visit.anchor)
        return found

    @property
    def common_reasons(self) -> list[object]:
        """Why nothing can be answered at all, where every visit has that same reason: said once, above."""
        first, *others = [visit.reasons for visit in self.awaiting] or [[]]
        return [reason for reason in first if all(reason in reasons for reasons in others)]


def just_answered(request: ActorRequest) -> Q:
    """Return the condition of what the client's side answered within the undo window."""
    since = request.now - dt.timedelta(minutes=request.actor.agence.undo_minutes)
    return Q(last_action__in=ANSWERS, last_role__in=(Role.CLIENT, Role.PROCHE), last_at__gte=since)


def listing(request: ActorRequest) -> Listing:
    """Read what awaits an answer, the oldest first, and what was answered a moment ago."""
    mine = Intervention.objects.visible_to(request.actor)
    rows = list(_rows(mine, request))
    visits = with_possibilities(rows, request)
    weeks = [Week(monday, list(group)) for monday, group in groupby(visits, key=_monday)]
    shown = sum(visit.is_awaiting for visit in visits)
    total = mine.filter(status__in=AWAITING).count() if len(rows) >= SHOWN else shown
    return Listing(weeks, total)


def _rows(mine: InterventionQuerySet, request: ActorRequest) -> InterventionQuerySet:
    return joined(mine.filter(Q(status__in=AWAITING) | just_answered(request))).in_order()[:SHOWN]


def _monday(visit: Visit) -> dt.date:
    return visit.row.day - dt.timedelta(days=visit.row.day.weekday())
