"""Closing and reopening a month."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from django.db import OperationalError, connection, transaction

from interventions import hours
from interventions.actor import Actor
from interventions.guards import Guard
from interventions.models import Period, PeriodEntry
from interventions.operations.deciding import Refused
from interventions.states import Right
from interventions.tenancy import within

LOCK_NOT_AVAILABLE = "55P03"
# A request does not wait for an import of 100,000 lines.
PATIENCE = "5s"


class MonthBusy(Exception):
    """Acts, a batch or an import are under way in the month, and have been for seconds. Nothing was done."""


def close_month(actor: Actor, month: date, at: datetime, figures: Mapping[str, int] | None = None) -> Period:
    """Close a month: nothing inside it changes any more, by any way in.

    Waits for acts under way in that month and makes later ones see it closed; raises MonthBusy when that takes too
    long. A month is the whole agency's. Refuses (Refused, Guard.RIGHT) anybody without the right of clôture for all
    secteurs. `figures` is what was shown of the month before, for the record.
    """
    if not actor.has(Right.CLOSE) or actor.secteur_ids is not None:
        raise Refused(Guard.RIGHT)
    return _set(actor, month, at, closes=True, figures=dict(figures or {}))


def reopen_month(actor: Actor, month: date, at: datetime, reason: str = "") -> Period:
    """Reopen a month. Refuses (Refused, Guard.RIGHT) anybody without the right of déverrouillage for all secteurs."""
    if not actor.has(Right.UNLOCK) or actor.secteur_ids is not None:
        raise Refused(Guard.RIGHT)
    return _set(actor, month, at, closes=False, reason=reason)


@transaction.atomic
def _set(
    actor: Actor, month: date, at: datetime, *, closes: bool, figures: dict[str, int] | None = None, reason: str = ""
) -> Period:
    """Close or open the month and leave an entry; one that stands so already is left as it is, without one."""
    month = hours.month_of(month)
    period = _locked(actor, month)
    if (period.closed_at is not None) is closes:
        return period
    PeriodEntry.objects.create(
        agence_id=actor.agence_id,
        month=month,
        closes=closes,
        at=at,
        actor_id_kept=actor.user_id,
        actor_name=actor.name,
        role=actor.role,
        figures=figures or {},
        reason=reason,
    )
    period.closed_at, period.closed_by_id = (at, actor.user_id) if closes else (None, None)
    period.save(update_fields=["closed_at", "closed_by"])
    return period


def _locked(actor: Actor, month: date) -> Period:
    try:
        with within(actor.agence_id):
            with connection.cursor() as cursor:
                cursor.execute("SELECT set_config('lock_timeout', %s, true)", [PATIENCE])
            Period.objects.bulk_create([Period(agence_id=actor.agence_id, month=month)], ignore_conflicts=True)
            period = Period.objects.select_for_update(of=("self",)).get(agence_id=actor.agence_id, month=month)
            with connection.cursor() as cursor:
                cursor.execute("SELECT set_config('lock_timeout', '0', true)")
            return period
    except OperationalError as error:
        if getattr(error.__cause__, "sqlstate", None) == LOCK_NOT_AVAILABLE:
            raise MonthBusy from error
        raise
