"""How figures that may be negative are written in a CSV: hours as HH:MM and in decimals, kilometres, days."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from typing import Any

from interventions.spreadsheets import safe
from tracking.exports.columns import Kind

_CENT = Decimal("0.01")


def span(minutes: int) -> str:
    """Write minutes as HH:MM, past 24 hours too; what is taken back has a minus before it."""
    hours, rest = divmod(abs(minutes), 60)
    return f"{'-' if minutes < 0 else ''}{hours:02d}:{rest:02d}"


# The same lengths come again and again.
@lru_cache(maxsize=10_000)
def decimal_hours(minutes: int) -> Decimal:
    """Return minutes as hours with two decimals, half a hundredth away from zero."""
    return (Decimal(minutes) / 60).quantize(_CENT, ROUND_HALF_UP)


def writer(kind: Kind, tz: dt.tzinfo) -> Callable[[Any], str]:
    """Return what writes a cell of one kind; figures are never taken for texts, so that a minus stays one."""
    return (lambda value: f"{value.astimezone(tz):%H:%M}") if kind is Kind.CLOCK else _WRITES[kind]


def _comma(value: object) -> str:
    return str(value).replace(".", ",")


_WRITES: dict[Kind, Callable[[Any], str]] = {
    Kind.TEXT: safe,
    Kind.DAY: lambda value: f"{value:%d/%m/%Y}",
    Kind.COUNT: str,
    Kind.SPAN: span,
    Kind.SPAN_HOURS: lambda value: _comma(decimal_hours(value)),
    Kind.KM: _comma,
}
