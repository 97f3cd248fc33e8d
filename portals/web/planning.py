"""Mon planning, for whoever looks at it: visits that the actor may see, turned into days and blocks.

The same visit shows the same retained facts to the intervenant, the client and the manager, since all three come
from here. One statement, however many visits.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import cast

from django.utils import formats
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from interventions.actor import Actor
from interventions.models import Intervention
from interventions.querysets import InterventionQuerySet
from interventions.states import Role, Status
from portals.web import format as fmt
from portals.web.discretion import discreet_mission
from portals.web.spans import Span, View, asked, span
from portals.web.week import DayColumn, Week, place

__all__ = ["Block", "Day", "Planning", "Span", "View", "asked", "build", "span"]

type Linked = Callable[[Intervention], str]
type Named = Callable[[Intervention], str]


@dataclass(frozen=True)
class Block:
    """One visit as a planning shows it: what counts today (retained), who, what, where it stands."""

    visit: Intervention
    who: str
    url: str
    status_label: str

    @property
    def start(self) -> dt.datetime:
        """When it starts, as retained."""
        return self.visit.retained_start

    @property
    def end(self) -> dt.datetime:
        """When it ends, as retained."""
        return self.visit.retained_end

    @property
    def hours(self) -> str:
        """«9 h 00 – 10 h 30»."""
        return fmt.time_range(self.start, self.end)

    @property
    def what(self) -> str:
        """The prestation's name."""
        return self.visit.prestation.name

    @property
    def status(self) -> Status:
        """Where it stands."""
        return self.visit.state

    @property
    def note(self) -> str:
        """What the visit is for and what the intervenant said of it, together."""
        said = _("«\u00a0%(comment)s\u00a0»") % {"comment": self.visit.comment} if self.visit.comment else ""
        return " · ".join(part for part in (self.visit.ordre_de_mission, said) if part)

    @property
    def cancelled(self) -> bool:
        """Whether its hours are struck through and count nothing."""
        return self.status is Status.CANCELLED

    @property
    def minutes(self) -> int:
        """What it counts: elapsed minutes, 0 once cancelled."""
        return 0 if self.cancelled else fmt.elapsed(self.start, self.end)


@dataclass(frozen=True)
class Day:
    """One day of the calendar with its visits in order; `outside` one that only fills a month's first or last week."""

    date: dt.date
    blocks: tuple[Block, ...] = ()
    today: bool = False
    outside: bool = False

    @property
    def minutes(self) -> int:
        """What its visits count together."""
        return sum(block.minutes for block in self.blocks)


@dataclass(frozen=True)
class Planning:
    """What templates/components/planning.html shows."""

    span: Span
    label: str
    today: dt.date
    days: tuple[Day, ...]

    @property
    def views(self) -> list[tuple[View, bool]]:
        """The views to choose from, with whether each is the one shown."""
        return [(view, view is self.span.view) for view in View]

    @property
    def minutes(self) -> int:
        """What counts in these days, cancelled visits aside."""
        return sum(day.minutes for day in self.days)

    @property
    def count(self) -> int:
        """How many visits these days hold, cancelled ones included."""
        return sum(len(day.blocks) for day in self.days)

    @property
    def legend(self) -> list[tuple[Status, str]]:
        """The statuses that occur, in the order of the workflow, each in the reader's words."""
        met = {block.status: block.status_label for day in self.days for block in day.blocks}
        return [(status, met[status]) for status in Status if status in met]

    @property
    def week(self) -> Week[Block]:
        """The grid by the hour."""
        return Week(tuple(_column(day) for day in self.days))

    @property
    def month(self) -> list[Day]:
        """Whole weeks, so that each weekday has its column."""
        first, last = self.span.first, self.span.last
        before = [Day(first - dt.timedelta(days=n), outside=True) for n in range(first.weekday(), 0, -1)]
        after = [Day(last + dt.timedelta(days=n), outside=True) for n in range(1, 7 - last.weekday())]
        return [*before, *self.days, *after]


def build(
    visits: InterventionQuerySet,
    actor: Actor,
    shown: Span,
    today: dt.date,
    link: Linked,
    who: Named | None = None,
    words: Mapping[Status, Promise] | None = None,
) -> Planning:
    """Build the planning of these days from visits already scoped to the actor (`visible_to`).

    `link` gives a visit's address ("" for none). `who` names the other side; by default the client to an intervenant
    and a manager, the intervenant's first name and initial to the client's side. `words` says where a visit stands
    otherwise than the workflow's labels do.
    """
    asked_for = visits.between(shown.first, shown.last).in_order()
    found = cast("Iterable[Intervention]", asked_for.select_related("client", "intervenant", "prestation"))
    name = who or _other_side(actor)
    said = words or {status: status.label for status in Status}
    blocks = [Block(_as_read_by(actor, one), name(one), link(one), str(said[one.state])) for one in found]
    by_day = {day: tuple(group) for day, group in groupby(blocks, key=lambda block: block.visit.day)}
    days = tuple(Day(date, by_day.get(date, ()), today=date == today) for date in shown.days)
    return Planning(shown, shown.label(today), today, days)


def client_name(visit: Intervention) -> str:
    """«Mme Quéré», or the whole name of a client without a civility."""
    client = visit.client
    return f"{client.civility} {client.last_name}" if client.civility else client.full_name


def intervenant_name(visit: Intervention) -> str:
    """«Aïcha L.», or that nobody is named yet."""
    return visit.intervenant.short_name if visit.intervenant else _("Intervenant à désigner")


def _as_read_by(actor: Actor, visit: Intervention) -> Intervention:
    """Return the visit with its ordre de mission as this reader may read it; nothing is saved."""
    if actor.is_client_side:
        visit.ordre_de_mission = discreet_mission(visit)
    return visit


def _other_side(actor: Actor) -> Named:
    return client_name if actor.role in (Role.INTERVENANT, Role.MANAGER) else intervenant_name


def _column(day: Day) -> DayColumn[Block]:
    weekday = formats.date_format(day.date, "l").capitalize()
    detail = [fmt.duration(day.minutes)] if day.blocks else []
    detail += [_("aujourd’hui")] if day.today else []
    return DayColumn(f"{weekday} {fmt.day_number(day.date)}", " · ".join(detail), day.today, place(day.blocks))
