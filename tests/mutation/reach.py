"""Which tests reach which functions: a fault is tried by those alone that run the function it harms."""

from __future__ import annotations

import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from types import CodeType
from typing import Any

NAME = "mutation"


class Reach:
    """Notes, test by test, which of these functions run."""

    def __init__(self, functions: Iterable[Any]) -> None:
        self.tests: dict[str, set[str]] = {}
        self.began: dict[str, float] = {}
        self.now: set[str] = set()
        watch = sys.monitoring
        watch.use_tool_id(watch.PROFILER_ID, NAME)
        watch.register_callback(watch.PROFILER_ID, watch.events.PY_START, self._started)
        for function in functions:
            made = [one for one in function.__code__.co_consts if isinstance(one, CodeType)]
            for code in (function.__code__, *made):
                watch.set_local_events(watch.PROFILER_ID, code, watch.events.PY_START)

    def begin(self, test: str) -> None:
        """Begin a test: what runs from here on is what it reaches."""
        self.now = self.tests.setdefault(test, set())
        self.began[test] = time.monotonic()

    def known(self) -> dict[str, tuple[float, list[str]]]:
        """Return for each test the seconds it took and the functions it reached."""
        times = [*self.began.values(), time.monotonic()]
        lasted = [after - before for before, after in pairwise(times)]
        return {test: (took, sorted(names)) for took, (test, names) in zip(lasted, self.tests.items(), strict=True)}

    def _started(self, code: CodeType, _offset: int) -> None:
        self.now.add(code.co_qualname.partition(".<locals>")[0])


class Order:
    """In which order the tests try a fault: what found one in the same function first, then the short and narrow."""

    def __init__(self) -> None:
        self.tests: dict[str, tuple[float, Sequence[str]]] = {}
        self.finders: dict[str, Counter[str]] = defaultdict(Counter)

    def know(self, tests: Mapping[str, tuple[float, Sequence[str]]]) -> None:
        """Take what a run without faults has shown: seconds and functions of each test."""
        self.tests = dict(tests)

    def found(self, place: str, test: str) -> None:
        """Remember that a test found a fault in a function or row."""
        self.finders[place][test] += 1

    def of(self, place: str) -> list[str]:
        """Return the tests that reach a function (all for a row of the table), the likeliest to find a fault first."""
        row, action = place.startswith("row "), place.removeprefix("row ")
        known = self.finders[place]

        def rank(test: str) -> tuple[int, bool, float]:
            took, names = self.tests[test]
            return -known[test], row and action not in test, took * (1 + len(names))

        return sorted((test for test, (_took, names) in self.tests.items() if row or place in names), key=rank)
