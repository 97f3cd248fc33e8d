"""What is printed of the visits that somebody who is put away leaves behind."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from interventions.models import Intervention
from interventions.registry.leaving import LISTED, Behind
from portals.manager.acts import visit_address
from portals.web import format as fmt

# How many stand there at once; the others unfold.
FIRST = 6


@dataclass(frozen=True, slots=True)
class Left:
    """A visit in a line: its address, its day and hours, the other person, its status where that is not plain."""

    url: str
    when: str
    who: str
    status: str


@dataclass(frozen=True, slots=True)
class Part:
    """Visits of one kind (ahead, past, undecided): how many there are, the first lines and those that unfold."""

    about: str
    count: int
    first: Sequence[Left]
    more: Sequence[Left]


def parts(found: Behind, today: date, *, is_client: bool) -> list[Part]:
    """Return the kinds of visits that somebody leaves behind, those that there are."""
    kinds = (
        ("ahead", len(found.ahead), found.ahead),
        ("past", len(found.past), found.past),
        ("undecided", found.deciding, found.undecided),
    )
    return [_part(about, count, visits, today, is_client) for about, count, visits in kinds if count]


def _part(about: str, count: int, visits: Sequence[Intervention], today: date, is_client: bool) -> Part:
    before, after = visit_address()
    lines = [
        Left(
            f"{before}{visit.public_id}{after}",
            f"{capfirst(fmt.day(visit.day, today))}, {fmt.time_range(visit.retained_start, visit.retained_end)}",
            _other(visit, is_client),
            visit.status if about == "undecided" else "",
        )
        for visit in visits[:LISTED]
    ]
    return Part(about, count, lines[:FIRST], lines[FIRST:])


def _other(visit: Intervention, is_client: bool) -> str:
    return str((visit.intervenant or _("à désigner")) if is_client else visit.client)
