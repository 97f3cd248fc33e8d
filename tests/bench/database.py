"""Databases to measure on, in an embedded PostgreSQL of the benchmark's own: loaded once a day, copied for a run."""

from __future__ import annotations

import hashlib
import os
import secrets
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote

import psycopg
from psycopg import sql

from config import embedded

ROOT = Path(__file__).resolve().parents[2]
RESULTS = ROOT / "var" / "bench"
# What a loaded database depends on, beside the day.
INGREDIENTS = ("interventions/migrations", "tracking/migrations", "tests/bench/load.py", "tests/bench/visits.py")
SUPERUSER = "postgres"


@dataclass(frozen=True)
class Size:
    """How large an agency is: visits in twelve months, clients, intervenants."""

    visits: int
    clients: int = 2_000
    intervenants: int = 500

    def __str__(self) -> str:
        return f"{self.visits}_{self.clients}_{self.intervenants}"


def start() -> None:
    """Start the embedded server of the benchmark, or join it; its data lie under var/bench/server."""
    for name in ("DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL"):
        os.environ.pop(name, None)
    os.environ["CONTRESEING_VAR"] = str(RESULTS / "server")
    embedded.join()


def url(database: str, role: str) -> str:
    """Return where a database is reached as a role."""
    return f"postgresql://{role}@/{database}?host={quote(str(embedded.socket_dir()))}"


def environment(database: str) -> dict[str, str]:
    """Return the environment in which the product runs on that database as in production, behind a proxy."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("DJANGO_")}
    return kept | {
        "DATABASE_URL": url(database, embedded.APP),
        "DATABASE_OWNER_URL": url(database, embedded.OWNER),
        "BENCH_SUPERUSER_URL": url(database, SUPERUSER),
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "SECRET_KEY": secrets.token_urlsafe(60),
        "ALLOWED_HOSTS": "127.0.0.1",
        "MAILER": "smtp://127.0.0.1:9",
        "BEHIND_PROXY": "1",
        "LOG_LEVEL": "WARNING",
    }


@contextmanager
def copy_of(size: Size) -> Iterator[str]:
    """Give a database of that size of which everything may be written, and drop it at the end."""
    template, name = loaded(size), f"bench_run_{os.getpid()}"
    with _admin() as admin:
        admin.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {} OWNER {} STRATEGY FILE_COPY").format(
                *map(sql.Identifier, (name, template, embedded.OWNER))
            )
        )
    try:
        yield name
    finally:
        _drop(name)


def loaded(size: Size) -> str:
    """Return the name of a database of that size, which is loaded if there is none of today and of this code."""
    name = f"bench_{size}_{_fingerprint()}"
    with _admin() as admin:
        found = {row[0] for row in admin.execute("SELECT datname FROM pg_database")}
    if name in found:
        return name
    for older in found:
        if older.startswith(f"bench_{size}_"):
            _drop(older)
    begun = time.monotonic()
    _load(f"{name}_part", size)
    with _admin() as admin:
        admin.execute(sql.SQL("ALTER DATABASE {} RENAME TO {}").format(*map(sql.Identifier, (f"{name}_part", name))))
    _say(f"loaded {size.visits:,} visits in {time.monotonic() - begun:.0f} s")
    return name


def _load(name: str, size: Size) -> None:
    with _admin() as admin:
        admin.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(*map(sql.Identifier, (name, embedded.OWNER))))
    python, surroundings = [sys.executable], environment(name)
    subprocess.run([*python, "manage.py", "migrate", "--verbosity", "0"], cwd=ROOT, env=surroundings, check=True)
    sizes = map(str, (size.visits, size.clients, size.intervenants))
    subprocess.run([*python, "-m", "tests.bench.load", *sizes], cwd=ROOT, env=surroundings, check=True)


def _fingerprint() -> str:
    digest = hashlib.sha256(datetime.now(UTC).date().isoformat().encode())
    for ingredient in INGREDIENTS:
        path = ROOT / ingredient
        for file in sorted(path.rglob("*.py")) if path.is_dir() else [path]:
            digest.update(file.read_bytes())
    return digest.hexdigest()[:8]


def _admin() -> psycopg.Connection:
    return psycopg.connect(url(SUPERUSER, SUPERUSER), autocommit=True)


def _drop(name: str) -> None:
    with _admin() as admin:
        admin.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def _say(text: str) -> None:
    sys.stderr.write(f"  {text}\n")
