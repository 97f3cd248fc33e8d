"""One mail of several: what is due for somebody joins the first that leaves, and what is about to be waits for it."""

from __future__ import annotations

import zlib
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import connection
from django.db.models import Exists, Max, OuterRef, QuerySet

from interventions.models import Fate, Mail, MailKind, MailLine


def alone(mail: Mail) -> bool:
    """Whether no other worker is about to write to the same person; if so, none will before this transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_try_advisory_xact_lock(%s, %s)",
            [zlib.crc32(f"reader at {mail.agence_id}".encode()) - 2**31, mail.user_id % 2**31],
        )
        return bool(cursor.fetchone()[0])


def waits_until(mail: Mail, now: datetime) -> datetime | None:
    """Return when the other mails of the same presses are due too, or None if nothing is to be waited for.

    Who presses twice in one undo window writes once: the first mail waits for the second, by that window at the most.
    """
    window = timedelta(minutes=mail.agence.undo_minutes)
    if mail.attempts or mail.batch_id is None:
        return None
    others = Mail.objects.filter(
        agence_id=mail.agence_id,
        user_id=mail.user_id,
        kind=MailKind.VISITS,
        fate=Fate.QUEUED,
        at_once=False,
        attempts=0,
        due_at__gt=now,
        due_at__lte=mail.created_at + 2 * window,
    )
    latest: datetime | None = others.aggregate(latest=Max("due_at"))["latest"]
    return latest


def gather(mail: Mail, due: QuerySet[Mail]) -> None:
    """Take the lines of every other due mail of the same person into `mail`, which is locked and about to be written.

    Of two lines about one visit in one role the later stays. A mail that may have been read before, after a broken
    handing over, neither takes nor gives: its reader's program knows it by its Message-ID.
    """
    if mail.lines.filter(told=True).exists():
        return
    perhaps_read = MailLine.objects.filter(mail=OuterRef("pk"), told=True)
    same_reader = due.filter(~Exists(perhaps_read), user_id=mail.user_id, kind=MailKind.VISITS, at_once=False).exclude(
        pk=mail.pk
    )
    others = [one.pk for one in same_reader.order_by("pk").select_for_update(of=("self",))]
    if not others:
        return
    lines = MailLine.objects.filter(mail__in=[mail.pk, *others])
    kept = _latest(lines)
    lines.exclude(pk__in=kept).delete()
    lines.exclude(mail=mail).update(mail=mail)
    Mail.objects.filter(pk__in=others).update(fate=Fate.MERGED, error="", lease_until=None)


def _latest(lines: Iterable[MailLine]) -> list[int]:
    found: dict[tuple[int, str], MailLine] = {}
    for line in sorted(lines, key=lambda one: (one.step, one.entry_id, one.pk)):
        found[line.intervention_id, line.role] = line
    return [line.pk for line in found.values()]
