"""The embedded PostgreSQL: found or started, kept while anybody needs it, stopped by the last."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

JOIN = "from config import embedded; embedded.join(); print('joined', flush=True); input()"


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path
    command("shell", "-c", "pass", folder=tmp_path)  # the last out stops whatever a test left behind
    assert not running(tmp_path)


def environment(folder: Path) -> dict[str, str]:
    clean = {key: value for key, value in os.environ.items() if not key.startswith(("DATABASE", "DJANGO"))}
    return clean | {"CONTRESEING_VAR": str(folder)}


def command(*words: str, folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "manage.py", *words],
        cwd=settings.BASE_DIR,
        env=environment(folder),
        capture_output=True,
        text=True,
        check=False,
    )


def joined(folder: Path) -> subprocess.Popen[str]:
    """A process that uses the database until it is told to end."""
    process = subprocess.Popen(
        [sys.executable, "-c", JOIN],
        cwd=settings.BASE_DIR,
        env=environment(folder),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "joined\n"
    return process


def running(folder: Path) -> bool:
    return (folder / "postgres" / "postmaster.pid").exists()


ASK = "from django.db import connection as c; k = c.cursor(); k.execute('SELECT current_user'); print(k.fetchone()[0])"


def test_a_command_starts_it_and_stops_it_again(folder: Path) -> None:
    done = command("shell", "--no-imports", "-c", ASK, folder=folder)
    assert (done.returncode, done.stdout) == (0, "app\n"), done.stderr
    assert not running(folder)


def test_a_command_leaves_it_to_another_that_uses_it(folder: Path) -> None:
    first = joined(folder)
    done = command("shell", "--no-imports", "-c", ASK, folder=folder)
    assert (done.returncode, done.stdout) == (0, "app\n"), done.stderr
    assert running(folder)
    first.communicate("\n")
    assert not running(folder)


def test_two_that_start_at_once_share_one_server(folder: Path) -> None:
    both = [
        subprocess.Popen(
            [sys.executable, "manage.py", "shell", "--no-imports", "-c", ASK],
            cwd=settings.BASE_DIR,
            env=environment(folder),
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    ]
    assert [process.communicate()[0] for process in both] == ["app\n", "app\n"]
    assert not running(folder)


def test_who_is_killed_no_longer_counts(folder: Path) -> None:
    killed = joined(folder)
    killed.kill()
    killed.communicate()
    assert running(folder)
    command("shell", "-c", "pass", folder=folder)
    assert not running(folder)


def test_a_pid_file_of_a_server_that_was_killed_does_not_mislead(folder: Path) -> None:
    command("shell", "-c", "pass", folder=folder)
    data = folder / "postgres"
    # Its number now belongs to a living process that is no PostgreSQL: this one.
    lines = [str(os.getpid()), str(data), "1700000000", "5432", str(data), "", "", "ready"]
    (data / "postmaster.pid").write_text("\n".join(lines) + "\n")
    done = command("shell", "--no-imports", "-c", ASK, folder=folder)
    assert (done.returncode, done.stdout) == (0, "app\n"), done.stderr


def test_a_path_too_long_for_a_socket_works(folder: Path) -> None:
    long = folder / ("long" * 25)
    long.mkdir()
    done = command("shell", "--no-imports", "-c", ASK, folder=long)
    assert (done.returncode, done.stdout) == (0, "app\n"), done.stderr


def test_a_path_with_a_space_is_refused_in_one_line(tmp_path: Path) -> None:
    done = command("check", folder=tmp_path / "my folder")
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert "path with a space" in done.stderr
