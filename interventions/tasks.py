"""Delivery in the background: a sweep of the mails that are due, every few seconds and at a nudge."""

from __future__ import annotations

import structlog
from celery import shared_task
from django.db import transaction

from interventions.mails import leaving
from interventions.mails.carrier import Carrier
from interventions.models import Agence

log = structlog.get_logger(__name__)


@shared_task(ignore_result=True)
def deliver_due_mails() -> int:
    """Let every mail leave that is due, agency by agency, and return how many did.

    Safe at any time and in any number at once: the rows are the work, this is only what looks at them.
    """
    carrier = Carrier()
    try:
        return sum(leaving.sweep(agence, carrier) for agence in Agence.objects.order_by("pk"))
    finally:
        carrier.close()


def nudge() -> None:
    """Wake the worker once this transaction is committed, once however often it is called in it.

    Nothing depends on it: the periodic sweep delivers all the same.
    """
    waiting = transaction.get_connection().run_on_commit
    if not any(function is _publish for _savepoints, function, *_rest in waiting):
        transaction.on_commit(_publish, robust=True)


def _publish() -> None:
    """Tell the broker. One that is down or frozen costs its short time limit, never the request."""
    try:
        deliver_due_mails.apply_async(retry=False, expires=60)
    except Exception as error:
        log.warning("nudge_lost", error=repr(error))
