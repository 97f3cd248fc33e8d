"""The code of before the last migration, on the database of after it: what serves while a release is installed."""

import subprocess
import tarfile
from io import BytesIO
from pathlib import Path

import pytest

from tests.interventions.mails.sink import free_port
from tests.production.browser import Browser
from tests.production.files import ROOT
from tests.production.machine import HOST, Machine, Process

MIGRATIONS = ("interventions/migrations/0*.py", "tracking/migrations/0*.py")


def git(*words: str) -> bytes:
    return subprocess.run(["git", *words], cwd=ROOT, capture_output=True).stdout


@pytest.fixture(scope="module")
def former(machine: Machine) -> Path:
    """The tree as it was just before the last migration came in."""
    came_in = git("log", "-1", "--format=%H", "--diff-filter=A", "--", *MIGRATIONS).decode().strip()
    archive = git("archive", f"{came_in}^") if came_in else b""
    if not archive:
        pytest.skip("Without the project's history there is no former release here.")
    folder = machine.folder / "former"
    with tarfile.open(fileobj=BytesIO(archive)) as tar:
        tar.extractall(folder, filter="data")
    return folder


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """The files of an agency whose people are nobody's of the other tests: their addresses are others."""
    for source in (ROOT / "tests/data/agence-rivage").glob("*.csv"):
        (tmp_path / source.name).write_bytes(source.read_bytes().replace(b".example", b".ancienne.example"))
    return tmp_path


def environment(machine: Machine, port: int) -> dict[str, str]:
    """What the former code is told; it may not know the settings of today."""
    address = f"postgresql://contreseing_app:{machine.secret('app_password')}@{HOST}"
    return {
        "PATH": machine.environment("web")["PATH"],
        "DATABASE_URL": f"{address}:{machine.ports['postgres']}/contreseing",
        "REDIS_URL": machine.broker(),
        "CONTRESEING_ENV": "development",
        "CONTRESEING_VAR": str(machine.folder / "former-var"),
        "PORT": str(port),
        "WEB_CONCURRENCY": "1",
    }


def test_the_former_code_reads_and_writes(machine: Machine, redis: Process, former: Path, files: Path) -> None:
    said = environment(machine, free_port())
    missing = ["python", "manage.py", "showmigrations", "--plan"]
    known = subprocess.run(missing, cwd=former, env=said, capture_output=True, text=True, check=True).stdout
    assert "[ ]" not in known
    assert machine.ask("SELECT count(*) FROM django_migrations") > known.count("[X]")
    load = ["python", "manage.py", "import_agence", str(files), "--agence", "Ancienne"]
    done = subprocess.run(load, cwd=former, env=said, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    visits = "SELECT count(*) FROM interventions_intervention i JOIN interventions_agence a ON a.id = i.agence_id"
    assert machine.ask(f"{visits} WHERE a.name = 'Ancienne'") > 0


def test_the_former_web_process_serves(machine: Machine, redis: Process, agence: str, former: Path) -> None:
    said = environment(machine, free_port())
    web = machine.launch(
        "web", "former", ["gunicorn", "config.wsgi", "--config", "python:config.gunicorn"], said, former
    )
    there = Browser(f"http://{HOST}:{web.port}")
    web.wait_for(lambda: web.answers("/sante/web/"))
    assert there.get("/compte/connexion/").status == 200
    asked = there.post("/compte/connexion/code/", email="sa00005@intervenants.example")
    assert asked.url.endswith("/compte/connexion/code/verification/")
    web.terminate()
    assert web.ended() == 0
