"""Which tests reach which functions: a fault is tried by those alone that run the function it harms."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from types import CodeType
from typing import Any

NAME = "mutation"


class Reach:
    """Notes, test by test, which of these functions run."""

    def __init__(self, functions: Iterable[Any]) -> None:
        self.tests: dict[str, set[str]] = {}
        self.now: set[str] = set()
        watch = sys.monitoring
        watch.use_tool_id(watch.PROFILER_ID, NAME)
        watch.register_callback(watch.PROFILER_ID, watch.events.PY_START, self._started)
        for function in functions:
            watch.set_local_events(watch.PROFILER_ID, function.__code__, watch.events.PY_START)

    def begin(self, test: str) -> None:
        """Begin a test: what runs from here on is what it reaches."""
        self.now = self.tests.setdefault(test, set())

    def _started(self, code: CodeType, _offset: int) -> None:
        self.now.add(code.co_qualname)
