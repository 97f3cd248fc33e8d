"""Statements that stay prepared with their connection: the database plans them once, not each time they are asked.

For what every page asks and what takes longer to plan than to run: behind each table of a statement stands a policy of
row level security, which is planned with it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import psycopg
from django.db import connection
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
