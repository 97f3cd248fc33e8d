"""The address of the table: filter, sort and columns, each of which a link may change."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import QueryDict

from tracking.filters import Filters
from tracking.keyset import DEFAULT_SORT, Sort

COLUMNS = "col"


@dataclass(frozen=True)
class Address:
    """What an address of the table asks for; `columns` is "" where it leaves them to the person."""

    filters: Filters
    sort: Sort
    columns: str = ""

    @classmethod
    def asked(cls, filters: Filters, query: QueryDict) -> Address:
        """Read sort and columns from the query of an address."""
        return cls(filters, Sort.asked(query.get("tri", DEFAULT_SORT)), query.get(COLUMNS, ""))

    def query(self, **changes: Any) -> str:
        """Return the query of this address, with some names changed or, with None, taken out."""
        own = {"tri": str(self.sort), COLUMNS: self.columns}
        return self.filters.query(**(own | changes))

    def url(self, **changes: Any) -> str:
        """Return the query as a link on the table has it."""
        return f"?{self.query(**changes)}"
