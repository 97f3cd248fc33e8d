"""What has served its time and goes: nothing that says what happened to a visit."""

from __future__ import annotations

from datetime import datetime, timedelta

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db.models import BooleanField, Exists, F, Func, OuterRef, Q

from interventions import orphans
from interventions.erasure import accounts
from interventions.imports import forgetting
from interventions.models import (
    Access,
    Agence,
    BatchWork,
    Fate,
    Import,
    Intervenant,
    JobRun,
    Mail,
    MailKind,
    MailLink,
    User,
)

SIGN_IN_MAILS = timedelta(days=30)
LINKS = timedelta(days=90)
RUNS = timedelta(days=400)
WORKS = timedelta(days=90)
ACCOUNTS = timedelta(days=365)


# Accounts that are emptied in one run.
AT_MOST = 100
_USED = Func(F("pk"), function="account_is_used", output_field=BooleanField())


def of_agence(agence: Agence, now: datetime) -> int:
    """Remove an agency's old sign-in and trial mails, links, runs, looks, imports' files, files without a row."""
    settled = (Fate.SENT, Fate.DELIVERED, Fate.BOUNCED, Fate.FAILED, Fate.DROPPED)
    passing = (MailKind.SIGN_IN, MailKind.TRIAL)
    sign_in = Mail.objects.filter(agence=agence, kind__in=passing, fate__in=settled)
    renewed = MailLink.objects.filter(renews=OuterRef("pk"))
    links = MailLink.objects.filter(~Exists(renewed), agence=agence, expires_at__lt=now - LINKS)
    runs = JobRun.objects.filter(agence=agence, started_at__lt=now - RUNS)
    looks = Access.objects.filter(agence=agence, at__lt=now - timedelta(days=agence.access_days))
    gone = (sign_in.filter(created_at__lt=now - SIGN_IN_MAILS), links, runs, looks)
    emptied = _emptied(agence, now)
    return (
        emptied + sum(rows.delete()[0] for rows in gone) + orphans.sweep(agence, now) + forgetting.forget(agence, now)
    )


def _emptied(agence: Agence, now: datetime) -> int:
    """Take away calendars of people put away, what was written for lots that have long ended, reports of imports."""
    put_away = Intervenant.objects.filter(agence=agence, archived_at__isnull=False, calendar_digest__isnull=False)
    ended = BatchWork.objects.filter(agence=agence, finished_at__lt=now - WORKS).exclude(shared={})
    told = Import.objects.filter(agence=agence, at__lt=now - forgetting.KEPT).exclude(report={})
    emptied = (put_away.update(calendar_digest=None, calendar_since=None), ended.update(shared={}))
    return sum(emptied) + told.update(report={})


def of_all(now: datetime) -> int:
    """Remove the sessions that have ended, with what was known of their devices, and accounts that nobody has.

    Returns how many rows and accounts.
    """
    ended = Session.objects.filter(expire_date__lt=now)
    devices = UserSession.objects.filter(session_key__in=ended.values("session_key"))
    runs = JobRun.objects.filter(agence=None, started_at__lt=now - RUNS)
    return sum(rows.delete()[0] for rows in (devices, ended, runs)) + _accounts(now)


def _accounts(now: datetime) -> int:
    """Empty accounts of addresses that no fiche has any more, a year after they were last used; some a day."""
    old = User.objects.filter(is_active=True, is_staff=False, date_joined__lt=now - ACCOUNTS)
    idle = old.filter(Q(last_login=None) | Q(last_login__lt=now - ACCOUNTS)).alias(used=_USED).filter(used=False)
    return sum(accounts.release(user_id) for user_id in idle.order_by("pk").values_list("pk", flat=True)[:AT_MOST])
