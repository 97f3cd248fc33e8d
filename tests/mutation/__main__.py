"""Plant faults one by one, run the tests closest to each, and say which no test finds.

    nice -n 19 .venv/bin/python -m tests.mutation interventions.workflow interventions.operations.deciding --sample 60

The database is made once and kept between runs (`--reuse-db`); each fault is planted in a fork of one process that has
loaded everything, so that a fault costs its tests and nothing more. A fault that takes longer than
`--patience` seconds is named and left out of the score.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import random
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any, NoReturn

import pytest

from tests.mutation import rows
from tests.mutation.mutants import Mutant, mutants_of
from tests.mutation.reach import Reach

HERE = "tests/interventions"
# What is closest to the operations, the quickest to find something first.
CLOSEST = (
    "test_workflow.py",
    "test_actions_*.py",
    "test_apply.py",
    "test_bulk.py",
    "test_four_eyes.py",
    "test_reminding.py",
    "test_attaching.py",
    "test_database.py",
)


class Planter:
    """A plugin of pytest: in the place of one run, one run a fault, each in a fork."""

    def __init__(self, faults: Faults, patience: float) -> None:
        self.faults, self.patience = faults, patience
        self.survivors: list[Mutant] = []
        self.undecided: list[Mutant] = []
        self.late = 0
        self.reached: dict[str, list[str]] = {}

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Run the tests that were collected once unharmed, then for each fault those that reach what it harms."""
        with tempfile.NamedTemporaryFile() as file:
            if self._run(session, partial(self._unharmed, session.items, file.name)):
                pytest.exit("The tests fail without any fault.", 1)
            self.reached = json.loads(Path(file.name).read_text(encoding="utf-8"))
        if self._run(session, partial(_go, session.items[:5], lambda _test: None)):
            pytest.exit("A fork fails without any fault.", 1)
        for number, mutant in enumerate(self.faults.chosen, 1):
            began = time.monotonic()
            late = self.late
            found = self._run(session, partial(self._harmed, session.items, mutant))
            if self.late > late:
                self.undecided.append(mutant)
            elif not found:
                self.survivors.append(mutant)
            said, lasted = "found" if found else "LIVES", time.monotonic() - began
            sys.stderr.write(f"{number}/{len(self.faults.chosen)} {said} {lasted:.1f}s {mutant}\n")
        return True

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Say what fails while no fault is planted; with one, nobody listens."""
        if report.failed:
            sys.stderr.write(f"{report.nodeid}\n{report.longreprtext[-3000:]}\n")

    def _run(self, session: pytest.Session, life: Callable[[], bool]) -> bool:
        """Let a fork live its life; return whether it found a fault, or took too long."""
        child = os.fork()
        if child == 0:
            _end(session, life)
        until = time.monotonic() + self.patience * (1 if self.reached else 20)
        while time.monotonic() < until:
            ended, status = os.waitpid(child, os.WNOHANG)
            if ended:
                return os.waitstatus_to_exitcode(status) != 0
            time.sleep(0.05)
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        self.late += 1
        return True

    def _unharmed(self, items: list[Any], file: str) -> bool:
        reach = Reach({fault.harms for fault in self.faults.all if fault.harms})
        failed = _go(items, reach.begin)
        known = {test: sorted(names) for test, names in reach.tests.items()}
        Path(file).write_text(json.dumps(known), encoding="utf-8")
        return failed

    def _harmed(self, items: list[Any], mutant: Mutant) -> bool:
        silent = os.open(os.devnull, os.O_WRONLY)
        os.dup2(silent, 1)
        os.dup2(silent, 2)
        try:
            mutant.plant()
        except Exception:  # a fault that cannot be planted is none: nothing runs, and it lives
            return False
        name = mutant.harms.__qualname__ if mutant.harms else ""
        reach = [one for one in items if not name or name in self.reached[one.nodeid]]
        return _go(reach, lambda _test: None)


def _go(items: list[Any], begin: Callable[[str], None]) -> bool:
    """Run tests until one fails; return whether one did."""
    for place, item in enumerate(items):
        begin(item.nodeid)
        after = items[place + 1] if place + 1 < len(items) else None
        item.config.hook.pytest_runtest_protocol(item=item, nextitem=after)
        if item.session.testsfailed:
            item.session._setupstate.teardown_exact(None)
            return True
    return False


def _end(session: pytest.Session, life: Callable[[], bool]) -> NoReturn:
    """Live in the fork, and end it without what the process that it came from would do at its end."""
    try:
        os._exit(int(life()))
    except BaseException:  # a fault that breaks the run is found
        os._exit(2)


def main() -> int:
    """Read what is asked, run it, and print the score with the survivors."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("modules", nargs="+")
    asked.add_argument("--sample", type=int, default=0, help="how many faults; all otherwise")
    asked.add_argument("--seed", type=int, default=1)
    asked.add_argument("--patience", type=float, default=120)
    asked.add_argument(
        "--tests", nargs="*", default=CLOSEST, help=f"patterns under {HERE}, in the place of the closest"
    )
    options = asked.parse_args()
    faults = Faults(options.modules, options.sample, options.seed)
    files = [str(file) for pattern in options.tests for file in sorted(Path(HERE).glob(pattern))]
    planter = Planter(faults, options.patience)
    os.environ.setdefault("PROPERTY_EXAMPLES", "10")
    quietly = ("-q", "-s", "-p", "no:randomly", "-p", "no:cacheprovider", "--reuse-db")
    code = pytest.main([*dict.fromkeys(files), *quietly], [planter, faults])
    if code:
        return int(code)
    for module in options.modules:
        print(score(module, faults, planter))  # noqa: T201
    print(score("", faults, planter).partition("\n")[0])  # noqa: T201
    return 0


class Faults:
    """The faults of some modules, a sample of them if asked; made once pytest has set Django up."""

    def __init__(self, modules: Sequence[str], sample: int, seed: int) -> None:
        self.modules, self.sample, self.seed = modules, sample, seed
        self.all: list[Mutant] = []
        self.chosen: list[Mutant] = []

    def pytest_collection_finish(self) -> None:
        """Make them."""
        self.all = [fault for module in self.modules for fault in mutants_of(module)]
        if rows.NAME in self.modules:
            self.all += rows.mutants()
        few = self.sample and self.sample < len(self.all)
        self.chosen = random.Random(self.seed).sample(self.all, self.sample) if few else self.all


def score(module: str, faults: Faults, planter: Planter) -> str:
    """Return the score of a module (empty: of all together) in words, with what lives."""
    late = [fault for fault in planter.undecided if module in ("", fault.module)]
    tried = [fault for fault in faults.chosen if module in ("", fault.module) and fault not in late]
    alive = [fault for fault in planter.survivors if module in ("", fault.module)]
    if not tried:
        return f"{module}: none tried"
    share = 1 - len(alive) / len(tried)
    low, high = interval(share, len(tried))
    made = sum(module in ("", fault.module) for fault in faults.all)
    said = f"{module or 'all'}: {len(tried) - len(alive)} of {len(tried)} found, {share:.1%}"
    lines = [f"{said} (95 %: {low:.1%} to {high:.1%}), of {made} that can be planted"]
    lines += [f"  took too long: {fault}" for fault in late]
    return "\n".join([*lines, *(f"  lives: {fault}" for fault in alive)])


def interval(share: float, count: int) -> tuple[float, float]:
    """Return Wilson's interval of 95 % around a share of so many."""
    z = 1.96
    middle, below = share + z * z / (2 * count), 1 + z * z / count
    half = z * math.sqrt(share * (1 - share) / count + z * z / (4 * count * count))
    return max(0.0, (middle - half) / below), min(1.0, (middle + half) / below)


if __name__ == "__main__":
    sys.exit(main())
