"""Periodic work: what nobody has to press a button for. Each task may run at any time and any number of times."""

from __future__ import annotations

from celery import shared_task

from interventions import clock
from interventions.models import Agence
from interventions.planning import series


@shared_task(ignore_result=True)
def extend_series() -> int:
    """Plan the visits of every agency's series up to the horizon, and return how many were planned."""
    outcomes = (series.extend(agence, clock.now()) for agence in Agence.objects.order_by("pk"))
    return sum(len(outcome.done) for outcome in outcomes if outcome)
