"""One mail of several: what is due for somebody who wants it at once joins the first that leaves."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Exists, OuterRef, QuerySet

from interventions.models import Fate, Mail, MailKind, MailLine


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
    others = [one.pk for one in same_reader.select_for_update(of=("self",), skip_locked=True)]
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
