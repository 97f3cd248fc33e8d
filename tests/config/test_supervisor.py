"""Programs that start together and end together."""

import os
import signal
import sys
import time
from pathlib import Path

import psutil
import pytest

from config.supervisor import ChildEnded, Supervisor, interruptible

SLEEP = [sys.executable, "-c", "import time; time.sleep(60)"]
# Starts a program of its own, as gunicorn does, and does not listen to a polite word.
STUBBORN = """
import pathlib, signal, subprocess, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
pathlib.Path(sys.argv[1]).write_text(str(child.pid))
time.sleep(60)
"""


def test_one_that_ends_is_named() -> None:
    supervisor = Supervisor(os.environ)
    supervisor.start("steady", SLEEP)
    supervisor.start("short", [sys.executable, "-c", "raise SystemExit(3)"])
    with pytest.raises(ChildEnded, match=r"short ended by itself \(exit code 3\)"):
        supervisor.wait()
    supervisor.stop()


def test_stop_leaves_no_grandchild(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("config.supervisor.GRACE_SECONDS", 0.3)
    note = tmp_path / "pid"
    supervisor = Supervisor(os.environ)
    supervisor.start("stubborn", [sys.executable, "-c", STUBBORN, str(note)])
    assert supervisor.wait_for(lambda: note.exists() and bool(note.read_text()), 10)
    grandchild = int(note.read_text())
    supervisor.stop()
    assert supervisor.wait_for(lambda: not alive(grandchild), 5)


def alive(pid: int) -> bool:
    return psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE


def test_what_takes_too_long_is_not_waited_for() -> None:
    began = time.monotonic()
    assert Supervisor(os.environ).wait_for(lambda: False, 0.2) is False
    assert time.monotonic() - began < 5


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_every_way_to_be_told_to_stop_is_one(number: signal.Signals) -> None:
    with pytest.raises(KeyboardInterrupt), interruptible():
        signal.raise_signal(number)
