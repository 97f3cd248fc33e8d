"""Runs a few programs together: they start together and end together."""

import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

GRACE_SECONDS = 8.0
POLL_SECONDS = 0.1


class ChildEnded(Exception):
    """A program that should have gone on came to its end."""

    def __init__(self, name: str, code: int) -> None:
        super().__init__(f"{name} ended by itself (exit code {code})")


class Supervisor:
    """Starts programs, each in a process group of its own, and ends them all, with whatever they started."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._environment = dict(environment)
        self._children: dict[str, subprocess.Popen[bytes]] = {}

    def start(self, name: str, command: Sequence[str]) -> None:
        """Start `command`. A Ctrl-C in the terminal does not reach it: stopping is the supervisor's."""
        self._children[name] = subprocess.Popen(
            command, env=self._environment, stdin=subprocess.DEVNULL, start_new_session=True
        )

    def check(self) -> None:
        """Raise ChildEnded if one of the programs has ended."""
        for name, child in self._children.items():
            code = child.poll()
            if code is not None:
                raise ChildEnded(name, code)

    def wait_for(self, ready: Callable[[], bool], seconds: float) -> bool:
        """Wait until `ready` says so, at most `seconds`; raises ChildEnded if a program ends meanwhile."""
        until = time.monotonic() + seconds
        while not ready():
            self.check()
            if time.monotonic() > until:
                return False
            time.sleep(POLL_SECONDS)
        return True

    def wait(self) -> None:
        """Wait for ever; raises ChildEnded as soon as one of the programs ends."""
        while True:
            self.check()
            time.sleep(POLL_SECONDS)

    def stop(self) -> None:
        """End every program that is left, politely first; returns when none of their processes is alive."""
        with _deaf():
            self._signal(signal.SIGTERM)
            until = time.monotonic() + GRACE_SECONDS
            while any(map(_alive, self._children.values())) and time.monotonic() < until:
                time.sleep(POLL_SECONDS)
            self._signal(signal.SIGKILL)
            for child in self._children.values():
                child.wait()
            self._children.clear()

    def _signal(self, number: signal.Signals) -> None:
        for child in self._children.values():
            try:
                os.killpg(child.pid, number)
            except ProcessLookupError:
                continue


def _alive(child: subprocess.Popen[bytes]) -> bool:
    """Say whether the program or anything in its group still runs."""
    child.poll()
    try:
        os.killpg(child.pid, 0)
    except (ProcessLookupError, PermissionError):
        return False
    return True


@contextmanager
def interruptible() -> Iterator[None]:
    """Make a kill and a closed terminal arrive as a Ctrl-C does: as KeyboardInterrupt."""
    with _handling((signal.SIGTERM, signal.SIGHUP), signal.default_int_handler):
        yield


@contextmanager
def _deaf() -> Iterator[None]:
    """A second Ctrl-C must not leave half of the programs behind."""
    with _handling((signal.SIGINT, signal.SIGTERM, signal.SIGHUP), signal.SIG_IGN):
        yield


@contextmanager
def _handling(numbers: Sequence[signal.Signals], handler: Any) -> Iterator[None]:
    kept = {number: signal.signal(number, handler) for number in numbers}
    try:
        yield
    finally:
        for number, former in kept.items():
            signal.signal(number, former)


def port_is_free(host: str, port: int) -> bool:
    """Say whether a server could listen there."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def port_answers(host: str, port: int) -> bool:
    """Say whether a server listens there."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.settimeout(0.5)
        return probe.connect_ex((host, port)) == 0
