"""What a spreadsheet would run as a formula, and how a text is kept from it, there and back."""

from __future__ import annotations

import re

# A spreadsheet takes a cell that begins so for a formula, whatever blanks stand before; the wide forms too.
FORMULA = r"^\s*[-=+@＝＋－＠\t\r\n]"

_RUNS = re.compile(FORMULA)


def safe(cell: str) -> str:
    """Return a text that no spreadsheet runs: with an apostrophe before it where it would."""
    return f"'{cell}" if _RUNS.match(cell) else cell


def bare(cell: str) -> str:
    """Return the text that `safe` was given: what our own files say comes back as it was."""
    return cell[1:] if cell.startswith("'") and _RUNS.match(cell[1:]) else cell
