"""The rows as the page prints them: plain texts, made here once."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from functools import cache
from typing import NamedTuple
from uuid import UUID

from tracking.columns import COLUMNS
from tracking.labels import SHORT
from tracking.rows import Page, Row

type Cells = list[tuple[str, str]]


class Line(NamedTuple):
    """What is printed of one visit; cells are (text, class), before the client, up to the status, after it.

    `token` is what its checkbox sends, `status` is "" where it is not shown, `words` say it.
    """

    open: bool
    token: str
    ticked: bool
    label: str
    public_id: str
    client: str
    status: str
    words: str
    before: Cells
    between: Cells
    after: Cells


def lines(page: Page, ticked: Collection[int], opened: UUID | None) -> Iterator[Line]:
    """Return what is printed of each row of a page."""
    words = {str(status): str(label) for status, label in SHORT.items()}
    for row in page.rows:
        visit = row.visit
        public_id = str(visit.public_id)
        yield Line(
            visit.public_id == opened,
            f"{public_id}:{visit.version}",
            visit.pk in ticked,
            row.label,
            public_id,
            str(visit.client),
            visit.status if "statut" in row.columns else "",
            words[visit.status],
            *_cells(row),
        )


def _cells(row: Row) -> tuple[Cells, Cells, Cells]:
    parts: list[Cells] = [[]]
    for name, end, (text, look) in row.cells:
        if COLUMNS[name].shows is None:
            parts.append([])
        else:
            parts[-1].append((text, _css(end, look)))
    before, between, *after = parts
    return before, between, after[0] if after else []


@cache
def _css(end: bool, look: str) -> str:
    return f"end {look}".strip() if end else look
