"""The parts of a sort: how to order by one, how a visit writes it into an address, how it is read back.

Names and internal keys do not stand in addresses: a public id does, and the database looks up what it stands for.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import DecimalField, DurationField, F, IntegerField, Subquery, TextField, Value
from django.db.models.functions import Coalesce

from interventions.models import Intervention

NOBODY = "-"
# Where a value is missing the row comes last, whichever way the column is sorted.
ENDLESS = dt.timedelta(days=1_000_000)


@dataclass(frozen=True)
class Place:
    """One part of a sort. `order` and `read` are told whether the column is sorted downwards."""

    order: Callable[[bool], Any]
    write: Callable[[Any], str]
    read: Callable[[str, int, bool], Any]


def named(path: str, model: Any, of: Callable[[Any], Any], *, always: bool = False) -> Place:
    """Return the place by the name of somebody or something, whose public id stands for it; nobody comes first.

    `always` says that every visit has one: the index of names then gives the order by itself.
    """
    field = path.rpartition("__")[2]
    name = F(path) if always else Coalesce(F(path), Value(""), output_field=TextField())

    def write(visit: Any) -> str:
        row = of(visit)
        return str(row.public_id) if row else NOBODY

    def read(text: str, agence: int, _down: bool) -> Any:
        if text == NOBODY:
            return Value("")
        return Subquery(model.objects.filter(agence_id=agence, public_id=UUID(text)).values(field)[:1])

    return Place(lambda _down: name, write, read)


def lasting(expression: Any, of: Callable[[Any], dt.timedelta | None]) -> Place:
    """Return the place by a length of time; a visit without one comes last."""

    def absent(down: bool) -> dt.timedelta:
        return -ENDLESS if down else ENDLESS

    def write(visit: Any) -> str:
        length = of(visit)
        return NOBODY if length is None else str(length // dt.timedelta(microseconds=1))

    def read(text: str, _agence: int, down: bool) -> Any:
        length = absent(down) if text == NOBODY else dt.timedelta(microseconds=int(text))
        return Value(length, output_field=DurationField())

    def order(down: bool) -> Any:
        return Coalesce(expression, Value(absent(down), output_field=DurationField()))

    return Place(order, write, read)


def counted(expression: Any, of: Callable[[Any], Decimal]) -> Place:
    """Return the place by a number that every visit has."""

    def read(text: str, _agence: int, _down: bool) -> Any:
        return Value(Decimal(_figure(text)), output_field=DecimalField())

    return Place(lambda _down: expression, lambda visit: str(of(visit)), read)


def _figure(text: str) -> str:
    if not text.replace(".", "", 1).isdecimal():
        raise ValueError(text)
    return text


def ranked(expression: Any, values: list[str], of: Callable[[Any], str]) -> Place:
    """Return the place by one of a few values in an order of their own, each written as its rank."""

    def read(text: str, _agence: int, _down: bool) -> Any:
        return Value(range(len(values)).index(int(text)), output_field=IntegerField())

    return Place(lambda _down: expression, lambda visit: str(values.index(of(visit))), read)


def _moment(text: str, _agence: int, _down: bool) -> Any:
    moment = dt.datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(text)
    return Value(moment)


def _visit(text: str, agence: int, _down: bool) -> Any:
    return Subquery(Intervention.objects.filter(agence_id=agence, public_id=UUID(text)).values("pk")[:1])


def hour(expression: Any, of: Callable[[Any], dt.time]) -> Place:
    """Return the place by an hour of the agency's clock."""

    def read(text: str, _agence: int, _down: bool) -> Any:
        return Value(dt.time.fromisoformat(text))

    return Place(lambda _down: expression, lambda visit: of(visit).isoformat(), read)


DAY = Place(
    lambda _down: F("day"),
    lambda visit: str(visit.day.isoformat()),
    lambda text, _agence, _down: Value(dt.date.fromisoformat(text)),
)
START = Place(
    lambda _down: F("retained_start"),
    lambda visit: str(visit.retained_start.astimezone(dt.UTC).isoformat()),
    _moment,
)
VISIT = Place(lambda _down: F("pk"), lambda visit: str(visit.public_id), _visit)
