"""How the tests read a file that the product gave: as text, and cell by cell, with readers that are not ours."""

import csv
import io
import re
from typing import Any
from xml.etree import ElementTree
from zipfile import ZipFile

_NAME = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def body(answer: Any) -> bytes:
    """Return all that was sent."""
    return b"".join(answer.streaming_content) if answer.streaming else answer.content


def csv_rows(answer: Any) -> tuple[list[dict[str, str]], list[str]]:
    """Return the rows of a CSV by the heads of their columns, and its last line."""
    content = body(answer)
    assert content.startswith(b"\xef\xbb\xbf")
    head, *rows, last = csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=";")
    return [dict(zip(head, row, strict=True)) for row in rows], last


def sheets(content: bytes) -> list[list[dict[str, str]]]:
    """Return the rows of each sheet of a workbook by the heads of their columns, each value as it is stored."""
    with ZipFile(io.BytesIO(content)) as archive:
        assert archive.testzip() is None
        names = sorted(name for name in archive.namelist() if re.fullmatch(r"xl/worksheets/sheet\d+\.xml", name))
        return [_by_head(ElementTree.fromstring(archive.read(name))) for name in names]  # noqa: S314 - our own


def _by_head(sheet: ElementTree.Element) -> list[dict[str, str]]:
    assert list(sheet.iter(f"{_NAME}f")) == []
    head, *rows = [["".join(cell.itertext()) for cell in row] for row in sheet.iter(f"{_NAME}row")]
    return [dict(zip(head, row, strict=True)) for row in rows]
