"""Closing and reopening a month."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from interventions import hours
from interventions.actor import Actor
from interventions.guards import Guard
from interventions.models import Period
from interventions.operations.deciding import Refused
from interventions.states import Right
from interventions.tenancy import set_agence


def close_month(actor: Actor, month: date, at: datetime) -> Period:
    """Close a month: nothing inside it changes any more, by any way in.

    Waits for acts under way in that month and makes later ones see it closed. Refuses (Refused, Guard.RIGHT)
    anybody without the right of clôture.
    """
    if not actor.has(Right.CLOSE):
        raise Refused(Guard.RIGHT)
    return _set(actor, month, at)


def reopen_month(actor: Actor, month: date, at: datetime) -> Period:
    """Reopen a month. Refuses (Refused, Guard.RIGHT) anybody without the right of déverrouillage."""
    if not actor.has(Right.UNLOCK):
        raise Refused(Guard.RIGHT)
    return _set(actor, month, None)


@transaction.atomic
def _set(actor: Actor, month: date, closed_at: datetime | None) -> Period:
    set_agence(actor.agence_id)
    period, _ = Period.objects.update_or_create(
        agence_id=actor.agence_id,
        month=hours.month_of(month),
        defaults={"closed_at": closed_at, "closed_by_id": actor.user_id if closed_at else None},
    )
    return period
