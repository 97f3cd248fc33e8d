"""Whether a colour can be read on the paper of a mail (WCAG 2.2, contrast)."""

from __future__ import annotations

import re

BRAND = "#045650"
PAPER = "#fffefb"
WHITE = "#ffffff"
ENOUGH = 4.5
_HEX = re.compile(r"#[0-9a-f]{6}")


def is_colour(text: str) -> bool:
    """Return whether a text is a colour like #045650, in lower case."""
    return bool(_HEX.fullmatch(text))


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours like #045650, from 1 to 21."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def readable(colour: str) -> bool:
    """Return whether white words on this colour, and words in it on the paper, can be read."""
    return min(contrast(colour, WHITE), contrast(colour, PAPER)) >= ENOUGH


def _luminance(colour: str) -> float:
    red, green, blue = (_linear(int(colour[at : at + 2], 16) / 255) for at in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(share: float) -> float:
    return share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4
