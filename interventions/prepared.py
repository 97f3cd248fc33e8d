"""Statements that stay prepared with their connection: the database plans them once, not each time they are asked.

For what every page asks and what takes longer to plan than to run: behind each table of a statement stands a policy of
row level security, which is planned with it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property
from typing import Any

import psycopg
from django.db import connection
from django.db.models import Model, QuerySet
from psycopg import sql


class _Prepared(psycopg.Cursor[Any]):
    """Sends the values beside the statement; Django's cursor writes them into it, so that no text comes twice."""


@contextmanager
def prepared() -> Iterator[None]:
    """Prepare what is asked within; as many texts as the driver keeps stay with the connection, the last asked."""
    connection.ensure_connection()
    driver = connection.connection
    usual = driver.cursor_factory
    driver.cursor_factory = _Prepared
    try:
        yield
    finally:
        driver.cursor_factory = usual


def with_words(statement: str, values: Sequence[Any]) -> tuple[str, list[Any]]:
    """Return a statement with its words (statuses, fates: never what somebody typed) in its text, and what is left.

    Its plan is made before the values are known. Without the word in it the database takes each status for a seventh
    of the rows, holds the plan for a bad one, and goes on to make another each time.
    """
    first, *others = statement.split("%s")
    text, kept = [first], []
    for value, after in zip(values, others, strict=True):
        if isinstance(value, str):
            text.append(sql.Literal(str(value)).as_string().replace("%", "%%"))
        else:
            text.append("%s")
            kept.append(value)
        text.append(after)
    return "".join(text), kept


class Compiled[Row: Model]:
    """A query by two keys that is put together once; `related` names a row that comes with each (select_related).

    For what every page asks: putting it together takes Django ten times as long as the database needs to answer.
    """

    _MARKS = (-1_000_000_001, -1_000_000_002)

    def __init__(self, ask: Callable[[int, int], QuerySet[Row]], related: str) -> None:
        self.ask, self.related = ask, related

    def __call__(self, *keys: int) -> list[Row]:
        """Return the rows for these two keys, as the query itself would."""
        own, other, statement, places = self._parts
        with prepared(), connection.cursor() as cursor:
            cursor.execute(statement, [keys[place] for place in places])
            found = cursor.fetchall()
        return [self._row(own, other, values) for values in found]

    def _row(self, own: Any, other: Any, values: Sequence[Any]) -> Row:
        (model, names), (other_model, other_names) = own, other
        row: Row = model.from_db(connection.alias, names, values[: len(names)])
        setattr(row, self.related, other_model.from_db(connection.alias, other_names, values[len(names) :]))
        return row

    @cached_property
    def _parts(self) -> tuple[Any, Any, str, list[int]]:
        asked: Any = self.ask(*self._MARKS)
        models = (asked.model, asked.model._meta.get_field(self.related).related_model)
        own, other = ((model, [field.attname for field in model._meta.concrete_fields]) for model in models)
        paths = [*own[1], *(f"{self.related}__{name}" for name in other[1])]
        statement, values = asked.values_list(*paths).query.sql_with_params()
        return own, other, statement, [self._MARKS.index(value) for value in values]
