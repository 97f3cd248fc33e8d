"""How each kind of figure is written in a CSV cell, as expressions that PostgreSQL works out row by row."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.models import Func, TextField

from interventions import spreadsheets
from tracking.exports.columns import Column, Kind

FORMULA = spreadsheets.FORMULA


class Cell(Func):
    """An expression of one value, written out as `template` says; nothing comes out empty."""

    output_field = TextField()

    def __init__(self, template: str, *values: Any) -> None:
        super().__init__(*values, template=template, arg_joiner=" || ")


def text(value: Any) -> Cell:
    """Write a text; one that a spreadsheet would run gets an apostrophe before it, which makes it a text again."""
    return Cell(f"regexp_replace(%(expressions)s, '({FORMULA})', '''\\1')", value)


def day(value: Any) -> Cell:
    """Write a date as dd/mm/yyyy."""
    return Cell("to_char(%(expressions)s, 'DD/MM/YYYY')", value)


def length(value: Any) -> Cell:
    """Write an interval as HH:MM, past 24 hours too; nothing is 00:00."""
    return Cell("to_char(coalesce(%(expressions)s, interval '0'), 'HH24:MI')", value)


def hours(value: Any) -> Cell:
    """Write an interval in decimal hours, with a comma."""
    seconds = "extract(epoch FROM coalesce(%(expressions)s, interval '0'))"
    return Cell(f"replace(round({seconds} / 3600, 2)::text, '.', ',')", value)


def minutes(value: Any) -> Cell:
    """Write an interval in whole minutes, signed."""
    return Cell("(round(extract(epoch FROM %(expressions)s) / 60))::int::text", value)


def km(value: Any) -> Cell:
    """Write a distance with a comma."""
    return Cell("replace((%(expressions)s)::text, '.', ',')", value)


def clock(value: Any) -> Cell:
    """Write an instant as HH:MM on the clock of the transaction, which csv_file.stream sets: the agency's.

    Naming the zone in each cell would have it looked up in each: a third of the time of a file.
    """
    return Cell("left((%(expressions)s)::time::text, 5)", value)


def written(columns: list[Column]) -> list[Cell]:
    """Return the columns as cells of a CSV, in order."""
    forms: dict[Kind, Callable[[Any], Cell]] = {
        Kind.TEXT: text,
        Kind.DAY: day,
        Kind.CLOCK: clock,
        Kind.LENGTH: length,
        Kind.HOURS: hours,
        Kind.MINUTES: minutes,
        Kind.KM: km,
    }
    return [forms[column.kind](column.value) for column in columns]
