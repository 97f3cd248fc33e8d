"""A whole file to typed lines and refusals: all that can be said of it without the base."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from . import cells
from .columns import CellRefused, Layout, Refusal, Row
from .reading import read

# As much of a line as a list shows of it.
LABEL = 120

type Identity = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Parsed[Line]:
    """One record: what identifies it as written (empty where the record has the wrong width), and its outcome.

    `label` is how a person knows it again.
    """

    identity: Identity
    outcome: Line | Refusal
    label: str = ""


def parse_file[Line](
    data: bytes, layout: Layout[Line], tz: ZoneInfo, chosen: Mapping[str, int] | None = None
) -> list[Parsed[Line]]:
    """Read a file of the agency's in its time zone. Raises FileRefused for one that cannot be used as a whole.

    `chosen` is where each column stands, if a person said so.

    In a numbered file a line without number is refused, and so is a second one with a number already seen,
    whatever became of the first.
    """
    return list(_parsed(data, layout, tz, chosen))


def _parsed[Line](
    data: bytes, layout: Layout[Line], tz: ZoneInfo, chosen: Mapping[str, int] | None
) -> Iterator[Parsed[Line]]:
    seen: set[Identity] = set()
    for row in read(data, layout, chosen):
        if isinstance(row, Refusal):
            yield Parsed((), row)
            continue
        identity = tuple(row[column] for column in layout.identity)
        repeated = layout.numbered and identity in seen
        seen.add(identity)
        label = " · ".join(filter(None, (row[column] for column in layout.shown)))
        yield Parsed(identity, _outcome(row, layout, tz, repeated=repeated), label[:LABEL])


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
