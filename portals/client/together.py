"""Visits shown as one block: two carers who were there at the same time, each still countersigned by its own id."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from portals.client.visits import Visit
from portals.web import format as fmt


@dataclass(frozen=True)
class Block:
    """One visit, or those of several carers that lie on one another."""

    visits: list[Visit]

    @property
    def anchor(self) -> str:
        """The id of the block in the page."""
        return f"ensemble-{self.visits[0].row.public_id}"

    @property
    def is_together(self) -> bool:
        """Whether more than one carer was there."""
        return len(self.visits) > 1

    @cached_property
    def said(self) -> str:
        """«Mardi 3 novembre, Aïcha L. et Karim B. étaient là en même temps.»"""
        *others, last = [visit.carer for visit in self.visits]
        day = capfirst(fmt.day(self.visits[0].row.day, self.visits[0].today))
        words = {"day": day, "others": ", ".join(others), "last": last}
        return _("%(day)s, %(others)s et %(last)s étaient là en même temps.") % words

    @property
    def ready(self) -> list[Visit]:
        """Those that one press may validate."""
        return [visit for visit in self.visits if visit.may_validate]


def blocks(visits: Iterable[Visit]) -> list[Block]:
    """Return the visits, which come in order, those of the same moment together."""
    found: list[Block] = []
    for visit in visits:
        if found and all(_same_moment(one, visit) for one in found[-1].visits):
            found[-1].visits.append(visit)
        else:
            found.append(Block([visit]))
    return found


def _same_moment(one: Visit, other: Visit) -> bool:
    """Whether two carers' visits share at least half of the shorter one: a relay of a few minutes is none."""
    if one.row.intervenant_id == other.row.intervenant_id or one.row.day != other.row.day:
        return False
    first, second = one.row.retained, other.row.retained
    shared = min(first.end, second.end) - max(first.start, second.start)
    return shared > timedelta(0) and 2 * shared >= min(first.end - first.start, second.end - second.start)
