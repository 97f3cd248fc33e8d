"""Charts as shapes: lengths in per cent of the width and in the size of the text, so that they grow with it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

ROW, BAR_AT, TEXT_AT = 2.4, 1.5, 1.1
HEIGHT, HEAD, FOOT = 6.0, 1.4, 1.6
# Beyond so many columns their figures would run into each other: the first and the last are said.
NARROW = 10
SPACE = 0.25


@dataclass(frozen=True)
class Bar:
    """One bar with its words and figure: where it begins and how long it is, as SVG reads lengths."""

    label: str
    figure: str
    text_at: str
    bar_at: str
    length: str


@dataclass(frozen=True)
class Column:
    """One column with its figure above and its label below; either is "" where there is no room."""

    label: str
    figure: str
    x: str
    width: str
    middle: str
    y: str
    height: str
    figure_at: str
    anchor: str = "middle"


def bars(values: Sequence[tuple[str, int, str]]) -> tuple[list[Bar], str]:
    """Return the bars of (label, value, figure in words), the longest as long as there is room; and the height."""
    most = max((value for _label, value, _figure in values), default=0) or 1
    made = [
        Bar(label, figure, _em(n * ROW + TEXT_AT), _em(n * ROW + BAR_AT), _share(value / most))
        for n, (label, value, figure) in enumerate(values)
    ]
    return made, _em(len(values) * ROW)


def columns(values: Sequence[tuple[str, float, str]]) -> tuple[list[Column], str]:
    """Return the columns of (label, share from 0 to 1, figure in words), and the height."""
    each = 1 / len(values) if values else 1
    many, last = len(values) > NARROW, len(values) - 1
    made = []
    for n, (label, share, figure) in enumerate(values):
        top = HEAD + HEIGHT * (1 - share)
        edge = n in (0, last)
        anchor = "middle" if not many or not edge else "start" if n == 0 else "end"
        middle = (n + 0.5) * each if anchor == "middle" else float(n == last)
        made.append(
            Column(
                label if edge or not many else "",
                figure if edge or not many else "",
                _share((n + SPACE / 2) * each),
                _share((1 - SPACE) * each),
                _share(middle),
                _em(top),
                _em(HEIGHT * share),
                _em(top - 0.4),
                anchor,
            )
        )
    return made, _em(HEAD + HEIGHT + FOOT)


def _share(part: float) -> str:
    return f"{part * 100:.2f}%"


def _em(size: float) -> str:
    return f"{size:.2f}em"
