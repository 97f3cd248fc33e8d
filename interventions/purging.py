"""What has served its time and goes: nothing that says what happened to a visit."""

from __future__ import annotations

from datetime import datetime, timedelta

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db.models import Exists, OuterRef

from interventions import orphans
from interventions.imports import forgetting
from interventions.models import Access, Agence, Fate, JobRun, Mail, MailKind, MailLink

SIGN_IN_MAILS = timedelta(days=30)
LINKS = timedelta(days=90)
RUNS = timedelta(days=400)
ACCESSES = timedelta(days=365)


def of_agence(agence: Agence, now: datetime) -> int:
    """Remove an agency's old sign-in and trial mails, links, runs, looks, imports' files, files without a row."""
    settled = (Fate.SENT, Fate.DELIVERED, Fate.BOUNCED, Fate.FAILED, Fate.DROPPED)
    passing = (MailKind.SIGN_IN, MailKind.TRIAL)
    sign_in = Mail.objects.filter(agence=agence, kind__in=passing, fate__in=settled)
    renewed = MailLink.objects.filter(renews=OuterRef("pk"))
    links = MailLink.objects.filter(~Exists(renewed), agence=agence, expires_at__lt=now - LINKS)
    runs = JobRun.objects.filter(agence=agence, started_at__lt=now - RUNS)
    looks = Access.objects.filter(agence=agence, at__lt=now - ACCESSES)
    gone = (sign_in.filter(created_at__lt=now - SIGN_IN_MAILS), links, runs, looks)
    return sum(rows.delete()[0] for rows in gone) + orphans.sweep(agence, now) + forgetting.forget(agence, now)


def of_all(now: datetime) -> int:
    """Remove the sessions that have ended, with what was known of their devices; return how many rows."""
    ended = Session.objects.filter(expire_date__lt=now)
    devices = UserSession.objects.filter(session_key__in=ended.values("session_key"))
    runs = JobRun.objects.filter(agence=None, started_at__lt=now - RUNS)
    return sum(rows.delete()[0] for rows in (devices, ended, runs))
