"""Bytes to rows: encodings, line ends, quotes, and the files that are none of ours.

Agencies save from Excel, LibreOffice and other software: UTF-8 with or without BOM, or Windows-1252, CRLF or LF.
"""

import codecs
import csv
import io
import re
import unicodedata
from collections.abc import Iterator, Mapping

from django.utils.translation import gettext as _

from interventions.spreadsheets import bare

from .columns import ABSENT, FileRefused, Layout, Refusal, Row, folded

_NOT_TEXT = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")


def read(data: bytes, layout: Layout, chosen: Mapping[str, int] | None = None) -> Iterator[Row | Refusal]:
    """Yield the records of a file after its header, in order; blank ones count as lines and are passed over.

    `chosen` is where a person says that each column stands (or ABSENT); without it, columns are known by their names.

    A record with too few or too many cells is a Refusal. Raises FileRefused for an empty, binary, wrong or
    truncated file, at the latest when the end is reached: consume it all before using any of it.
    """
    text = decode(data)
    records = csv.reader(io.StringIO(text, newline=""), delimiter=";", strict=True)
    header = _next_record(records, 1)
    places = _as_chosen(header, chosen) if chosen else _places(header, layout)
    width = len(places)
    line = 1
    while (record := _next_record(records, line + 1)) is not None:
        line += 1
        cells = tuple(bare(cell.strip()) for cell in record)
        if not any(cells):
            continue
        if len(cells) < width and _ends_here(records, line, text):
            raise FileRefused(
                _("Le fichier est tronqué\u00a0: sa dernière ligne (%(line)d) est incomplète.") % {"line": line}
            )
        yield _row(line, cells, places, width)


def decode(data: bytes) -> str:
    """The text of a file, accents composed. Raises FileRefused for an empty, binary or cut one."""
    if data.startswith(_WORKBOOKS):
        raise FileRefused(
            _("Ce fichier est un classeur. Enregistrez-le au format CSV (séparateur\u00a0: point-virgule).")
        )
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise FileRefused(_("Ce fichier est en UTF-16. Enregistrez-le au format CSV UTF-8."))
    if _NOT_TEXT.search(data):
        raise FileRefused(_("Ce fichier n’est pas un fichier de texte. Enregistrez-le au format CSV."))
    text = unicodedata.normalize("NFC", _decoded(data))
    if not text.strip():
        raise FileRefused(_("Le fichier est vide."))
    if "\r\n" in text and not text.endswith("\n"):
        # What writes CRLF is a program, and it ends every line; a person who types LF may leave the last one open.
        raise FileRefused(
            _("Le fichier est tronqué\u00a0: sa dernière ligne ne finit pas. S’il est entier, finissez-la.")
        )
    return text


def _decoded(data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        if error.reason == "unexpected end of data" and not data[: error.start].isascii():
            raise FileRefused(_("Le fichier est tronqué\u00a0: il s’arrête au milieu d’une lettre.")) from error
        if data.startswith(codecs.BOM_UTF8):
            raise FileRefused(_("Le fichier est abîmé\u00a0: il s’annonce en UTF-8 et n’en est pas.")) from error
    try:
        return data.decode("cp1252")
    except UnicodeDecodeError as error:
        raise FileRefused(_("L’encodage du fichier n’est ni UTF-8 ni Windows-1252.")) from error


def _next_record(records: Iterator[list[str]], line: int) -> list[str] | None:
    try:
        return next(records, None)
    except csv.Error as error:
        raise FileRefused(
            _("Ligne %(line)d\u00a0: des guillemets sont ouverts et mal refermés, ou le fichier est tronqué.")
            % {"line": line}
        ) from error


def _ends_here(records: Iterator[list[str]], line: int, text: str) -> bool:
    """Whether this record is the last one, with no end of line after it: the mark of a file that was cut."""
    return not text.endswith(("\n", "\r")) and _next_record(records, line + 1) is None


def _row(line: int, cells: tuple[str, ...], places: dict[str, int], width: int) -> Row | Refusal:
    if len(cells) < width or any(cells[width:]):
        reason = _(
            "%(found)d colonnes au lieu de %(expected)d\u00a0: un texte avec point-virgule se met entre guillemets."
        )
        return Refusal(line, "", ";".join(cells)[:200], reason % {"found": len(cells), "expected": width})
    return Row(line, cells, places)


def _places(header: list[str] | None, layout: Layout) -> dict[str, int]:
    """Where each column stands. Order is free; columns of other names are passed over.

    The map also holds those, so that its length is the width of a record.
    """
    written = [folded(name) for name in header or []]
    if len(written) > len(layout.columns) and not any(written[len(layout.columns) :]):
        written = written[: len(layout.columns)]
    missing = [name for name in layout.columns if folded(name) not in written]
    if missing:
        raise FileRefused(_wrong_header(missing, header or [], layout))
    if twice := [name for name in layout.columns if written.count(folded(name)) > 1]:
        raise FileRefused(_("La colonne «\u00a0%(name)s\u00a0» est là deux fois.") % {"name": twice[0]})
    known = {folded(name): name for name in layout.columns}
    return {known.get(name, f"#{place}"): place for place, name in enumerate(written)}


def _as_chosen(header: list[str] | None, chosen: Mapping[str, int]) -> dict[str, int]:
    """Where each column stands, as a person said; the map is as long as a record is wide."""
    written = [name.strip() for name in header or []]
    while written and not written[-1] and len(written) - 1 not in chosen.values():
        written.pop()
    names = {place: name for name, place in chosen.items() if place != ABSENT}
    return {names.get(place, f"#{place}"): place for place in range(len(written))}


def _wrong_header(missing: list[str], header: list[str], layout: Layout) -> str:
    if len(header) == 1 and any(mark in header[0] for mark in (",", "\t")):
        return _("Les colonnes de ce fichier ne sont pas séparées par des points-virgules.")
    if len(missing) == len(layout.columns):
        return _("Ce fichier n’a aucune des colonnes attendues\u00a0: %(names)s.") % {
            "names": ", ".join(layout.columns)
        }
    return _("Il manque à ce fichier\u00a0: %(names)s.") % {"names": ", ".join(missing)}
