"""Delivery in the background: a sweep of the mails that are due, every few seconds and at a nudge."""

from __future__ import annotations

import time
from datetime import timedelta

import structlog
from celery import shared_task
from django.conf import settings
from django.db import transaction

from interventions.mails import leaving, pace
from interventions.mails.carrier import Carrier
from interventions.models import Agence

log = structlog.get_logger(__name__)


# A sender stops after that and leaves its place: the next looks anew at the agencies and their choices.
LASTS = timedelta(seconds=50)


@shared_task(ignore_result=True)
def deliver_due_mails(mailer: str = "") -> int:
    """Let every mail leave that is due, by one mail service or by each in turn, and return how many did.

    Safe at any time and in any number at once: the rows are the work, this is only what looks at them. A service has
    as many senders at once as its limits say; agencies that share it take turns.
    """
    return sum(_deliver(name) for name in ([mailer] if mailer else settings.MAILERS))


def _deliver(mailer: str) -> int:
    with pace.place(mailer) as free:
        return _by_turns(mailer) if free else 0


def _by_turns(mailer: str) -> int:
    carrier, left, until = Carrier(name=mailer), 0, time.monotonic() + LASTS.total_seconds()
    agences = [agence for agence in Agence.objects.order_by("pk") if service_of(agence) == mailer]
    try:
        while agences and time.monotonic() < until:
            turns = [(agence, leaving.take_turn(agence, carrier)) for agence in agences]
            left += sum(turn.left for _agence, turn in turns)
            agences = [agence for agence, turn in turns if turn.more]
    finally:
        carrier.close()
    return left


def service_of(agence: Agence) -> str:
    """Return the name of the mail service that an agency's mails leave by: its own, or that of all."""
    return agence.mailer if agence.mailer in settings.MAILERS else "default"


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
        for mailer in settings.MAILERS:
            deliver_due_mails.apply_async(args=[mailer], retry=False, expires=60)
    except Exception as error:
        log.warning("nudge_lost", error=repr(error))
