"""`python -m tests.bench.measure`: everything that is measured on one database, as JSON lines on standard output."""

from __future__ import annotations

import argparse
import json
import os
import resource
import sys
from collections.abc import Iterator
from typing import Any

import django

if __name__ == "__main__":
    django.setup()

from interventions.models import Agence
from tests.bench import batches, imports, pages, web
from tests.bench.agence import works_for


def main() -> None:
    """Measure the pages of the office, or the lists, the batches and the import of a large agency."""
    options = _options()
    works_for(Agence.objects.get().pk)
    for found in _office(options) if options.office else _large(options):
        sys.stdout.write(json.dumps(found, ensure_ascii=False) + "\n")
        sys.stdout.flush()


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("--office", action="store_true")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--processes", type=int, required=True)
    parser.add_argument("--requests", type=int, required=True)
    parser.add_argument("--people", type=int, required=True)
    parser.add_argument("--largest", type=int, required=True)
    parser.add_argument("--lines", type=int, required=True)
    parser.add_argument("--only", nargs="*", default=())
    return parser.parse_args()


def _office(options: argparse.Namespace) -> Iterator[dict[str, Any]]:
    with web.serving(os.environ, options.port, options.processes) as server:
        yield from pages.office(server, options.requests, options.people)


def _large(options: argparse.Namespace) -> Iterator[dict[str, Any]]:
    wanted = options.only or ("pages", "batches", "import")
    if "pages" in wanted:
        with web.serving(os.environ, options.port, options.processes) as server:
            yield from pages.tracked(server, options.requests, options.people)
            yield from pages.csv(server)
            yield {"name": "memory of each web process", "MB": server.memory()}
        yield pages.totals(options.requests)
        yield pages.plans()
    if "batches" in wanted:
        yield from batches.measure(options.largest)
        yield {"name": "memory of a worker after the batches", "MB": [_peak()]}
    if "import" in wanted and options.lines:
        yield imports.measure(options.lines)
        yield {"name": "memory of a worker after the import", "MB": [_peak()]}


def _peak() -> float:
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1)


if __name__ == "__main__":
    main()
