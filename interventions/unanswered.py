"""What nobody answered, whatever was asked: the list of visits that wait for a gestionnaire, kept by the clock."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from interventions.models import Agence, Intervention, MailLine, Reminder, Unanswered
from interventions.querysets import InterventionQuerySet
from interventions.reminders import ARRIVED, before
from interventions.states import Role, Status

AT_A_TIME = 1000


def gather(agence: Agence, now: datetime) -> int:
    """Put on the list what stayed without an answer after the last reminder, and return how many visits that added.

    What is no longer at the step that was asked about leaves it; it counts nowhere meanwhile (`listed`).
    """
    past = Unanswered.objects.filter(agence=agence)
    past.exclude(intervention__status=Status.DONE, step=F("intervention__step")).delete()
    if not (agence.module_enabled and agence.unanswered_days):
        return 0
    found = _silent(agence, now).filter(~Exists(past.filter(intervention=OuterRef("pk"))))
    made = [
        Unanswered(agence=agence, intervention_id=key, step=step, since=now)
        for key, step in found.order_by("pk").values_list("pk", "step")
    ]
    Unanswered.objects.bulk_create(made, batch_size=AT_A_TIME, ignore_conflicts=True)
    return len(made)


def listed() -> Q:
    """Return the condition that a visit is on the list, and still where it was when it came there."""
    mine = Unanswered.objects.filter(agence=OuterRef("agence"), intervention=OuterRef("pk"), step=OuterRef("step"))
    return Q(Exists(mine), status=Status.DONE)


def _silent(agence: Agence, now: datetime) -> InterventionQuerySet:
    """Return the visits whose client's side was reminded for the last time that long ago, or could not be asked.

    A proche who was asked and is to be reminded yet has the time to answer, too.
    """
    wait, proche = agence.unanswered_days, agence.proche_reminder_days
    reminders = Reminder.objects.filter(
        agence=agence, intervention=OuterRef("pk"), step=OuterRef("step"), whom__in=(Role.CLIENT, Role.PROCHE)
    )
    recent = reminders.filter(at__gte=before(agence, now, wait))
    half_recent = reminders.filter(at__gte=before(agence, now, wait + proche))
    reminded = Q(Exists(reminders), ~Q(Exists(recent)), ~Q(Exists(half_recent)) | ~Q(Exists(_to_be_reminded())))
    never = Q(~Q(Exists(reminders)), done_at__lt=before(agence, now, agence.reminder_days + wait))
    if agence.reminder_days:
        never &= ~Q(Exists(_told().filter(mail__fate__in=ARRIVED, mail__bounced_at__isnull=True)))
    return Intervention.objects.filter(reminded | never, agence=agence, status=Status.DONE)


def _told() -> QuerySet[MailLine]:
    return MailLine.objects.filter(
        agence=OuterRef("agence"), intervention=OuterRef("pk"), step=OuterRef("step"), role=Role.CLIENT, told=True
    )


def _to_be_reminded() -> QuerySet[MailLine]:
    """Return the lines of those who were asked beside the client and have not been reminded."""
    again = MailLine.objects.filter(
        intervention=OuterRef("intervention"), step=OuterRef("step"), mail__user=OuterRef("mail__user"), reminds=True
    )
    return _told().filter(~Exists(again), reminds=False, mail__fate__in=ARRIVED)
