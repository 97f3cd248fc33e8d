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
from django.core.management import call_command
from django.db import connections
from django.db.backends.postgresql.base import DatabaseWrapper
from pytest_django import DjangoDbBlocker

from tests.mutation import rows
from tests.mutation.memory import Memory
from tests.mutation.mutants import Mutant, mutants_of
from tests.mutation.reach import Order, Reach

HERE = "tests"
# What is closest to the operations, the quickest to find something first.
CLOSEST = (
    "interventions/test_workflow*.py",
    "interventions/test_querysets.py",
    "interventions/test_deciding.py",
    "interventions/test_settings_and_months.py",
    "interventions/test_actions_*.py",
    "interventions/test_apply.py",
    "interventions/test_bulk.py",
    "interventions/test_four_eyes.py",
    "interventions/test_reminding.py",
    "interventions/test_reminder_stages.py",
    "interventions/test_attaching.py",
    "interventions/test_database.py",
    "tracking/test_background.py",
)


class Planter:
    """A plugin of pytest: in the place of one run, one run a fault, each in a fork."""

    def __init__(self, faults: Faults, patience: float, memory: Memory) -> None:
        self.faults, self.patience, self.memory = faults, patience, memory
        self.survivors: list[Mutant] = []
        self.undecided: list[Mutant] = []
        self.order = Order()

    @pytest.fixture(scope="session", autouse=True)
    def emptied(self, django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> None:
        """Leave nothing in the database of a run that was broken off."""
        with django_db_blocker.unblock():
            call_command("flush", database="owner", interactive=False, verbosity=0)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Run the tests that were collected once unharmed, then for each fault those that reach what it harms."""
        # The database and whatever else lasts a session is made here, once, and every fork finds it made.
        if _go(session.items[:1], session.items, lambda _test: None):
            pytest.exit("The first test fails without any fault.", 1)
        _let_go()
        self._learn(session.items)
        for place in sorted({fault.place for fault in self.faults.all if not self.order.of(fault.place)}):
            sys.stderr.write(f"no test reaches {place}\n")
        for number, mutant in enumerate(self.faults.chosen, 1):
            began = time.monotonic()
            said = self._try(session.items, mutant)
            lasted = time.monotonic() - began
            sys.stderr.write(f"{number}/{len(self.faults.chosen)} {said} {lasted:.1f}s {mutant}\n")
            self.memory.write()
        return True

    def _learn(self, items: list[Any]) -> None:
        """Run the tests that are not known yet, unharmed, and remember what each reaches and how long it takes."""
        new = [item for item in items if item.nodeid not in self.memory.tests]
        with tempfile.NamedTemporaryFile() as file:
            if new and self._run(partial(self._unharmed, new, items, file.name), self.patience * 100) is not False:
                pytest.exit("The tests fail without any fault.", 1)
            self.memory.tests |= json.loads(Path(file.name).read_text(encoding="utf-8") or "{}")
        self.memory.write()
        self.order.know({item.nodeid: self.memory.tests[item.nodeid] for item in items})

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Say what fails while no fault is planted; with one, nobody listens."""
        if report.failed:
            sys.stderr.write(f"{report.nodeid}\n{report.longreprtext[-3000:]}\n")

    def _try(self, items: list[Any], mutant: Mutant) -> str:
        """Plant one fault, and return in a word what became of it."""
        if str(mutant) in self.memory.found:
            return "found before"
        with tempfile.NamedTemporaryFile() as file:
            ended = self._run(partial(self._harmed, items, mutant, file.name), self.patience)
            finder = Path(file.name).read_text(encoding="utf-8")
        if ended is None:
            self.undecided.append(mutant)
            return "LATE"
        if not ended:
            self.survivors.append(mutant)
            return "LIVES"
        self.memory.found[str(mutant)] = finder
        self.order.found(mutant.place, finder)
        return "found"

    def _run(self, life: Callable[[], bool], patience: float) -> bool | None:
        """Let a fork live its life; return whether it found a fault, None if it took longer than so many seconds."""
        child = os.fork()
        if child == 0:
            _end(life)
        until = time.monotonic() + patience
        while time.monotonic() < until:
            ended, status = os.waitpid(child, os.WNOHANG)
            if ended:
                return os.waitstatus_to_exitcode(status) != 0
            time.sleep(0.02)
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        return None

    def _unharmed(self, new: list[Any], items: list[Any], file: str) -> bool:
        reach = Reach({fault.harms for fault in self.faults.all if fault.harms})
        failed = _go(new, items, reach.begin)
        Path(file).write_text(json.dumps(reach.known()), encoding="utf-8")
        return failed

    def _harmed(self, items: list[Any], mutant: Mutant, file: str) -> bool:
        silent = os.open(os.devnull, os.O_WRONLY)
        os.dup2(silent, 1)
        os.dup2(silent, 2)
        try:
            mutant.plant()
        except Exception:  # a fault that cannot be planted is none: nothing runs, and it lives
            return False
        named = {item.nodeid: item for item in items}
        tests = [named[test] for test in self.order.of(mutant.place)]
        return _go(tests, items, lambda test: Path(file).write_text(test, encoding="utf-8"))


def _go(tests: list[Any], known: list[Any], begin: Callable[[str], object]) -> bool:
    """Run tests until one fails; return whether one did. None is said to be the last: what lasts a session stays."""
    for place, item in enumerate(tests):
        begin(item.nodeid)
        another = known[0] if item is not known[0] else known[-1]
        after = tests[place + 1] if place + 1 < len(tests) else another
        item.config.hook.pytest_runtest_protocol(item=item, nextitem=after)
        if item.session.testsfailed:
            return True
    return False


def _let_go() -> None:
    """Close every connection and the pool's threads: none of them outlives a fork."""
    for connection in connections.all(initialized_only=True):
        connection.close()
        if isinstance(connection, DatabaseWrapper):
            connection.close_pool()


def _end(life: Callable[[], bool]) -> NoReturn:
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
    asked.add_argument("--memory", help="a file that keeps what was found and what tests reach, while the code stands")
    options = asked.parse_args()
    faults = Faults(options.modules, options.sample, options.seed)
    files = [str(file) for pattern in options.tests for file in sorted(Path(HERE).glob(pattern))]
    planter = Planter(faults, options.patience, Memory(options.memory, options.modules))
    os.environ.setdefault("PROPERTY_EXAMPLES", "10")
    quietly = ("-q", "-s", "-p", "no:randomly", "-p", "no:cacheprovider", "--reuse-db", "-k", "not killed")
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
        self.all = [
            fault
            for module in self.modules
            for fault in (rows.mutants() if module == rows.NAME else mutants_of(module))
        ]
        # A longer sample with the same seed begins with the shorter one.
        self.chosen = self.all[:]
        random.Random(self.seed).shuffle(self.chosen)
        del self.chosen[self.sample or len(self.all) :]


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
