"""The product as processes of its own: PostgreSQL, Redis, web, worker and beat, each of which may be killed.

Nothing of it is shared with the other tests, whose database goes on whatever happens here.
"""

from __future__ import annotations

import os
import resource
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import psutil
from django.conf import settings
from kombu.connection import Connection

from config import celery_app, embedded
from config.supervisor import port_answers
from tests import wall
from tests.interventions.mails.sink import free_port
from tests.production.laying_out import unprivileged

HOST = "127.0.0.1"
# For a machine that has other things to do; nothing here takes as long by itself.
PATIENCE = 90
DATABASE = "contreseing"


def eventually(seen: Callable[[], bool], what: str | Callable[[], str], seconds: float = PATIENCE) -> None:
    """Wait until that is seen."""
    until = time.monotonic() + seconds
    while not seen():
        if time.monotonic() > until:
            raise AssertionError(f"not within {seconds:.0f} s: {what if isinstance(what, str) else what()}")
        time.sleep(0.1)


@dataclass
class Service:
    """A folder, four ports, and what runs there by name."""

    folder: Path
    ports: dict[str, int] = field(
        default_factory=lambda: {name: free_port() for name in ("postgres", "redis", "web", "mail")}
    )
    running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    user: str | None = None
    environment: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Say where everything is, as an operator would."""
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        self.environment = kept | {
            "CONTRESEING_ENV": "development",
            "CONTRESEING_VAR": str(self.folder / "var"),
            "DATABASE_URL": f"postgresql://app@{HOST}:{self.ports['postgres']}/{DATABASE}",
            "REDIS_URL": f"redis://{HOST}:{self.ports['redis']}/0",
            "MAILER": f"smtp://{HOST}:{self.ports['mail']}?parallel=2",
            "SECRET_KEY": settings.SECRET_KEY,
            "PORT": str(self.ports["web"]),
            "WEB_CONCURRENCY": "1",
            # Under a limit of file sizes Python keeps half a module's bytecode, for all who come after.
            "PYTHONDONTWRITEBYTECODE": "1",
        }

    @property
    def address(self) -> str:
        """Where the pages are."""
        return f"http://{HOST}:{self.ports['web']}"

    def words(self, name: str) -> list[str]:
        """Return the command of one process, as docker-compose.yml and the demo have it."""
        celery = [sys.executable, "-m", "celery", "--app", "config"]
        data = str(self.folder / "postgres")
        postgres = [str(embedded.PROGRAMS / "postgres"), "-D", data, "-k", data, "-c", f"listen_addresses={HOST}"]
        known = {
            "postgres": [*postgres, "-p", str(self.ports["postgres"]), "-c", "log_min_messages=fatal"],
            "redis": ["redis-server", "--port", str(self.ports["redis"]), "--bind", HOST, "--save", ""],
            "web": [sys.executable, "-m", "gunicorn", "config.wsgi", "--config", "python:config.gunicorn"],
            "worker": [*celery, "worker", "--pool", "threads", "--loglevel", "INFO", "--hostname", "celery@worker"],
            "beat": [*celery, "beat", "--schedule", str(self.folder / "beat")],
            "beat2": [*celery, "beat", "--schedule", str(self.folder / "beat2"), "--pidfile", ""],
        }
        return known[name]

    def end(self, *names: str) -> None:
        """Kill what runs of these, to start it otherwise."""
        for name in names:
            if self.runs(name):
                self.kill(name)

    def send(self, task: str) -> None:
        """Put a task before the worker, as beat does."""
        with Connection(self.environment["REDIS_URL"]) as broker:
            celery_app.send_task(task, connection=broker)

    def up(self, *names: str, **changes: str) -> None:
        """Start what does not run, and wait until it does its work; `changes` go to its environment."""
        begun = {name: self._begin(name, changes) for name in names if not self.runs(name)}
        for name, said_before in begun.items():
            eventually(partial(self._works, name, said_before), partial(self._last_words, name))

    def _begin(self, name: str, changes: dict[str, str]) -> int:
        log = self.folder / f"{name}.log"
        said_before = log.stat().st_size if log.exists() else 0
        # Beat looks every 5 s instead of every 20, as in the demo.
        more = {"CONTRESEING_DEMO": "1"} if name.startswith("beat") else {}
        is_postgres = name == "postgres"
        with log.open("ab") as out:
            self.running[name] = subprocess.Popen(
                self.words(name),
                cwd=self.folder if is_postgres or name == "redis" else settings.BASE_DIR,
                env=self.environment | more | changes,
                user=self.user if is_postgres else None,
                stdout=out,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        return said_before

    def _works(self, name: str, said_before: int) -> bool:
        assert self.runs(name), f"{name} ended:\n{self.said(name)[-2000:]}"
        if name == "worker":
            return "celery@worker ready" in self.said(name)[said_before:]
        if name == "postgres":
            asked = [str(embedded.PROGRAMS / "pg_isready"), "-q", "-h", HOST, "-p", str(self.ports[name])]
            return subprocess.run(asked).returncode == 0
        return name not in self.ports or port_answers(HOST, self.ports[name])

    def runs(self, name: str) -> bool:
        """Say whether it was started and has not ended."""
        return name in self.running and self.running[name].poll() is None

    def _last_words(self, name: str) -> str:
        return f"{name} works:\n{self.said(name)[-2000:]}"

    def said(self, name: str) -> str:
        """What it wrote."""
        log = self.folder / f"{name}.log"
        return log.read_text(errors="replace") if log.exists() else ""

    def kill(self, name: str) -> None:
        """Kill it and all it started, without a word (SIGKILL)."""
        process = self.running.pop(name)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        if name == "postgres":
            self._forget_memory()

    def _forget_memory(self) -> None:
        """Wait until no backend holds the data any more: a new server refuses to start before."""
        held = str(self.folder / "postgres")
        eventually(lambda: not _holding(held), "PostgreSQL is gone")

    def children(self, name: str) -> list[psutil.Process]:
        """Return the processes that it started."""
        return psutil.Process(self.running[name].pid).children()

    @contextmanager
    def frozen(self, name: str) -> Iterator[None]:
        """Stop it in the middle of whatever it does (SIGSTOP), and let it go on."""
        os.killpg(self.running[name].pid, signal.SIGSTOP)
        try:
            yield
        finally:
            os.killpg(self.running[name].pid, signal.SIGCONT)

    @contextmanager
    def small_files(self, name: str, size: int) -> Iterator[None]:
        """Let no file grow beyond so many bytes, as on a full disk, in it and what it started."""
        processes = [psutil.Process(self.running[name].pid), *self.children(name)]
        kept = processes[0].rlimit(psutil.RLIMIT_FSIZE)
        for process in processes:
            process.rlimit(psutil.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))
        try:
            yield
        finally:
            for process in processes:
                process.rlimit(psutil.RLIMIT_FSIZE, kept)

    def make_database(self, source: dict[str, str]) -> None:
        """Make a new PostgreSQL with the roles, and the tables as the tests' own database has them."""
        data = self.folder / "postgres"
        self.user = unprivileged(data)
        init = [str(embedded.PROGRAMS / "initdb"), "--auth", "trust", "--encoding", "utf8", "--username", "postgres"]
        _quietly([*init, "--no-sync", str(data)], self.user)
        self.up("postgres")
        for line in (
            "CREATE ROLE owner LOGIN CREATEDB",
            "CREATE ROLE app LOGIN",
            wall.MAKE,
            f"CREATE DATABASE {DATABASE} OWNER owner",
        ):
            self.psql("postgres", "postgres", line)
        dump = [str(embedded.PROGRAMS / "pg_dump"), "--schema-only", "-h", source["HOST"], "-U", source["USER"]]
        dump += ["-p", str(source["PORT"] or 5432)]
        with (self.folder / "schema.sql").open("w") as schema:
            subprocess.run([*dump, source["NAME"]], stdout=schema, check=True)
        self.psql("owner", DATABASE, f"\\i {self.folder / 'schema.sql'}")

    def psql(self, role: str, database: str, line: str) -> None:
        """Run a line of SQL, or of psql's own."""
        words = [str(embedded.PROGRAMS / "psql"), "-X", "-q", "-v", "ON_ERROR_STOP=1", "-h", HOST, "-U", role]
        _quietly([*words, "-p", str(self.ports["postgres"]), "-d", database, "-c", line], None)

    def stop(self) -> None:
        """End all of it, and leave nothing."""
        for name in list(self.running):
            if self.runs(name):
                self.kill(name)
        shutil.rmtree(self.folder, ignore_errors=True)


def _holding(folder: str) -> bool:
    return any(folder in " ".join(process.info["cmdline"] or ()) for process in psutil.process_iter(["cmdline"]))


def _quietly(words: list[str], user: str | None) -> None:
    done = subprocess.run(words, user=user, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
