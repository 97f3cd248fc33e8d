"""Background work: folders without a server, Redis with one, and a broker that is frozen holds nobody up."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis
from django.conf import settings

from config.supervisor import port_answers

PUBLISH = """
import time, django
django.setup()
from config import celery_app
began = time.monotonic()
try:
    celery_app.send_task("interventions.tasks.nothing", args=[1])
    print("sent", end=" ")
except Exception as error:
    print(type(error).__name__, end=" ")
print(time.monotonic() - began)
"""


def publish(environment: dict[str, str]) -> tuple[str, float]:
    """Publish one message from a process of its own; say what became of it and how long it took."""
    mine = {"DJANGO_SETTINGS_MODULE": "config.settings"} | environment
    done = subprocess.run(
        [sys.executable, "-c", PUBLISH],
        cwd=settings.BASE_DIR,
        env=os.environ | mine,
        capture_output=True,
        text=True,
        check=True,
    )
    outcome, seconds = done.stdout.split()
    return outcome, float(seconds)


@pytest.fixture
def redis_server(tmp_path: Path, unused_port: int) -> Iterator[subprocess.Popen[bytes]]:
    """A Redis of this test's own, at `unused_port`."""
    if shutil.which("redis-server") is None:
        said = "No redis-server found: install one (Debian: apt install redis-server)."
        pytest.fail(said) if os.environ.get("CI") == "true" else pytest.skip(said)
    words = ["redis-server", "--port", str(unused_port), "--bind", "127.0.0.1", "--save", "", "--dir", str(tmp_path)]
    process = subprocess.Popen(words, stdout=subprocess.DEVNULL)
    until = time.monotonic() + 10
    while not port_answers("127.0.0.1", unused_port) and time.monotonic() < until:
        time.sleep(0.05)
    yield process
    process.send_signal(signal.SIGCONT)
    process.terminate()
    process.wait()


def test_without_redis_a_message_is_a_file(tmp_path: Path) -> None:
    outcome, seconds = publish({"CONTRESEING_VAR": str(tmp_path), "REDIS_URL": ""})
    assert outcome == "sent"
    assert seconds < 2
    assert len(list((tmp_path / "celery" / "messages").iterdir())) == 1


def test_with_redis_a_message_waits_there(
    tmp_path: Path, redis_server: subprocess.Popen[bytes], unused_port: int
) -> None:
    url = f"redis://127.0.0.1:{unused_port}/0"
    outcome, _ = publish({"CONTRESEING_VAR": str(tmp_path), "REDIS_URL": url})
    with redis.Redis.from_url(url) as client:
        assert (outcome, client.llen("celery")) == ("sent", 1)


def test_a_frozen_broker_holds_nobody_up(
    tmp_path: Path, redis_server: subprocess.Popen[bytes], unused_port: int
) -> None:
    redis_server.send_signal(signal.SIGSTOP)
    url = f"redis://127.0.0.1:{unused_port}/0"
    outcome, seconds = publish({"CONTRESEING_VAR": str(tmp_path), "REDIS_URL": url})
    assert outcome == "OperationalError"
    assert seconds < 3
