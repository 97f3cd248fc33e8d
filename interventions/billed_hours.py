"""How long a visit is billed: its elapsed minutes, rounded as its prestation says. Pure, and always by the visit."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from interventions.states import Labelled


class Rounding(Labelled):
    """Which way the minutes of a visit are rounded."""

    NEAREST = "nearest", _("au plus proche")
    UP = "up", _("au-dessus")
    DOWN = "down", _("au-dessous")


# Minutes that a visit may be rounded to; 0 leaves it as it is.
STEPS = (0, 5, 6, 10, 15, 30, 60)


def billed_minutes(minutes: int, step: int, way: Rounding) -> int:
    """Return what is billed of a visit of so many minutes, in multiples of `step` (0: to the minute).

    Half a step goes up.
    """
    if not step:
        return minutes
    if way is Rounding.UP:
        return -(-minutes // step) * step
    if way is Rounding.DOWN:
        return minutes // step * step
    return (2 * minutes + step) // (2 * step) * step
