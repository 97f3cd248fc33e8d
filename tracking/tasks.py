"""Large lots in the background: taken up under a lease, done part by part, each part for good."""

from __future__ import annotations

import structlog
from celery import shared_task
from django.db import transaction
from django.utils.translation import gettext as _

from interventions import clock, operations
from interventions.guards import Guard
from interventions.models import BatchWork
from interventions.states import Role
from interventions.tenancy import within
from portals.web.actors import actor_of

log = structlog.get_logger(__name__)


@shared_task(ignore_result=True)
def carry_on_batches() -> int:
    """Go on with every lot that nobody works at, agency by agency, and return how many parts were done.

    Safe at any time and in any number at once: the rows are the work, this is only what looks at them.
    """
    done = 0
    for agence in operations.agences_at_work().order_by("pk"):
        while (work := operations.claim(agence, clock.now())) is not None:
            done += _carry_on(work)
    return done


def _carry_on(work: BatchWork) -> int:
    done = 0
    with structlog.contextvars.bound_contextvars(batch=work.batch_id):
        try:
            while _next_part(work):
                done += 1
        except Exception:
            # One lot that cannot go on must not hold up all the others.
            log.exception("lot_broke_off")
            operations.broke_off(work, clock.now(), _("une erreur"))
    return done


def _next_part(work: BatchWork) -> bool:
    """Do the next part as whoever pressed, with the rights that they have now; without any, the lot ends."""
    now = clock.now()
    with within(work.agence_id):
        user = work.batch.actor
    actor = actor_of(user, Role.MANAGER, work.gestionnaire_id, now) if user else None
    if actor is None:
        operations.stop(work.batch, by=_("la fin des droits de qui l’a lancé"), now=now, guard=Guard.RIGHT)
        return False
    return operations.advance(work, actor, now)


def nudge() -> None:
    """Wake the worker once this transaction is committed. Nothing depends on it: the sweep finds the lot as well."""
    transaction.on_commit(_publish, robust=True)


def _publish() -> None:
    try:
        carry_on_batches.apply_async(retry=False, expires=60)
    except Exception as error:
        log.warning("nudge_lost", error=repr(error))
