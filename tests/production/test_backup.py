"""The drill: back up while people work, lose everything, restore, find the same."""

import json
import re
import shutil
import subprocess
from pathlib import Path

import psycopg
import pytest

from config import backups
from tests.interventions.mails.sink import free_port
from tests.production.conftest import wait_until_it_serves
from tests.production.machine import HOST, Machine, Process

SCAN = """
import hashlib
from django.core.files.base import ContentFile
from interventions import clock
from interventions.models import Agence, Attachment, Batch, Intervention
from interventions.tenancy import within
with within(Agence.objects.get(name="Agence Rivage").pk):
    visit, content = Intervention.objects.first(), b"%PDF-1.7 a signed sheet"
    Attachment.objects.create(
        agence=visit.agence, intervention=visit, batch=Batch.objects.first(), file=ContentFile(content, "feuille.pdf"),
        name="feuille.pdf", media_type="application/pdf", size=len(content),
        sha256=hashlib.sha256(content).hexdigest(), at=clock.now(),
    )
"""
SEAL = "from interventions.jobs import seal_journal; seal_journal()"
# The rows themselves, whatever their order on disk.
CHECKSUM = "SELECT coalesce(md5(string_agg(md5(t::text), '' ORDER BY md5(t::text))), '') FROM {} t"


def manage(machine: Machine, *words: str) -> subprocess.CompletedProcess[str]:
    return machine.run("backup", "python", "manage.py", *words)


def checksums(machine: Machine) -> dict[str, str]:
    with machine.database() as owner:
        tables = owner.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
        found = {name: owner.execute(CHECKSUM.format(f'"{name}"').encode()).fetchone() for (name,) in tables}
        return {name: row[0] for name, row in found.items() if row}


def rights(machine: Machine) -> list[tuple[str, ...]]:
    """What web and worker may do to each table, what keeps the journal, and the walls between agencies."""
    with machine.database() as owner:
        granted = owner.execute(
            "SELECT table_name, privilege_type FROM information_schema.role_table_grants"
            " WHERE grantee = 'contreseing_app' ORDER BY 1, 2"
        ).fetchall()
        kept = "SELECT tgrelid::regclass::text, tgname FROM pg_trigger WHERE NOT tgisinternal ORDER BY 1, 2"
        walls = (
            "SELECT relname::text, policyname::text FROM pg_policies"
            " JOIN pg_class ON relname = tablename AND relrowsecurity ORDER BY 1, 2"
        )
        return granted + owner.execute(kept).fetchall() + owner.execute(walls).fetchall()


def proof(machine: Machine) -> str:
    """Check the journal, and return what is said of it: each agency with its last seal."""
    checked = machine.run("web", "python", "manage.py", "verify_journal")
    assert checked.returncode == 0, checked.stderr
    return checked.stdout


def lose_everything(machine: Machine) -> None:
    """An empty database, as roles.sh makes it on a new server, and an empty volume."""
    address = f"postgresql://postgres@{HOST}:{machine.ports['postgres']}/postgres"
    with psycopg.connect(address, password=machine.secret("postgres_password"), autocommit=True) as superuser:
        superuser.execute("DROP DATABASE contreseing WITH (FORCE)")
        superuser.execute("CREATE DATABASE contreseing OWNER contreseing_owner")
    shutil.rmtree(machine.folder / "volumes" / "attachments")


@pytest.fixture(scope="module")
def taken(machine: Machine, redis: Process, agence: str) -> Path:
    """A backup with visits, journal and a scan."""
    attached = machine.run("web", "python", "manage.py", "shell", "-c", SCAN)
    assert attached.returncode == 0, attached.stderr
    sealed = machine.run("worker", "python", "manage.py", "shell", "-c", SEAL)
    assert sealed.returncode == 0, sealed.stderr
    done = machine.run("backup")
    assert done.returncode == 0, done.stderr
    return Path(done.stdout.strip())


def test_a_backup_is_for_its_owner_alone_and_says_what_it_holds(machine: Machine, taken: Path) -> None:
    assert taken.parent == machine.folder / "backups"
    assert {path.name for path in taken.iterdir()} == {"database.dump", "attachments.tar", "manifest.json"}
    assert taken.stat().st_mode & 0o077 == 0
    rows = json.loads((taken / "manifest.json").read_text())["rows"]
    assert rows["interventions_intervention"] == machine.ask("SELECT count(*) FROM interventions_intervention")
    assert rows["interventions_attachment"] == 1


def test_nothing_is_restored_over_something(machine: Machine, taken: Path) -> None:
    refused = manage(machine, "restore", str(taken))
    assert refused.returncode == 1
    assert "The database has tables already" in refused.stderr


def test_lost_and_restored_it_is_the_same(machine: Machine, redis: Process, taken: Path) -> None:
    before, allowed, proved = checksums(machine), rights(machine), proof(machine)
    assert len(before) > 40
    assert re.search(r"\t\d+\t[0-9a-f]{64}$", proved, re.MULTILINE)
    lose_everything(machine)
    done = manage(machine, "restore", str(taken))
    assert done.returncode == 0, done.stderr
    assert "whole." in done.stdout
    assert checksums(machine) == before
    assert rights(machine) == allowed
    assert proof(machine) == proved
    scans = list((machine.folder / "volumes" / "attachments").rglob("*.pdf"))
    assert [scan.read_bytes() for scan in scans] == [b"%PDF-1.7 a signed sheet"]
    nothing_new = machine.run("migrate", "python", "manage.py", "migrate", "--check")
    assert nothing_new.returncode == 0, nothing_new.stdout
    web = machine.start("web", "restored", PORT=str(free_port()), WEB_CONCURRENCY="1")
    wait_until_it_serves(machine, web)
    web.terminate()
    assert web.ended() == 0


def test_a_backup_that_was_touched_is_refused(taken: Path, tmp_path: Path) -> None:
    copy = shutil.copytree(taken, tmp_path / taken.name)
    assert backups.checked(copy)["rows"]
    with (copy / "database.dump").open("r+b") as file:
        file.seek(2000)
        byte = file.read(1)
        file.seek(2000)
        file.write(bytes([byte[0] ^ 1]))
    with pytest.raises(backups.Unusable, match=r"has been changed since it was written: database.dump"):
        backups.checked(copy)
    (copy / "manifest.json").unlink()
    with pytest.raises(backups.Unusable, match="no whole backup"):
        backups.checked(copy)


def test_the_last_ones_are_kept(tmp_path: Path) -> None:
    for day in (1, 2, 3):
        (tmp_path / f"contreseing-2026010{day}T000000Z").mkdir()
    assert [path.name for path in backups.keep_last(tmp_path, 2)] == ["contreseing-20260101T000000Z"]
    assert backups.keep_last(tmp_path, 2) == []


def test_a_failure_leaves_nothing(machine: Machine, taken: Path) -> None:
    wrong = machine.run("backup", DATABASE_OWNER_URL=f"postgresql://contreseing_owner@{HOST}:1/contreseing")
    assert wrong.returncode == 1
    assert [path.name for path in taken.parent.iterdir()] == [taken.name]


def test_web_and_worker_cannot_back_up(machine: Machine) -> None:
    refused = machine.run("web", "python", "manage.py", "backup", str(machine.folder / "elsewhere"))
    assert refused.returncode == 1
    assert "DATABASE_OWNER_URL" in refused.stderr
