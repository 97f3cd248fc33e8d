"""What an agency may keep no longer goes by itself, kind by kind and part by part (docs/rgpd.md has the table).

Each part is a transaction of its own and a constant number of statements; what has gone is not found again, so that a
worker that is killed, or a second scheduler, only leaves the rest to the next.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import TruncMonth

from interventions.actor import system
from interventions.erasure import words
from interventions.erasure.anonymise import StillRunning, anonymise
from interventions.erasure.erasing import erasing
from interventions.models import (
    Agence,
    Client,
    Deliberation,
    Fate,
    Gestionnaire,
    Intervenant,
    Intervention,
    JournalText,
    Mail,
    Period,
    Proche,
)
from interventions.states import Status

# Rows that go in one transaction, and people, each of whom takes some fifty statements.
AT_MOST, PEOPLE = 1000, 20
UNSETTLED = (Fate.QUEUED, Fate.SENDING)
DECIDED = (Status.VALIDATED, Status.CANCELLED)


def part(agence: Agence, now: datetime) -> int:
    """Let one part of what is past its time go, and return how much; 0 once nothing is left. Within a transaction."""
    with erasing():
        return next((done for kind in KINDS if (done := kind(agence, now))), 0)


def mail_texts(agence: Agence, now: datetime) -> int:
    """Erase what old mails said; that they left, when, to whom and their fate stays."""
    old = Mail.objects.filter(agence=agence, created_at__lt=_ago(agence.mail_years, now)).exclude(fate__in=UNSETTLED)
    return words.of_mails(_some(old.exclude(subject=words.erased()).order_by("created_at", "pk")), [])


def texts(agence: Agence, now: datetime) -> int:
    """Erase what was written with acts on visits of long ago that are decided."""
    old = JournalText.objects.filter(agence=agence, entry__intervention__in=_past(agence, now)).exclude(salt=b"")
    return words.of_texts(_some(old.order_by("pk")))


def beside(agence: Agence, now: datetime) -> int:
    """Erase the comment and the order that stand on such visits themselves."""
    written = _past(agence, now).exclude(comment="", ordre_de_mission="")
    return _some(written.order_by("day", "pk")).update(comment="", ordre_de_mission="")


def grounds(agence: Agence, now: datetime) -> int:
    """Erase the grounds of délibérations on such visits; what was decided stays."""
    old = Deliberation.objects.filter(agence=agence, intervention__in=_past(agence, now)).exclude(grounds="")
    return _some(old.order_by("pk")).update(grounds="")


def people(agence: Agence, now: datetime) -> int:
    """Anonymise people who left long ago and of whom nothing runs; who still has something is passed over."""
    done, actor = 0, system(agence)
    for found in _left(agence, now):
        for row in found.order_by("pk"):
            try:
                with transaction.atomic():
                    done += anonymise(row, actor, now)
            except StillRunning:
                continue
            if done >= PEOPLE:
                return done
    return done


KINDS: tuple[Callable[[Agence, datetime], int], ...] = (mail_texts, texts, beside, grounds, people)


def _left(agence: Agence, now: datetime) -> list[Any]:
    since = _ago(agence.left_years, now)
    own = {"agence": agence, "anonymised_at": None}
    lately = Intervention.objects.filter(agence=agence, day__gte=since.date())
    return [
        Client.objects.filter(**own, archived_at__lt=since).exclude(pk__in=lately.values("client")),
        Intervenant.objects.filter(**own, archived_at__lt=since).exclude(
            pk__in=lately.filter(intervenant__isnull=False).values("intervenant")
        ),
        Gestionnaire.objects.filter(**own, ended_at__lt=since),
        Proche.objects.filter(Q(ended_at__lt=since) | Q(ended_at=None, ends_on__lt=since.date()), **own),
    ]


def _past(agence: Agence, now: datetime) -> Any:
    """Return the decided visits of closed months whose words have had their time."""
    until: date = _ago(agence.words_years, now).date()
    visits = Intervention.objects.filter(agence=agence, day__lt=until, status__in=DECIDED)
    closed = Period.objects.filter(agence=agence, closed_at__isnull=False, month=OuterRef("month"))
    return visits.alias(month=TruncMonth("day")).filter(Exists(closed))


def _some(rows: Any) -> Any:
    """Return the first of these rows by their keys alone, as many as one part takes."""
    keys = list(rows.values_list("pk", flat=True)[:AT_MOST])
    return rows.model.objects.filter(pk__in=keys)


def _ago(years: int, now: datetime) -> datetime:
    """Return the same instant so many years ago; the last of February for its 29th."""
    try:
        return now.replace(year=now.year - years)
    except ValueError:
        return now.replace(year=now.year - years, day=28)
