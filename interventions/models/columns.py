"""Many rows in one statement, column by column: what all rows share travels once, the rest as one array a column.

The cheapest way into the database for rows that nobody holds as objects: a press on 50,000 visits writes as many
entries and lines of mails, alike but for a key or two. Rows that are objects are written by `bulk`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import connection
from django.db.models import Field, JSONField, Model

type Columns = Mapping[str, Sequence[Any]]
type _Given = dict[Field[Any, Any], Sequence[Any]]


def insert(model: type[Model], columns: Columns) -> list[int]:
    """Insert rows of `model`, given as columns by attribute name, and return their keys in order.

    A column holds one value a row, or a single one that all rows share. One that is not named gets its field's
    default, or is left to the database where that fills it. A column without a value makes no row.
    """
    count = max(map(len, columns.values()))
    if not all(columns.values()):
        return []
    meta = model._meta
    given: _Given = {
        field: columns[field.attname] if field.attname in columns else [_default(field)]
        for field in meta.concrete_fields
        if field.attname in columns or not _is_filled(field)
    }
    names = ", ".join(f'"{field.column}"' for field in given)
    values, source, parameters = _source(given)
    chosen = ", ".join(values.values())
    with connection.cursor() as cursor:
        cursor.execute(
            f'INSERT INTO "{meta.db_table}" ({names}) SELECT {chosen} FROM {source} '  # noqa: S608 (the model's names)
            f'ORDER BY place RETURNING "{meta.pk.column}"',
            parameters | {"count": count},
        )
        return sorted(row[0] for row in cursor.fetchall())


def update(model: type[Model], keys: Sequence[int], columns: Columns) -> None:
    """Update the rows of `model` with these keys, each to its own values of columns given by attribute name."""
    if not keys:
        return
    meta = model._meta
    given: _Given = {field: columns[field.attname] for field in meta.concrete_fields if field.attname in columns}
    values, source, parameters = _source(given, keys)
    sets = ", ".join(f'"{field.column}" = {value}' for field, value in values.items())
    with connection.cursor() as cursor:
        cursor.execute(
            f'UPDATE "{meta.db_table}" AS old SET {sets} FROM {source} '  # noqa: S608 (the model's names)
            f'WHERE old."{meta.pk.column}" = new.key',
            parameters,
        )


def _source(given: _Given, keys: Sequence[int] = ()) -> tuple[dict[Field[Any, Any], str], str, dict[str, Any]]:
    """Return how each column reads, the table `new` that those read whose rows differ, and the parameters."""
    parameters: dict[str, Any] = {"key": list(keys)} if keys else {}
    arrays = {"key": "bigint"} if keys else {}
    values = {}
    for place, (field, column) in enumerate(given.items()):
        name, kind = f"c{place}", plain_type(field)
        if column.count(column[0]) == len(column):
            values[field], parameters[name] = f"%({name})s::{kind}", _sent(field, column[:1])[0]
        else:
            values[field], parameters[name], arrays[name] = f"new.{name}", _sent(field, column), kind
    if not arrays:
        return values, "generate_series(1, %(count)s) AS new(place)", parameters
    unnested = ", ".join(f"%({name})s::{kind}[]" for name, kind in arrays.items())
    return values, f"unnest({unnested}) WITH ORDINALITY AS new({', '.join(arrays)}, place)", parameters


def _is_filled(field: Field[Any, Any]) -> bool:
    return (field.primary_key and not field.is_relation) or field.generated or field.has_db_default()


def _default(field: Field[Any, Any]) -> Any:
    value = field.get_default()
    return str(value) if isinstance(value, str) else value


def _sent(field: Field[Any, Any], column: Sequence[Any]) -> list[Any]:
    if isinstance(field, JSONField):
        return [json.dumps(value, ensure_ascii=False) for value in column]
    return list(column)


def plain_type(field: Field[Any, Any]) -> str:
    """Return a column's type without its length: how long a value may be is checked where it is stored, never cut."""
    return (field.db_type(connection) or "").partition("(")[0]
