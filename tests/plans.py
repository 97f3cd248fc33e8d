"""How the database finds what a page shows: its plans, for every statement that the page sends."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.wall import as_product

# What grows with the years; whoever reads one of them from end to end reads all the agency ever did.
LARGE = ("intervention", "journalentry", "mail", "mailline", "daytotal")
_SCAN = re.compile(rf"Seq Scan on interventions_({'|'.join(LARGE)})\b")


def sequential(act: Callable[[], Any]) -> Iterator[tuple[str, str]]:
    """Do something, and return each statement of it that reads a large table from end to end, with its plan."""
    with CaptureQueriesContext(connection) as captured:
        act()
    for query in captured.captured_queries:
        if query["sql"].lstrip().startswith(("SELECT", "WITH")):
            plan = explained(query["sql"])
            if _SCAN.search(plan):
                yield query["sql"], plan


def explained(statement: str) -> str:
    """Return the plan of a statement as the product has it, which looks through the wall between agencies."""
    with as_product(planted=True), connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN {statement}")
        return "\n".join(row[0] for row in cursor.fetchall())
