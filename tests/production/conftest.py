"""One database, one broker, migrated and built once for all tests of this folder: they are slow to start."""

import os
import re
import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from config.supervisor import port_answers
from tests.interventions.mails.sink import Sink, free_port, listening
from tests.production.files import ROOT
from tests.production.laying_out import build, make_secrets, start_postgres
from tests.production.machine import HOST, Machine, Process


@pytest.fixture(scope="session")
def machine() -> Iterator[Machine]:
    """PostgreSQL and Redis as docker-compose.yml has them, the image's files, and the tables."""
    # Not below pytest's own folder: any other run closes that to everybody, PostgreSQL's user among them.
    folder = Path(tempfile.mkdtemp(prefix="contreseing-"))
    found = Machine(folder)
    make_secrets(found)
    try:
        build(found)
        start_postgres(found)
        found.built_at = time.time()
        found.migrated = found.run("migrate")
        yield found
    finally:
        found.stop()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def redis(machine: Machine) -> Process:
    """The broker, as its service names it."""
    data = machine.folder / "redis"
    data.mkdir()
    process = machine.start("redis", extra=("--port", str(machine.ports["redis"]), "--bind", HOST, "--dir", str(data)))
    process.wait_for(lambda: port_answers(HOST, machine.ports["redis"]), 20)
    return process


@pytest.fixture(scope="session")
def agence(machine: Machine) -> str:
    """The name of an agency with people and visits, out of its own files."""
    done = machine.run("web", "python", "manage.py", "import_agence", str(ROOT / "tests/data/agence-rivage"))
    assert done.returncode == 0, done.stderr
    return "Agence Rivage"


@pytest.fixture(scope="module")
def sink(machine: Machine) -> Iterator[Sink]:
    """The mail server that the secret `mailer` names."""
    found = Sink()
    with listening(found, machine.ports["mail"]):
        yield found


def wait_until_it_serves(machine: Machine, web: Process) -> None:
    """Wait for a web process's own health check."""
    web.wait_for(lambda: port_answers(HOST, web.port) and machine.healthy(web))


def wait_until_ready(worker: Process, name: str) -> None:
    """Wait until a worker takes tasks."""
    worker.wait_for(lambda: f"celery@{name} ready" in worker.said())


def end_well(*processes: Process) -> None:
    """Tell them to stop, and see them end of their own accord."""
    for process in processes:
        process.terminate()
    assert [process.ended() for process in processes] == [0] * len(processes)


@pytest.fixture(scope="module")
def web(machine: Machine, redis: Process) -> Iterator[list[Process]]:
    """Two web processes, each as its own container."""
    found = [machine.start("web", f"web{n}", PORT=str(free_port()), WEB_CONCURRENCY="1") for n in (1, 2)]
    for process in found:
        wait_until_it_serves(machine, process)
    yield found
    end_well(*found)


@pytest.fixture(scope="module")
def worker(machine: Machine, redis: Process, sink: Sink) -> Iterator[Process]:
    """A worker, under the name that its container's host name would give it."""
    found = machine.start("worker", extra=("--hostname", "celery@worker"))
    wait_until_ready(found, "worker")
    yield found
    end_well(found)


@pytest.fixture(scope="module")
def beat(machine: Machine, redis: Process) -> Iterator[Process]:
    """The scheduler."""
    found = machine.start("beat")
    yield found
    end_well(found)


@pytest.fixture(scope="module")
def proxy(machine: Machine, web: list[Process]) -> Process:
    """Caddy in front of the two."""
    return start_proxy(machine, "proxy", [process.port for process in web])


def start_proxy(machine: Machine, instance: str, upstream: list[int]) -> Process:
    """Start Caddy with the Caddyfile's words, on ports of this test's own, in front of web processes at these."""
    if shutil.which("caddy") is None:
        said = "No caddy found: install one (Debian: apt install caddy)."
        pytest.fail(said) if os.environ.get("CI") == "true" else pytest.skip(said)
    machine.ports |= {name: free_port() for name in ("http", "https", "caddy")}
    own = f"admin {HOST}:{machine.ports['caddy']}\n"
    own += "".join(f"{name}_port {machine.ports[name]}\n" for name in ("http", "https"))
    text = (ROOT / "deploy/Caddyfile").read_text().replace("{\n", f"{{\n{own}", 1)
    there = " ".join(f"{HOST}:{port}" for port in upstream)
    (machine.folder / "Caddyfile").write_text(re.sub(r"dynamic a \{.*?\}", f"to {there}", text, flags=re.DOTALL))
    homes = {f"XDG_{kind}_HOME": str(machine.folder / "run" / instance / kind.lower()) for kind in ("DATA", "CONFIG")}
    found = machine.start("proxy", instance, (), **homes)
    found.wait_for(lambda: machine.healthy(found) and port_answers(HOST, machine.ports["https"]), 20)
    return found
