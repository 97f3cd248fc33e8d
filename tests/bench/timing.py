"""Times, and what is said of them: milliseconds of the wall clock."""

from __future__ import annotations

import math
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class Times:
    """What was measured: how often, and the least, middle and 95th percentile in milliseconds."""

    n: int
    min: float
    median: float
    p95: float

    @classmethod
    def of(cls, spent: Sequence[float]) -> Times:
        """Return it for times in seconds; few of them have their greatest as 95th percentile."""
        ordered = sorted(second * 1000 for second in spent)
        return cls(
            len(ordered),
            round(ordered[0], 3),
            round(statistics.median(ordered), 3),
            round(ordered[math.ceil(len(ordered) * 0.95) - 1], 3),
        )


def timed(act: Callable[[], Any]) -> float:
    """Return how many seconds an act takes."""
    begun = time.perf_counter()
    act()
    return time.perf_counter() - begun


def line(name: str, ours: Times, floor: Times | None = None, **more: Any) -> dict[str, Any]:
    """Return one line of the results, with the ratio of the medians to the floor's where there is one."""
    found: dict[str, Any] = {"name": name, "ours": asdict(ours)}
    if floor:
        found |= {"floor": asdict(floor), "ratio": round(ours.median / floor.median, 2)}
    return found | more
