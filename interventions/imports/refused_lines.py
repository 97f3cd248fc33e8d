"""The refused lines of a file as they were sent, with why: to be corrected and sent again as they are."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from itertools import groupby

from interventions.models import ImportFile, ImportFinding
from interventions.spreadsheets import safe

from .reading import decode
from .report import Result

BOM = "\ufeff"
LINE, REASON = "Ligne", "Raison du refus"
CHUNK = 2_000


def lines(file: ImportFile) -> Iterator[str]:
    """Yield the file's own columns, then the line in the file and the reason; a CSV that our import reads.

    What a spreadsheet would run gets an apostrophe, which the import takes away again. The file is read once, in
    pieces; the reasons come in the order of the lines.
    """
    with file.file.open("rb") as stored:
        records = csv.reader(io.StringIO(decode(stored.read()), newline=""), delimiter=";")
    heads = next(records)
    width = len(file.heads)
    # A file that was sent again may have them already.
    own = [place for place, head in enumerate(heads[:width]) if head.strip() not in (LINE, REASON)]
    yield BOM + _line([heads[place] for place in own] + [LINE, REASON])
    number = 1
    for line, reason in _reasons(file):
        while number < line:
            record = next(records)
            number += 1
        cells = _as_wide(record, width)
        yield _line([cells[place] for place in own] + [str(line), reason])


def _reasons(file: ImportFile) -> Iterator[tuple[int, str]]:
    found = ImportFinding.objects.filter(
        agence_id=file.agence_id, request=file.request_id, kind=file.kind, result=Result.REFUSED
    )
    rows = found.order_by("line", "id").values_list("line", "column", "reason").iterator(chunk_size=CHUNK)
    for line, said in groupby(rows, key=lambda row: row[0]):
        yield line, " ".join(f"{column}\u00a0: {reason}" if column else reason for _line, column, reason in said)


def _as_wide(record: list[str], width: int) -> list[str]:
    """Return the cells, one a column; what has no column stays with the last one, for a person to sort out."""
    if len(record) <= width:
        return record + [""] * (width - len(record))
    rest = [cell for cell in record[width - 1 :] if cell]
    return [*record[: width - 1], ";".join(rest)]


def _line(cells: Iterable[str]) -> str:
    written = io.StringIO()
    csv.writer(written, delimiter=";", lineterminator="\r\n").writerow([safe(cell.strip()) for cell in cells])
    return written.getvalue()
