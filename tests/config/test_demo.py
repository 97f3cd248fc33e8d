"""`make demo`, for real: a new folder, the whole product, and nothing left when it stops."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from urllib.request import urlopen

import psutil
import pytest
from django.conf import settings

from config import demo_data
from config.management.commands.demo import Command
from config.supervisor import port_is_free


@pytest.fixture
def taken() -> Iterator[int]:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        yield listening.getsockname()[1]


def environment(folder: Path, port: int) -> dict[str, str]:
    mine = {"CONTRESEING_VAR": str(folder), "PORT": str(port), "PYTHONUNBUFFERED": "1"}
    return os.environ | mine


@contextmanager
def demo(folder: Path, port: int) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [sys.executable, "manage.py", "demo"],
        cwd=settings.BASE_DIR,
        env=environment(folder, port),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        yield process
    finally:
        process.terminate()
        process.communicate(timeout=30)


def read_until(process: subprocess.Popen[str], words: str) -> list[str]:
    assert process.stdout is not None
    lines = []
    for line in process.stdout:
        lines.append(line)
        if words in line:
            return lines
    raise AssertionError("".join(lines))


def left_behind(folder: Path) -> list[list[str]]:
    """The command lines of whatever still runs for this demo."""
    found = []
    for process in psutil.process_iter():
        try:
            if process.environ().get("CONTRESEING_VAR") == str(folder) or str(folder) in " ".join(process.cmdline()):
                found.append(process.cmdline())
        except psutil.Error:
            continue
    return found


def test_a_taken_port_is_said_in_one_line(tmp_path: Path, taken: int) -> None:
    with demo(tmp_path, taken) as process:
        said, _ = process.communicate()
    assert process.returncode == 1
    assert said.splitlines() == [
        f"CommandError: Port {taken} is taken: stop what uses it (another demo?), or choose another port: "
        f"PORT={taken + 1} make demo"
    ]


def test_the_demo_starts_serves_stops_and_keeps_its_data(tmp_path: Path, unused_port: int) -> None:
    first = run_and_stop(tmp_path, unused_port, signal.SIGINT)
    again = run_and_stop(tmp_path, unused_port, signal.SIGTERM)
    assert f"http://127.0.0.1:{unused_port}\n" in first
    assert "gestion@colline.example" in first
    assert ("Loading the demo agencies" in first, "Loading the demo agencies" in again) == (True, False)


def run_and_stop(folder: Path, port: int, number: signal.Signals) -> str:
    """Start the demo, look at it, stop it with a signal, and see that nothing of it is left."""
    with demo(folder, port) as process:
        said = "".join(read_until(process, "Ctrl-C stops everything"))
        with urlopen(f"http://127.0.0.1:{port}/static/admin/css/base.css") as answer:
            assert answer.status == 200
        assert {"gunicorn", "worker", "beat"} <= {word for line in left_behind(folder) for word in line}
        process.send_signal(number)
        process.communicate(timeout=30)
    assert process.returncode == 0
    assert left_behind(folder) == []
    assert port_is_free("127.0.0.1", port)
    return said


@pytest.mark.parametrize(("days", "offered"), [(14, False), (15, True)])
def test_data_older_than_two_weeks_are_an_offer_to_start_over(
    days: int, offered: bool, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    loaded = date.today() - timedelta(days=days)  # noqa: DTZ011
    monkeypatch.setattr(demo_data, "loaded_on", lambda: loaded)
    monkeypatch.setattr("sys.stdin", open(os.devnull))  # noqa: SIM115
    assert Command().offer_reset() is False
    assert ("make demo-reset" in capsys.readouterr().out) is offered
