"""An XLSX written row by row into a stream: neither the rows nor the file are ever held whole, in memory or on disk.

A broken stream leaves a file without its list of parts at the end, which no program opens. Texts are texts here: no
cell is ever a formula. Beyond ROWS_A_SHEET the rows go on in another sheet.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Sequence
from decimal import Decimal
from itertools import batched, chain, islice
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile
from zoneinfo import ZoneInfo

from tracking.exports import xlsx_parts as parts
from tracking.exports.columns import Column, Kind
from tracking.exports.signed import decimal_hours, span

# A sheet holds 1,048,576; half of it keeps each part below the 2 GiB beyond which programs ask to repair the file.
ROWS_A_SHEET = 500_000
PIECE = 64 * 1024
FIRST_DAY = dt.date(1899, 12, 30)
MINUTES_A_DAY = 24 * 60
ROWS_A_PIECE = 100

type Write = Callable[[Any], str]


class Sink:
    """Where the archive is written to; what has come in is taken out again at once."""

    def __init__(self) -> None:
        self.pieces: list[bytes] = []
        self.size = 0

    def write(self, data: bytes) -> int:
        """Take some bytes."""
        self.pieces.append(bytes(data))
        self.size += len(data)
        return len(data)

    def flush(self) -> None:
        """Nothing is kept back."""

    def taken(self) -> bytes:
        """Return what has come in since the last time."""
        whole, self.pieces, self.size = b"".join(self.pieces), [], 0
        return whole


def stream(rows: Iterable[Sequence[Any]], columns: Sequence[Column], tz: ZoneInfo, title: str) -> Iterator[bytes]:
    """Yield a whole workbook; `rows` hold the columns' own values (instants aware), `title` names its sheets."""
    sink: Any = Sink()
    # Level 1: half the time of the usual level, for a file a fifth larger.
    with ZipFile(sink, "w", ZIP_DEFLATED, compresslevel=1) as archive:
        remaining = iter(rows)
        first, sheets = next(remaining, None), 0
        while first is not None or not sheets:
            sheets += 1
            some = islice(chain([] if first is None else [first], remaining), ROWS_A_SHEET)
            # By its name, a part has no date: equal rows make equal files.
            with archive.open(f"xl/worksheets/sheet{sheets}.xml", "w") as sheet:
                for piece in _sheet(some, columns, tz):
                    sheet.write(piece.encode())
                    if sink.size >= PIECE:
                        yield sink.taken()
            first = next(remaining, None)
        for name, text in parts.around(sheets, title):
            with archive.open(name, "w") as part:
                part.write(text.encode())
    yield sink.taken()


def _sheet(rows: Iterable[Sequence[Any]], columns: Sequence[Column], tz: ZoneInfo) -> Iterator[str]:
    """Yield one sheet as text, some rows at a time."""
    writes = [_writes(column.kind, tz) for column in columns]
    yield parts.sheet_head([str(column.label) for column in columns])
    for some in batched(rows, ROWS_A_PIECE):
        yield "".join([f"<row>{''.join(map(_cell, writes, row))}</row>" for row in some])
    yield parts.SHEET_FOOT


def _cell(write: Write, value: Any) -> str:
    return write(value)


def _writes(kind: Kind, tz: ZoneInfo) -> Write:
    """Return what writes a cell of one kind; nothing is an empty cell."""
    if kind is Kind.CLOCK:
        return lambda value: parts.EMPTY if value is None else _clock(value.astimezone(tz))
    return _WRITES[kind]


def _text(value: str | None) -> str:
    return parts.text_cell(value) if value else parts.EMPTY


def _day(value: dt.date | None) -> str:
    return parts.EMPTY if value is None else parts.number_cell((value - FIRST_DAY).days, parts.Style.DAY)


def _clock(value: dt.datetime) -> str:
    return parts.number_cell((value.hour * 60 + value.minute) / MINUTES_A_DAY, parts.Style.CLOCK)


def _seconds(value: dt.timedelta | None) -> float:
    return value.total_seconds() if value else 0


def _length(value: dt.timedelta | None) -> str:
    return parts.number_cell(round(_seconds(value) / 60) / MINUTES_A_DAY, parts.Style.LENGTH)


def _hours(value: dt.timedelta | None) -> str:
    return parts.number_cell(round(_seconds(value) / 3600, 2), parts.Style.HOURS)


def _minutes(value: dt.timedelta | None) -> str:
    return parts.EMPTY if value is None else parts.number_cell(round(_seconds(value) / 60))


def _km(value: Decimal | None) -> str:
    return parts.EMPTY if value is None else parts.number_cell(value, parts.Style.KM)


_WRITES: dict[Kind, Write] = {
    Kind.TEXT: _text,
    Kind.DAY: _day,
    Kind.LENGTH: _length,
    Kind.HOURS: _hours,
    Kind.MINUTES: _minutes,
    Kind.KM: _km,
    Kind.COUNT: parts.number_cell,
    # As a text: no spreadsheet shows a negative time.
    Kind.SPAN: lambda value: parts.text_cell(span(value)),
    Kind.SPAN_HOURS: lambda value: parts.number_cell(decimal_hours(value), parts.Style.HOURS),
}
