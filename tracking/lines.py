"""The rows as the template prints them: plain texts made here once, since fifty rows of ten cells are looked up there.

What a template looks up in an object costs several times what it costs in a name of its own, and so does escaping
what is an id, a status or a class of the product.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from functools import cache
from uuid import UUID

from django.utils.safestring import SafeString

from tracking.columns import COLUMNS
from tracking.rows import Page, Row

type Cells = list[tuple[str, str]]
# (open beside the table, token, ticked, label, public id, client, status, its words,
# cells (text, class) before the client, between client and status, after; the status is "" where it is not shown)
type Line = tuple[bool, str, bool, str, str, str, str, str, Cells, Cells, Cells]


def lines(page: Page, ticked: Collection[int], opened: UUID | None) -> Iterator[Line]:
    """Return what the template prints of each row of a page."""
    for row in page.rows:
        visit = row.visit
        public_id = str(visit.public_id)
        yield (
            visit.public_id == opened,
            SafeString(f"{public_id}:{visit.version}"),
            visit.pk in ticked,
            row.label,
            SafeString(public_id),
            str(visit.client),
            SafeString(visit.status) if "statut" in row.columns else "",
            row.status_label,
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
    return SafeString(f"end {look}".strip() if end else look)
