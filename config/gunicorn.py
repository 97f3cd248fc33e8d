"""How gunicorn serves the product: `gunicorn config.wsgi --config python:config.gunicorn`.

SIGTERM ends it gracefully: what runs is answered, nothing new is taken, at most GRACE_SECONDS long.
"""

import os
import shutil
from pathlib import Path
from typing import Any

from config import embedded
from config.environment import number, read

GRACE_SECONDS = 30
METRICS = embedded.var_dir() / "metrics"
# Read by prometheus_client when it is imported: the figures of all processes, side by side in files.
os.environ.setdefault("PROMETHEUS_MULTIPROC_DIR", str(METRICS))

bind = f"{read('HOST', '127.0.0.1')}:{number('PORT', 8000)}"
workers = number("WEB_CONCURRENCY", 2)
worker_class = "config.draining.Draining"
threads = 8
graceful_timeout = GRACE_SECONDS
timeout = 60
# Not kept: a connection stays with the process that took it, which then has a queue while the one beside it has
# nothing to do. Taken anew each time, it goes to whoever is free (docs/benchmark.md).
keepalive = 0
# Requests are logged by the product, with the request's id and without who and where from.
accesslog = None
control_socket_disable = True
# In a container of which nothing but volumes can be written.
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108 - a heartbeat file of gunicorn's


def on_starting(server: Any) -> None:
    """Forget what processes of a former start counted."""
    folder = Path(os.environ["PROMETHEUS_MULTIPROC_DIR"])
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True, exist_ok=True)


def child_exit(server: Any, worker: Any) -> None:
    """Let go of the live figures of a process that has ended."""
    # Here: it looks for the folder at import.
    from prometheus_client import multiprocess  # noqa: PLC0415

    multiprocess.mark_process_dead(worker.pid)
