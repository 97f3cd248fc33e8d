"""What every kind of file declares about itself, and the two things that reading one can answer besides a line."""

import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

# Where a person says that a column stands which their file does not have.
ABSENT = -1


class FileRefused(ValueError):
    """The file as a whole cannot be used; its text is French and fit for the screen. Nothing of it is loaded."""


class CellRefused(ValueError):
    """One cell makes its line unusable: `column`, a reason in French, and what is written there if that is known."""

    def __init__(self, column: str, reason: str, value: str = "") -> None:
        super().__init__(reason)
        self.column = column
        self.reason = reason
        self.value = value


@dataclass(frozen=True, slots=True)
class Row:
    """One record of a file. Line 1 is the header, and a record counts as one line however many it spans."""

    line: int
    cells: tuple[str, ...]
    places: dict[str, int]

    def __getitem__(self, column: str) -> str:
        """What is written in a column, without the spaces around it; nothing in one that the file does not have."""
        place = self.places.get(column, ABSENT)
        return self.cells[place] if place != ABSENT else ""


@dataclass(frozen=True, slots=True)
class Refusal:
    """A line left out: where, what was written there, and why in French."""

    line: int
    column: str
    value: str
    reason: str


@dataclass(frozen=True, slots=True)
class Layout[Line]:
    """One kind of file: its usual name, its columns, how a row is identified and how it is read.

    `identity` columns tell one line from another; with `numbered`, a second line of the same identity is refused.
    `shown` are those by which a person knows a line again. A file may lack the `optional` ones, if somebody says so;
    `also` names, by column, those that are read together with it.
    """

    file_name: str
    columns: tuple[str, ...]
    identity: tuple[str, ...]
    numbered: bool
    parse: Callable[[Row, ZoneInfo], Line]
    shown: tuple[str, ...]
    optional: tuple[str, ...] = ()
    also: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def folded(text: str) -> str:
    """A text as compared by people: case, runs of spaces and ways of composing an accent do not count."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())
