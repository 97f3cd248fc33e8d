"""A whole file to typed lines and refusals: all that can be said of it without the base."""

from collections.abc import Iterator
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from . import cells
from .columns import CellRefused, Layout, Refusal, Row
from .reading import read

type Identity = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Parsed[Line]:
    """One record: what identifies it as written (empty where the record has the wrong width), and its outcome."""

    identity: Identity
    outcome: Line | Refusal


def parse_file[Line](data: bytes, layout: Layout[Line], tz: ZoneInfo) -> list[Parsed[Line]]:
    """Read a file of the agency's in its time zone. Raises FileRefused for one that cannot be used as a whole.

    In a numbered file a line without number is refused, and so is a second one with a number already seen,
    whatever became of the first.
    """
    return list(_parsed(data, layout, tz))


def _parsed[Line](data: bytes, layout: Layout[Line], tz: ZoneInfo) -> Iterator[Parsed[Line]]:
    seen: set[Identity] = set()
    for row in read(data, layout):
        if isinstance(row, Refusal):
            yield Parsed((), row)
            continue
        identity = tuple(row[column] for column in layout.identity)
        repeated = layout.numbered and identity in seen
        seen.add(identity)
        yield Parsed(identity, _outcome(row, layout, tz, repeated=repeated))


def _outcome[Line](row: Row, layout: Layout[Line], tz: ZoneInfo, *, repeated: bool) -> Line | Refusal:
    try:
        if layout.numbered:
            cells.required(row, layout.identity[0], cells.NUMBER)
        if repeated:
            raise CellRefused(
                layout.identity[0], _("Ce numéro est déjà dans le fichier\u00a0: la première ligne est gardée.")
            )
        return layout.parse(row, tz)
    except CellRefused as refused:
        return Refusal(row.line, refused.column, row[refused.column], refused.reason)
