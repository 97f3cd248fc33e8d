"""A CSV as PostgreSQL's COPY writes it, passed on in pieces: memory does not grow with the rows.

`;` between cells, UTF-8 with a byte order mark, CRLF: what a French spreadsheet opens with a double click. The last
line says that the file is whole and how many rows it has: where it is missing, the stream broke (which the browser
reports as well, since the transfer never came to its end).
"""

from __future__ import annotations

import csv
import io
from collections.abc import Generator, Iterable, Iterator
from typing import Any
from zoneinfo import ZoneInfo

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from interventions.tenancy import within

BOM = b"\xef\xbb\xbf"
PIECE = 64 * 1024
_ON_CLOCK = "SELECT set_config('TimeZone', %s, true)"


def line(cells: Iterable[object]) -> bytes:
    """Return one line of the file, as COPY would write it."""
    return lines([cells])


def lines(rows: Iterable[Iterable[object]]) -> bytes:
    """Return several."""
    written = io.StringIO()
    csv.writer(written, delimiter=";", lineterminator="\n").writerows(rows)
    return written.getvalue().encode()


def stream(found: QuerySet[Any, Any], heads: Iterable[object], agence_id: int, tz: ZoneInfo) -> Iterator[bytes]:
    """Yield a whole file with the rows of `found` (a values_list of texts), in a transaction of the agency.

    Cells show hours on the clock of `tz`. All rows are as they were at one instant: it is one statement. To be
    consumed outside any transaction of a view.
    """
    yield BOM + line(heads)
    with within(agence_id), connection.cursor() as cursor:
        cursor.execute(_ON_CLOCK, [tz.key])
        count = yield from _pieces(cursor, found)
        # Django reads instants as UTC, whatever the database says with them.
        cursor.execute(_ON_CLOCK, [connection.timezone_name])
    yield line((_("Fin de l’export"), count))


def _pieces(cursor: Any, found: QuerySet[Any, Any]) -> Generator[bytes, None, int]:
    """Yield the rows, some tens of kilobytes at a time; return how many there were."""
    try:
        sql, params = found.query.sql_with_params()
    except EmptyResultSet:
        return 0
    waiting, size = [], 0
    copy = f"COPY ({cursor.mogrify(sql, params)}) TO STDOUT (FORMAT csv, DELIMITER ';')"
    with connection.wrap_database_errors, cursor.copy(copy) as rows:
        for row in rows:
            waiting.append(row)
            size += len(row)
            if size >= PIECE:
                yield b"".join(waiting)
                waiting, size = [], 0
    yield b"".join(waiting)
    return int(cursor.rowcount)
