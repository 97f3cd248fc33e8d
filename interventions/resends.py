"""Mails that came back, written once more to the address that their reader has today."""

from __future__ import annotations

from datetime import datetime

from django.db.models import F

from interventions.models import Mail, MailKind
from interventions.notifications import message_id

# A code is asked for anew, a trial made anew.
TEXTS_KEPT = frozenset({MailKind.MANDATE, MailKind.ACCESS})
RESENT = TEXTS_KEPT | {MailKind.VISITS, MailKind.INVITATION}


def resend(mail: Mail, at: datetime) -> Mail | None:
    """Write a mail that came back once more, to the reader's present address, due now; in a transaction.

    Of visits only what they still have to hear goes along, None where nothing does; any other says what it said. A
    second call returns the same mail. Raises ValueError for what holds a secret.
    """
    locked = Mail.objects.select_for_update(of=("self",)).select_related("user").get(pk=mail.pk)
    if locked.kind not in RESENT:
        raise ValueError(locked.kind)
    known = Mail.objects.filter(resends=locked).first()
    lines = locked.lines.filter(step=F("intervention__step"))
    if known or (locked.kind == MailKind.VISITS and not lines.exists()):
        return known
    said = ("subject", "text", "html") if locked.kind in TEXTS_KEPT else ()
    again = Mail.objects.create(
        agence_id=locked.agence_id,
        kind=locked.kind,
        user_id=locked.user_id,
        to=locked.user.email,
        message_id=message_id(),
        created_at=at,
        due_at=at,
        at_once=True,
        resends=locked,
        **{name: getattr(locked, name) for name in said},
    )
    for line in lines:
        line.pk, line.mail, line.told = None, again, False
        line.save(force_insert=True)
    return again
