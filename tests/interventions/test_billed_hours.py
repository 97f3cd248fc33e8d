"""Rounding of what is billed: by the visit, in steps, one way or the other."""

import pytest

from interventions.billed_hours import STEPS, Rounding, billed_minutes


@pytest.mark.parametrize(
    ("minutes", "step", "nearest", "up", "down"),
    [
        (67, 0, 67, 67, 67),
        (67, 15, 60, 75, 60),
        (68, 15, 75, 75, 60),
        (60, 15, 60, 60, 60),
        (5, 10, 10, 10, 0),
        (4, 10, 0, 10, 0),
        (89, 60, 60, 120, 60),
        (90, 60, 120, 120, 60),
    ],
)
def test_what_is_billed(minutes: int, step: int, nearest: int, up: int, down: int) -> None:
    billed = [billed_minutes(minutes, step, way) for way in (Rounding.NEAREST, Rounding.UP, Rounding.DOWN)]
    assert billed == [nearest, up, down]


def test_every_step_gives_its_multiples_less_than_a_step_away() -> None:
    for step in filter(None, STEPS):
        for way in Rounding:
            for minutes in range(1, 200):
                billed = billed_minutes(minutes, step, way)
                assert billed % step == 0
                assert abs(billed - minutes) < step
