"""The parts of a workbook as ECMA-376 names them: cells, a sheet's head and foot, what stands around the sheets."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from enum import IntEnum

EMPTY = "<c/>"
_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
SHEET_FOOT = "</sheetData></worksheet>"
# What XML has no place for is left out, what it reads as its own is written out.
_SAFE = {code: None for code in [*range(32), 0xFFFE, 0xFFFF] if code not in (9, 10, 13)} | {
    ord("&"): "&amp;",
    ord("<"): "&lt;",
    ord(">"): "&gt;",
    13: "&#13;",
}


class Style(IntEnum):
    """How a cell shows its figure: the place of each in the styles of the workbook."""

    PLAIN = 0
    DAY = 1
    CLOCK = 2
    LENGTH = 3
    HOURS = 4
    KM = 5
    HEAD = 6


FORMATS = {
    Style.DAY: "dd/mm/yyyy",
    Style.CLOCK: "hh:mm",
    Style.LENGTH: "[hh]:mm",
    Style.HOURS: "0.00",
    Style.KM: "0.0",
}


def text_cell(value: str, style: Style = Style.PLAIN) -> str:
    """Return a cell that holds a text, whatever it begins with."""
    return f'<c t="inlineStr" s="{style:d}"><is><t xml:space="preserve">{value.translate(_SAFE)}</t></is></c>'


def number_cell(value: float | Decimal, style: Style = Style.PLAIN) -> str:
    """Return a cell that holds a figure."""
    return f'<c s="{style:d}"><v>{value}</v></c>'


def sheet_head(heads: Sequence[str]) -> str:
    """Return a sheet up to its first row of figures: the heads stay in sight, each column as wide as its own."""
    wide = [max(10, len(head) + 3) for head in heads]
    widths = "".join(f'<col min="{n}" max="{n}" width="{width}" customWidth="1"/>' for n, width in enumerate(wide, 1))
    pane = '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>'
    return (
        f'{_XML}<worksheet xmlns="{_MAIN}"><sheetViews><sheetView workbookViewId="0">{pane}</sheetView></sheetViews>'
        f"<cols>{widths}</cols><sheetData><row>{''.join(text_cell(head, Style.HEAD) for head in heads)}</row>"
    )


def around(sheets: int, title: str) -> Iterator[tuple[str, str]]:
    """Yield the other parts of a workbook with so many sheets: their names, and what is written in them."""
    numbers = range(1, sheets + 1)
    yield "xl/styles.xml", _styles()
    yield "xl/workbook.xml", _workbook(numbers, title)
    links = [(f"rId{n}", "worksheet", f"worksheets/sheet{n}.xml") for n in numbers]
    yield "xl/_rels/workbook.xml.rels", _links([*links, (f"rId{sheets + 1}", "styles", "styles.xml")])
    yield "_rels/.rels", _links([("rId1", "officeDocument", "xl/workbook.xml")])
    yield "[Content_Types].xml", _content_types(numbers)


def _workbook(numbers: range, title: str) -> str:
    names = [title if n == 1 else f"{title} {n}" for n in numbers]
    sheets = "".join(
        f'<sheet name="{name.translate(_SAFE)}" sheetId="{n}" r:id="rId{n}"/>'
        for n, name in zip(numbers, names, strict=True)
    )
    return f'{_XML}<workbook xmlns="{_MAIN}" xmlns:r="{_RELATIONS}"><sheets>{sheets}</sheets></workbook>'


def _links(links: list[tuple[str, str, str]]) -> str:
    inside = "".join(
        f'<Relationship Id="{key}" Type="{_RELATIONS}/{kind}" Target="{target}"/>' for key, kind, target in links
    )
    return f'{_XML}<Relationships xmlns="{_PACKAGE}/relationships">{inside}</Relationships>'


def _content_types(numbers: range) -> str:
    named = [("/xl/workbook.xml", "sheet.main"), ("/xl/styles.xml", "styles")]
    named += [(f"/xl/worksheets/sheet{n}.xml", "worksheet") for n in numbers]
    inside = "".join(f'<Override PartName="{part}" ContentType="{_TYPE}.{kind}+xml"/>' for part, kind in named)
    links = "application/vnd.openxmlformats-package.relationships+xml"
    return (
        f'{_XML}<Types xmlns="{_PACKAGE}/content-types"><Default Extension="rels" ContentType="{links}"/>'
        f'<Default Extension="xml" ContentType="application/xml"/>{inside}</Types>'
    )


def _styles() -> str:
    formats = "".join(f'<numFmt numFmtId="{163 + style}" formatCode="{code}"/>' for style, code in FORMATS.items())
    cells = "".join(
        f'<xf numFmtId="{163 + style if style in FORMATS else 0}" fontId="{int(style is Style.HEAD)}" fillId="0" '
        'borderId="0" xfId="0" applyNumberFormat="1" applyFont="1"/>'
        for style in Style
    )
    font = '<font>{}<sz val="11"/><name val="Calibri"/></font>'
    return (
        f'{_XML}<styleSheet xmlns="{_MAIN}"><numFmts count="{len(FORMATS)}">{formats}</numFmts>'
        f'<fonts count="2">{font.format("")}{font.format("<b/>")}</fonts>'
        '<fills count="2"><fill><patternFill patternType="none"/></fill>'
        '<fill><patternFill patternType="gray125"/></fill></fills>'
        '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
        '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
        f'<cellXfs count="{len(Style)}">{cells}</cellXfs></styleSheet>'
    )
