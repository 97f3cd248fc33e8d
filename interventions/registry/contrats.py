"""What a contrat may become, which visits a change would leave without one, and its hours month by month."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import DurationField, ExpressionWrapper, F, Q, Sum
from django.db.models.functions import TruncMonth

from interventions import hours
from interventions.actor import Actor
from interventions.guards import ContratTerms
from interventions.models import Contrat, ContratState, Intervention
from interventions.states import Status

MINUTE = timedelta(minutes=1)
NOT_YET = (Status.DRAFT, Status.PLANNED)
# Brouillon < Validé < Signé; Résilié ends what is in force, and what was ended by mistake is signed again.
MAY_BECOME: dict[str, tuple[ContratState, ...]] = {
    ContratState.DRAFT: (ContratState.DRAFT, ContratState.VALID, ContratState.SIGNED),
    ContratState.VALID: (ContratState.VALID, ContratState.SIGNED, ContratState.TERMINATED),
    ContratState.SIGNED: (ContratState.SIGNED, ContratState.TERMINATED),
    ContratState.TERMINATED: (ContratState.TERMINATED, ContratState.SIGNED),
}
AT_FIRST = (ContratState.DRAFT, ContratState.VALID, ContratState.SIGNED)


def terms(contrat: Contrat) -> ContratTerms:
    """Return what decides whether a contrat is billable, as the guards read it."""
    return ContratTerms(contrat.client_id, contrat.state, contrat.billable, contrat.starts_on, contrat.ends_on)


def left_without(contrat: Contrat, becomes: ContratTerms, actor: Actor) -> list[Intervention]:
    """Return the visits on this contrat that it covers as it is and would no longer cover, the oldest first.

    `contrat` as it stands now; cancelled visits need none. What is declared stays as it is (a contrat that ends or
    changes later stops nothing); what is not yet will find no contrat facturable. Visits of secteurs that the actor
    does not have cannot hang on a contrat that they see.
    """
    before = terms(contrat)
    mine: Any = Intervention.objects.visible_to(actor).filter(contrat=contrat.pk).exclude(status=Status.CANCELLED)
    found = mine.in_order().select_related("client", "intervenant")
    client = contrat.client_id
    return [visit for visit in found if before.covers(client, visit.day) and not becomes.covers(client, visit.day)]


@dataclass(frozen=True, slots=True)
class MonthOfContrat:
    """One month of a contrat in minutes: what is declared, what is still planned, what was agreed (None: no limit).

    `outside` counts the minutes of its visits on days that its dates do not hold.
    """

    month: date
    done: int = 0
    planned: int = 0
    agreed: int | None = None
    outside: int = 0

    @property
    def left(self) -> int | None:
        """What remains of the hours agreed; negative where more is done and planned than that."""
        return None if self.agreed is None else self.agreed - self.done - self.planned


def months(contrat: Contrat, actor: Actor, first: date, last: date) -> list[MonthOfContrat]:
    """Return the months from `first` to `last` in which the contrat runs or has visits; one statement.

    Its hours a month count for every month that its dates touch, whole or not. A cancelled visit counts nothing.
    """
    sums = {row["month"]: row for row in _sums(contrat, actor, hours.month_of(first), last)}
    found, month = [], hours.month_of(first)
    while month <= last:
        runs = contrat.starts_on < _next(month) and (contrat.ends_on is None or contrat.ends_on >= month)
        if runs or month in sums:
            row = sums.get(month, {})
            counted = {name: (row.get(name) or timedelta()) // MINUTE for name in ("done", "planned", "outside")}
            runs_at_all = runs and contrat.state != ContratState.DRAFT
            found.append(MonthOfContrat(month, agreed=contrat.monthly_minutes if runs_at_all else None, **counted))
        month = _next(month)
    return found


def _next(month: date) -> date:
    return hours.month_of(month + timedelta(days=31))


def _sums(contrat: Contrat, actor: Actor, first: date, last: date) -> Any:
    length = ExpressionWrapper(F("retained_end") - F("retained_start"), output_field=DurationField())
    inside = Q(day__gte=contrat.starts_on)
    if contrat.ends_on:
        inside &= Q(day__lte=contrat.ends_on)
    ahead = Q(status__in=NOT_YET)
    mine: Any = Intervention.objects.visible_to(actor).filter(contrat=contrat.pk, day__gte=first, day__lt=_next(last))
    counted = mine.exclude(status=Status.CANCELLED).annotate(month=TruncMonth("day"), length=length).values("month")
    return counted.annotate(
        done=Sum("length", filter=inside & ~ahead),
        planned=Sum("length", filter=inside & ahead),
        outside=Sum("length", filter=~inside),
    ).order_by("month")
