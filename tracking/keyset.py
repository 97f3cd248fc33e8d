"""Pages by key: the next rows after one, whatever came or went in between, at the cost of the first page."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Case, F, Func, IntegerField, Subquery, TextField, Value, When
from django.db.models.functions import Coalesce
from django.db.models.lookups import GreaterThan, LessThan

from interventions.models import Client, Intervenant, Intervention
from interventions.querysets import InterventionQuerySet
from interventions.states import Status

SEPARATOR = "~"
NOBODY = "-"


class Key(Func):
    """A row of values, which PostgreSQL compares as one and looks up in an index of the same columns."""

    template = "(%(expressions)s)"
    output_field = TextField()


@dataclass(frozen=True)
class Column:
    """One part of a sort: how to order by it, how a visit writes it into an address, how it is read back.

    Names and internal keys do not stand in addresses: a public id does, and the database looks up what it stands for.
    """

    order: Any
    write: Callable[[Intervention], str]
    read: Callable[[str, int], Any]


def _moment(text: str, _agence: int) -> Any:
    moment = dt.datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(text)
    return Value(moment)


def _looked_up(model: Any, field: str) -> Callable[[str, int], Any]:
    def read(text: str, agence: int) -> Any:
        if text == NOBODY:
            return Value("")
        return Subquery(model.objects.filter(agence_id=agence, public_id=UUID(text)).values(field)[:1])

    return read


def _rank(text: str, _agence: int) -> Any:
    return Value(range(len(Status)).index(int(text)), output_field=IntegerField())


def _carer(visit: Intervention) -> str:
    return str(visit.intervenant.public_id) if visit.intervenant else NOBODY


DAY = Column(F("day"), lambda visit: visit.day.isoformat(), lambda text, _agence: Value(dt.date.fromisoformat(text)))
START = Column(F("retained_start"), lambda visit: visit.retained_start.astimezone(dt.UTC).isoformat(), _moment)
VISIT = Column(F("pk"), lambda visit: str(visit.public_id), _looked_up(Intervention, "pk"))
CLIENT = Column(F("client__sort_name"), lambda visit: str(visit.client.public_id), _looked_up(Client, "sort_name"))
CARER = Column(Coalesce("intervenant__sort_name", Value("")), _carer, _looked_up(Intervenant, "sort_name"))
RANK = Column(
    Case(*(When(status=status, then=Value(rank)) for rank, status in enumerate(Status)), output_field=IntegerField()),
    lambda visit: str(list(Status).index(visit.state)),
    _rank,
)
# Within each, the order of time, then the key: no two rows are equal.
SORTS: dict[str, tuple[Column, ...]] = {
    "date": (DAY, START, VISIT),
    "client": (CLIENT, DAY, START, VISIT),
    "intervenant": (CARER, DAY, START, VISIT),
    "statut": (RANK, DAY, START, VISIT),
}
DEFAULT_SORT = "date"


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
    def columns(self) -> tuple[Column, ...]:
        """Its parts, the last of which tells any two rows apart."""
        return SORTS[self.name]

    def __str__(self) -> str:
        return f"{'-' if self.descending else ''}{self.name}"

    def order(self, found: InterventionQuerySet, *, backwards: bool = False) -> InterventionQuerySet:
        """Return the visits in this order, or from its end."""
        down = self.descending != backwards
        return found.order_by(*(c.order.desc() if down else c.order.asc() for c in self.columns))

    def token(self, visit: Intervention) -> str:
        """Write where a visit stands in this order."""
        return SEPARATOR.join(column.write(visit) for column in self.columns)

    def beyond(
        self, found: InterventionQuerySet, token: str, agence: int, *, backwards: bool = False
    ) -> InterventionQuerySet:
        """Return the visits after (or before) the place that `token` writes; raises ValueError if it writes none."""
        parts = token.split(SEPARATOR)
        if len(parts) != len(self.columns):
            raise ValueError(token)
        here = [column.read(part, agence) for column, part in zip(self.columns, parts, strict=True)]
        comparison = LessThan if self.descending != backwards else GreaterThan
        return found.filter(comparison(Key(*(column.order for column in self.columns)), Key(*here)))
