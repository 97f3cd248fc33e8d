"""Pages by key: the next rows after one, whatever came or went in between, at the cost of the first page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Func, TextField
from django.db.models.lookups import GreaterThan, GreaterThanOrEqual, LessThan, LessThanOrEqual

from interventions.models import Intervention
from interventions.querysets import InterventionQuerySet
from tracking.places import DAY, START, VISIT, Place
from tracking.sorts import SORTS

SEPARATOR = "~"
DEFAULT_SORT = "date"
# Sorts by the name of something that every visit has, which has an index of its own.
NAMED = frozenset({"client", "prestation"})


class Key(Func):
    """A row of values, which PostgreSQL compares as one and looks up in an index of the same columns."""

    template = "(%(expressions)s)"
    output_field = TextField()


@dataclass(frozen=True)
class Sort:
    """By what the rows are sorted, and which way round; «-client» in the address is from Z to A."""

    name: str = DEFAULT_SORT
    descending: bool = False

    @classmethod
    def asked(cls, text: str) -> Sort:
        """Read the address; what is not known sorts by date."""
        name = text.removeprefix("-")
        return cls(name, text.startswith("-")) if name in SORTS else cls()

    @property
    def places(self) -> tuple[Place, ...]:
        """Its parts; within the first comes the order of time, then the key, so that no two rows are equal."""
        own = SORTS[self.name]
        return (own, DAY, START, VISIT) if own else (DAY, START, VISIT)

    def __str__(self) -> str:
        return f"{'-' if self.descending else ''}{self.name}"

    def order(self, found: InterventionQuerySet, *, backwards: bool = False) -> InterventionQuerySet:
        """Return the visits in this order, or from its end."""
        down = self.descending != backwards
        return found.order_by(*(each.desc() if down else each.asc() for each in self._expressions()))

    def within(self, found: InterventionQuerySet, agence: int) -> InterventionQuerySet:
        """Say that the names sorted by are the agency's, as they are: the index of names begins with it."""
        return found.filter(**{f"{self.name}__agence": agence}) if self.name in NAMED else found

    def token(self, visit: Intervention) -> str:
        """Write where a visit stands in this order."""
        return SEPARATOR.join(place.write(visit) for place in self.places)

    def beyond(
        self, found: InterventionQuerySet, token: str, agence: int, *, backwards: bool = False
    ) -> InterventionQuerySet:
        """Return the visits after (or before) the place that `token` writes; raises ValueError if it writes none.

        That the first part alone lies no less far is said apart: where the parts stand in several tables, the index
        of the first can begin there, which it cannot for a row of values.
        """
        parts = token.split(SEPARATOR)
        if len(parts) != len(self.places):
            raise ValueError(token)
        here = [place.read(part, agence, self.descending) for place, part in zip(self.places, parts, strict=True)]
        down = self.descending != backwards
        there = self._expressions()
        found = found.filter((LessThan if down else GreaterThan)(Key(*there), Key(*here)))
        return found.filter((LessThanOrEqual if down else GreaterThanOrEqual)(there[0], here[0]))

    def _expressions(self) -> list[Any]:
        return [place.order(self.descending) for place in self.places]
