"""The services of docker-compose.yml as processes of this machine, on loopback: same words, other places.

A container sees /run/secrets, /app and the name `postgres`; here these are folders and ports. Nothing else changes, so
that a command that would not start there does not start here.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import psycopg
from psycopg.rows import TupleRow

from tests.interventions.mails.sink import free_port
from tests.production.files import image_environment, interpolated, services

HOST = "127.0.0.1"
START_SECONDS = 60
LISTENING = ("postgres", "redis", "mail")
SITE = "localhost"


@dataclass
class Machine:
    """A folder with what containers would find in their volumes, and the ports of database, broker and mail."""

    folder: Path
    ports: dict[str, int] = field(
        default_factory=lambda: {name: free_port() for name in ("postgres", "redis", "mail")}
    )
    running: list[subprocess.Popen[bytes]] = field(default_factory=list)
    built_at: float = 0
    migrated: subprocess.CompletedProcess[str] | None = None

    @property
    def app(self) -> Path:
        """What the image holds under /app."""
        return self.folder / "app"

    def secret(self, name: str) -> str:
        """Return what a container reads in /run/secrets."""
        return (self.folder / "secrets" / name).read_text().strip()

    def broker(self) -> str:
        """Return the address of Redis, password included."""
        return f"redis://:{self.secret('redis_password')}@{HOST}:{self.ports['redis']}/0"

    def here(self, text: str, run: Path) -> str:
        """Return a text of the files with this machine's places in it."""
        places = {
            "/run/secrets/": f"{self.folder}/secrets/",
            "/run/contreseing": str(run),
            "/var/lib/contreseing/": f"{self.folder}/volumes/",
            "/backups": f"{self.folder}/backups",
            "/app/": f"{self.app}/",
            "@postgres/": f"@{HOST}:{self.ports['postgres']}/",
            "redis:6379": f"{HOST}:{self.ports['redis']}",
            "redis-cli ": f"redis-cli -p {self.ports['redis']} ",
            "mailpit:1025": f"{HOST}:{self.ports['mail']}",
            "/etc/caddy/": f"{self.folder}/",
            "127.0.0.1:2019": f"{HOST}:{self.ports.get('caddy')}",
            "0.0.0.0": HOST,  # noqa: S104 - what stands there
        }
        for there, place in places.items():
            text = text.replace(there, place)
        return text

    def environment(self, name: str, instance: str = "", **changes: str) -> dict[str, str]:
        """Return what one process of a service finds in its environment."""
        run = self.folder / "run" / (instance or name)
        run.mkdir(parents=True, exist_ok=True)
        said = image_environment() | services()[name].get("environment", {})
        given = {"SITE_HOST": SITE}
        found = {key: self.here(interpolated(str(value), given), run) for key, value in said.items()}
        path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
        return found | {"PATH": path, "TMPDIR": str(run), "HOSTNAME": instance or name} | changes

    def words(self, name: str, instance: str = "") -> list[str]:
        """Return a service's command."""
        run = self.folder / "run" / (instance or name)
        return [self.here(word.replace("$$", "$"), run) for word in services()[name]["command"]]

    def start(self, name: str, instance: str = "", extra: tuple[str, ...] = (), **changes: str) -> Process:
        """Start a service, or one of several of its processes; `extra` goes to the end of its command."""
        environment = self.environment(name, instance, **changes)
        words = self.words(name, instance)
        words = [*words[:-1], " ".join((words[-1].strip(), *extra))] if words[0] == "sh" else [*words, *extra]
        return self.launch(name, instance or name, words, environment, self.app)

    def launch(self, name: str, instance: str, words: list[str], environment: dict[str, str], tree: Path) -> Process:
        """Start a program in a tree of the product's, under a name of its own."""
        log = self.folder / f"{instance}.log"
        with log.open("ab") as out:
            process = subprocess.Popen(
                words, cwd=tree, env=environment, stdout=out, stderr=subprocess.STDOUT, start_new_session=True
            )
        self.running.append(process)
        return Process(name, process, log, environment)

    def run(self, name: str, *words: str, **changes: str) -> subprocess.CompletedProcess[str]:
        """Run a command to its end in one service's environment; its own, if no words are given."""
        environment = self.environment(name, **changes)
        return subprocess.run(
            list(words) or self.words(name), cwd=self.app, env=environment, capture_output=True, text=True, timeout=300
        )

    def healthy(self, process: Process) -> bool:
        """Say whether the service's own health check is content."""
        kind, *words = services()[process.name]["healthcheck"]["test"]
        run = Path(process.environment.get("CONTRESEING_VAR", str(self.folder)))
        said = [self.here(word.replace("$$", "$"), run) for word in words]
        said = [word.replace("127.0.0.1:8000", f"{HOST}:{process.environment.get('PORT')}") for word in said]
        command = ["sh", "-c", said[0]] if kind == "CMD-SHELL" else said
        asked = subprocess.run(command, cwd=self.app, env=process.environment, capture_output=True, timeout=60)
        return asked.returncode == 0

    @contextmanager
    def database(self, role: str = "owner") -> Iterator[psycopg.Connection[TupleRow]]:
        """A connection of the owner's or app's, with the password that the containers use."""
        with psycopg.connect(
            host=HOST,
            port=self.ports["postgres"],
            dbname="contreseing",
            user=f"contreseing_{role}",
            password=self.secret(f"{role}_password"),
            autocommit=True,
        ) as connection:
            yield connection

    def ask(self, question: str, *values: Any) -> Any:
        """Return the first value of the first row."""
        with self.database() as connection:
            row = connection.execute(question.encode(), values).fetchone()
        return row[0] if row else None

    def stop(self) -> None:
        """End whatever still runs, database last."""
        for process in reversed(self.running):
            if process.poll() is None:
                process.send_signal(signal.SIGCONT)
                # PostgreSQL waits at a polite word for whoever is connected; SIGINT is what its image is sent.
                process.send_signal(signal.SIGINT if "/postgres" in str(process.args) else signal.SIGTERM)
        for process in reversed(self.running):
            try:
                process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
        self.running.clear()


@dataclass
class Process:
    """One process of a service."""

    name: str
    process: subprocess.Popen[bytes]
    log: Path
    environment: Mapping[str, str]

    @property
    def port(self) -> int:
        """Where a web process listens."""
        return int(self.environment["PORT"])

    def answers(self, path: str) -> bool:
        """Say whether a web process answers well there."""
        try:
            with urlopen(f"http://{HOST}:{self.port}{path}", timeout=5) as answer:
                return bool(answer.status == HTTPStatus.OK)
        except OSError:
            return False

    def said(self) -> str:
        """What it wrote."""
        return self.log.read_text(errors="replace")

    def terminate(self) -> None:
        """Ask it to end, as `docker stop` does."""
        self.process.terminate()

    def ended(self, seconds: float = 30) -> int:
        """Wait for its end and return its exit code."""
        return self.process.wait(timeout=seconds)

    def wait_for(self, ready: Callable[[], bool], seconds: float = START_SECONDS) -> None:
        """Wait until `ready` says so; a process that ends meanwhile fails with its last words."""
        until = time.monotonic() + seconds
        while not ready():
            assert self.process.poll() is None, f"{self.name} ended:\n{self.said()[-3000:]}"
            assert time.monotonic() < until, f"{self.name} is not ready:\n{self.said()[-3000:]}"
            time.sleep(0.1)
