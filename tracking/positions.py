"""Pages of what never changes again: a place in it stays what it was."""

from __future__ import annotations

from tracking.rows import PAGE


def position(text: str) -> int:
    """Read a place from the address; what is none is the beginning."""
    return min(int(text), 10**6) if text.isdecimal() else 0


def window(query: str, start: int, *, more: bool) -> dict[str, str]:
    """Return the addresses of the pages before and after, for components/pager.html; `query` ends with «&»."""
    return {
        "previous_url": f"?{query}de={max(0, start - PAGE)}" if start else "",
        "next_url": f"?{query}de={start + PAGE}" if more else "",
    }
