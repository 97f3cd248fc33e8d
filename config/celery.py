"""The Celery application. Which broker it uses, and its schedule, stand in the settings."""

import os
from typing import Any

import structlog
from celery import Celery
from celery.signals import beat_init, celeryd_init, task_prerun
from kombu.transport import TRANSPORT_ALIASES

from config import embedded

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

TRANSPORT_ALIASES["filesystem"] = "config.folders:Transport"

app = Celery("contreseing")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.autodiscover_tasks(related_name="jobs")


@celeryd_init.connect
@beat_init.connect
def join_database(**_signal: Any) -> None:
    """Keep the default database running for as long as this worker or beat lives."""
    embedded.join()


@task_prerun.connect
def name_task(task_id: str = "", **_signal: Any) -> None:
    """Have each line of a task's log name the task, and nothing of the one that this thread did before."""
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(task_id=task_id)
