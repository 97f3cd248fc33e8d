"""`make bench`: load, measure, print a table, keep it with the figures under var/bench.

make bench                                  # 100,000 and 1,000,000 visits, and the office of 300 clients
make bench ARGS="--visits 100000"           # one size
make bench ARGS="--visits 100000 --only batches --largest 5000"
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
from datetime import UTC, datetime
from typing import Any

from tests.bench import database, report

# 10,000 visits a month for 300 clients.
OFFICE = database.Size(120_000, 300, 120)


def main() -> None:
    """Measure every size that is asked for, one after the other."""
    options = _options()
    database.start()
    runs: dict[str, list[dict[str, Any]]] = {}
    for visits in options.visits:
        size = database.Size(visits, options.clients, options.intervenants)
        runs[f"{visits:,} visits"] = _measure(size, options)
    if not options.only or "office" in options.only:
        runs["office"] = _measure(OFFICE, options, "--office")
    _keep(runs, options)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make bench")
    parser.add_argument("--visits", type=int, nargs="*", default=[100_000, 1_000_000], help="sizes to measure")
    parser.add_argument("--clients", type=int, default=2_000)
    parser.add_argument("--intervenants", type=int, default=500)
    parser.add_argument("--requests", type=int, default=200, help="for each page, at one and at several at a time")
    parser.add_argument("--people", type=int, default=8, help="how many ask at a time")
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1, help="of the web server, 8 threads each")
    parser.add_argument("--largest", type=int, default=50_000, help="rows of the largest batch")
    parser.add_argument("--lines", type=int, default=100_000, help="lines of the file that is imported; 0 for none")
    parser.add_argument("--port", type=int, default=8170)
    parser.add_argument("--only", nargs="*", default=(), choices=("pages", "batches", "import", "office"))
    return parser.parse_args()


def _measure(size: database.Size, options: argparse.Namespace, *more: str) -> list[dict[str, Any]]:
    asked = [f"--{name}={getattr(options, name)}" for name in ("port", "processes", "requests", "people", "largest")]
    asked += [f"--lines={options.lines}", *more]
    found = []
    with database.copy_of(size) as name:
        parts = ["--only", *options.only] if options.only else []
        command = [sys.executable, "-m", "tests.bench.measure", *asked, *parts]
        environment = database.environment(name)
        collect = [sys.executable, "manage.py", "collectstatic", "--noinput", "--verbosity", "0"]
        subprocess.run(collect, cwd=database.ROOT, env=environment, check=True)
        piped = subprocess.Popen(command, cwd=database.ROOT, env=environment, stdout=subprocess.PIPE, text=True)
        with piped as running:
            for text in running.stdout or ():
                found.append(json.loads(text))
                sys.stderr.write(f"  {size.visits:,}: {text}")
        if running.returncode:
            raise SystemExit(f"The measurement of {size.visits:,} visits failed: its last words stand above.")
    return found


def _keep(runs: dict[str, list[dict[str, Any]]], options: argparse.Namespace) -> None:
    now = datetime.now(UTC)
    shown = "\n".join(
        report.table(chosen)
        for chosen in (
            {name: lines for name, lines in runs.items() if name != "office"},
            {name: lines for name, lines in runs.items() if name == "office"},
        )
        if chosen
    )
    kept = {
        "at": now.isoformat(timespec="seconds"),
        "python": platform.python_version(),
        "cores": os.cpu_count(),
        "options": vars(options),
        "runs": runs,
    }
    database.RESULTS.mkdir(parents=True, exist_ok=True)
    stem = database.RESULTS / f"{now:%Y-%m-%dT%H%M%S}"
    stem.with_suffix(".json").write_text(json.dumps(kept, ensure_ascii=False, indent=1))
    stem.with_suffix(".md").write_text(shown)
    sys.stdout.write(f"{shown}\n{stem.with_suffix('.json')}\n")


if __name__ == "__main__":
    main()
