"""The table that a run prints, and that docs/benchmark.md shows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

type Line = dict[str, Any]


def table(runs: Mapping[str, Sequence[Line]]) -> str:
    """Return the lines of all databases as Markdown; the growth is from the first database to the last."""
    names = list(runs)
    rows = [f"| | {' | '.join(_heads(names))} |", f"|---|{'---|' * len(_heads(names))}"]
    for name in _in_order(runs.values()):
        found = {size: next((line for line in lines if line["name"] == name), None) for size, lines in runs.items()}
        rows.append(f"| {name} | {' | '.join(_cells(found))} |")
    return "\n".join(rows) + "\n"


def _heads(names: Sequence[str]) -> list[str]:
    heads = []
    for name in names:
        heads += [f"{name}: min / median / p95 (ms)", "floor", "× floor", "8 at once: p95 (ms), a second", "kB (gzip)"]
    return [*heads, "growth"]


def _in_order(runs: Iterable[Sequence[Line]]) -> list[str]:
    return list(dict.fromkeys(line["name"] for lines in runs for line in lines))


def _cells(found: dict[str, Line | None]) -> list[str]:
    cells = []
    for line in found.values():
        cells += _of(line) if line else [""] * 5
    medians = [line["ours"]["median"] for line in found.values() if line and "ours" in line]
    return [*cells, f"{medians[-1] / medians[0]:.2f}" if len(medians) > 1 else ""]


def _of(line: Line) -> list[str]:
    if "found" in line:
        return [", ".join(line["found"]) or "none", "", "", "", ""]
    if "ours" not in line:
        return [" + ".join(f"{megabytes:.0f} MB" for megabytes in line["MB"]), "", "", "", ""]
    ours, floor = line["ours"], line.get("floor")
    together = f"{line['together']['p95']:.0f}, {line['pages_per_second']:.0f}/s" if "together" in line else ""
    return [
        f"{_number(ours['min'])} / {_number(ours['median'])} / {_number(ours['p95'])}",
        _number(floor["median"]) if floor else "",
        f"{line['ratio']:.2f}" if floor else "",
        together,
        f"{line['kB']:.0f} ({line['kB_gzip']:.1f})" if "kB" in line else "",
    ]


def _number(milliseconds: float) -> str:
    return f"{milliseconds:,.0f}" if milliseconds >= 100 else f"{milliseconds:.1f}"
