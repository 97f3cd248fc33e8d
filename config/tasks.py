"""Tasks of the service itself."""

from celery import shared_task

from config.observing import beats


@shared_task(ignore_result=True)
def remember_beat() -> None:
    """Note that beat and worker are alive."""
    beats.remember()
