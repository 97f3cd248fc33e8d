"""One database, one broker, migrated and built once for all tests of this folder: they are slow to start."""

import os
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


@pytest.fixture(scope="module")
def web(machine: Machine, redis: Process) -> list[Process]:
    """Two web processes, each as its own container."""
    found = [machine.start("web", f"web{n}", PORT=str(free_port()), WEB_CONCURRENCY="1") for n in (1, 2)]
    for process in found:
        wait_until_it_serves(machine, process)
    return found


@pytest.fixture(scope="module")
def worker(machine: Machine, redis: Process, sink: Sink) -> Process:
    """A worker, under the name that its container's host name would give it."""
    found = machine.start("worker", extra=("--hostname", "celery@worker"))
    found.wait_for(lambda: "celery@worker ready" in found.said())
    return found


@pytest.fixture(scope="module")
def beat(machine: Machine, redis: Process) -> Process:
    """The scheduler."""
    return machine.start("beat")


@pytest.fixture(scope="module")
def proxy(machine: Machine, web: list[Process]) -> Process:
    """Caddy with the Caddyfile's words, on ports of this test's own, in front of the two."""
    if shutil.which("caddy") is None:
        said = "No caddy found: install one (Debian: apt install caddy)."
        pytest.fail(said) if os.environ.get("CI") == "true" else pytest.skip(said)
    machine.ports |= {name: free_port() for name in ("http", "https", "caddy")}
    own = "".join(f"\t{name}_port {machine.ports[name]}\n" for name in ("http", "https"))
    upstream = " ".join(f"{HOST}:{process.port}" for process in web)
    text = (ROOT / "deploy/Caddyfile").read_text()
    text = text.replace("{\n", f"{{\n\tadmin {HOST}:{machine.ports['caddy']}\n{own}", 1)
    (machine.folder / "Caddyfile").write_text(text.replace("dynamic a web 8000", f"to {upstream}"))
    homes = {f"XDG_{kind}_HOME": str(machine.folder / "run/proxy" / kind.lower()) for kind in ("DATA", "CONFIG")}
    found = machine.start("proxy", "", (), **homes)
    found.wait_for(lambda: machine.healthy(found) and port_answers(HOST, machine.ports["https"]), 20)
    return found
