"""What each filter asks of a visit, as a condition on the table: one function a filter, none reads an address."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from django.db.models import (
    Case,
    DateTimeField,
    DecimalField,
    DurationField,
    Exists,
    ExpressionWrapper,
    F,
    OuterRef,
    Q,
    When,
)
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from interventions import unanswered
from interventions.deliveries import NOTHING_CAME_BACK
from interventions.models import Contrat, Fate, MailLine, Reminder
from interventions.querysets import InterventionQuerySet
from interventions.states import Labelled, Status

PERCENT = 100
BACK = (Fate.BOUNCED, Fate.FAILED)


class Attached(Labelled):
    """Whether a visit hangs on a contrat."""

    YES = "avec", _("Rattachées à un contrat")
    NO = "sans", _("Sans contrat")


class Unit(Labelled):
    """In what a gap to the plan is measured."""

    MINUTES = "min", _("minutes")
    PERCENT = "pourcent", _("% de la durée prévue")
    KM = "km", _("kilomètres")


class Told(Labelled):
    """What became of the mail about where a visit stands."""

    LEFT = "parti", _("Parti")
    ARRIVED = "remis", _("Remis")
    CAME_BACK = "revenu", _("Revenu")
    NONE = "aucun", _("Aucun mail")
    REMINDED = "relance", _("Relancé")
    UNANSWERED = "sans-reponse", _("Relances sans réponse")


def length(version: str) -> Any:
    """Return the elapsed time of the "planned", "declared" or "retained" version."""
    return ExpressionWrapper(F(f"{version}_end") - F(f"{version}_start"), output_field=DurationField())


def gap() -> Any:
    """Return by how much what was declared is longer than the plan; NULL where one of them is missing."""
    return ExpressionWrapper(length("declared") - length("planned"), output_field=DurationField())


def km_gap() -> Any:
    """Return by how many kilometres what was declared is more than the plan; NULL where one of them is missing."""
    return ExpressionWrapper(F("declared_km") - F("planned_km"), output_field=DecimalField())


def waiting_since() -> Any:
    """Return since when it is somebody's turn, past or to come; NULL where it is nobody's. As rows.Row says it."""
    return Case(
        When(status=Status.DONE, then=F("done_at")),
        When(status__in=[Status.CONTESTED, Status.ARBITRATION], then=F("last_at")),
        When(status=Status.PLANNED, then=F("retained_end")),
        When(status=Status.DRAFT, then=Coalesce(F("declared_at"), F("retained_end"))),
        default=None,
        output_field=DateTimeField(),
    )


def waiting_before(limit: dt.datetime) -> Q:
    """Ask that somebody's turn began before an instant."""
    return (
        Q(status=Status.DONE, done_at__lt=limit)
        | Q(status__in=[Status.CONTESTED, Status.ARBITRATION], last_at__lt=limit)
        | Q(status=Status.PLANNED, retained_end__lt=limit)
        | Q(status=Status.DRAFT, declared_at__lt=limit)
        | Q(status=Status.DRAFT, declared_at=None, retained_end__lt=limit)
    )


def apart(found: InterventionQuerySet, least: Decimal, unit: Unit) -> InterventionQuerySet:
    """Keep the visits of which what was declared lies so far from the plan at least, either way."""
    if unit is Unit.KM:
        return found.alias(apart=km_gap()).filter(Q(apart__gte=least) | Q(apart__lte=-least))
    if unit is Unit.MINUTES:
        limit = dt.timedelta(minutes=float(least))
        return found.alias(apart=gap()).filter(Q(apart__gte=limit) | Q(apart__lte=-limit))
    share = _times(length("planned"), float(least) / PERCENT)
    found = found.alias(apart=gap(), share=share)
    return found.filter(Q(apart__gte=F("share")) | Q(apart__lte=_times(length("planned"), -float(least) / PERCENT)))


def _times(duration: Any, factor: float) -> Any:
    return ExpressionWrapper(duration * factor, output_field=DurationField())


def attached(wanted: Attached) -> Q:
    """Ask that a visit hangs on a contrat, or on none."""
    return Q(contrat__isnull=wanted is Attached.NO)


def on_contrat(contrat: Contrat) -> Q:
    """Ask that a visit hangs on this contrat."""
    return Q(contrat=contrat.pk)


def settled(ways: list[str]) -> Q:
    """Ask that a visit was validated in one of these ways (Settled)."""
    return Q(settled_by__in=ways)


def told(fate: Told, now: dt.datetime) -> Any:
    """Ask what by now became of the mails about the step of a visit, or of its reminders; whoever they went to.

    As where silence is counted, a mail has arrived too when nothing came back for 48 h after the service took it.
    """
    if fate is Told.UNANSWERED:
        return unanswered.listed()
    if fate is Told.REMINDED:
        return Exists(
            Reminder.objects.filter(agence=OuterRef("agence"), intervention=OuterRef("pk"), step=OuterRef("step"))
        )
    about = MailLine.objects.filter(agence=OuterRef("agence"), intervention=OuterRef("pk"), step=OuterRef("step"))
    left = about.filter(told=True)
    if fate is Told.NONE:
        return ~Exists(left)
    if fate is Told.LEFT:
        return Exists(left)
    if fate is Told.ARRIVED:
        kept = Q(mail__fate=Fate.SENT, mail__sent_at__lte=now - NOTHING_CAME_BACK)
        return Exists(left.filter(Q(mail__fate=Fate.DELIVERED) | kept))
    # The lines of a mail that could not be handed over tell nothing, but it did come back.
    return Exists(about.filter(mail__fate__in=BACK))
