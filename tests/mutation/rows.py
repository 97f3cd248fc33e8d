"""Faults in the table of transitions itself: a row that forgets a guard, a need, a role, who is told, or a pair."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from typing import Any

from interventions import workflow
from interventions.workflow import RULES, Transition
from tests.mutation.mutants import Mutant

PARTS = ("pairs", "by", "guards", "needs", "tells")
NAME = "rows"


def mutants() -> list[Mutant]:
    """Return each row of the table with one of its entries less."""
    lines = inspect.getsource(workflow).splitlines()
    return [fault for row in RULES.values() for fault in _of(row, lines)]


def _of(row: Transition, lines: list[str]) -> Iterator[Mutant]:
    line = next(at for at, text in enumerate(lines, 1) if f"Action.{row.action.name}," in text)
    for part in PARTS:
        values = getattr(row, part)
        for value in values:
            rest = tuple(one for one in values if one != value)
            yield Mutant(NAME, str(row.action), line, f"{part} without {value}", _planting(row, part, rest))


def _planting(row: Transition, part: str, rest: tuple[Any, ...]) -> Callable[[], None]:
    def plant() -> None:
        for name in ("sources", "targets"):
            row.__dict__.pop(name, None)
        row.__dict__[part] = rest

    return plant
