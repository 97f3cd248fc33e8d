"""The link of a mail, which needs no password: made when the mail leaves, read back from its signed token.

The token is the link's public id with a signature of this installation. It stands in the mail as handed over and in
no table: what is stored says PLACE where the reader finds it.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from uuid import UUID

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.db import transaction
from django.db.models import F, Q

from interventions import across, notifications
from interventions.models import Agence, Mail, MailLink
from interventions.tenancy import within

PLACE = "votre-lien-personnel"
PATH = "/lien/"
# How often a new link may be asked for in the place of one that no longer serves.
BETWEEN = timedelta(minutes=5)
A_DAY = 3

_signer = Signer(salt="interventions.links", sep=".")


def address() -> str:
    """Return the address that a mail's text holds until it is handed over."""
    return f"{settings.BASE_URL}{PATH}{PLACE}/"


def last_day(agence: Agence, now: datetime) -> date:
    """Return the last day, included, on which a link that leaves at `now` serves."""
    return now.astimezone(agence.zone).date() + timedelta(days=agence.link_days)


def _expiry(agence: Agence, now: datetime) -> datetime:
    return datetime.combine(last_day(agence, now) + timedelta(days=1), time.min, agence.zone)


def open_for(mail: Mail, now: datetime) -> MailLink:
    """Return the link of a mail that leaves at `now`, valid for the agency's days from then."""
    expires_at = _expiry(mail.agence, now)
    link, made = MailLink.objects.get_or_create(
        mail=mail, defaults={"agence_id": mail.agence_id, "created_at": now, "expires_at": expires_at}
    )
    if not made:
        link.expires_at = expires_at
        link.save(update_fields=["expires_at"])
    return link


def personal(text: str, mail: Mail) -> str:
    """Return a mail's text as its reader gets it, with the token in its place."""
    link = getattr(mail, "link", None)
    return text.replace(PLACE, token(link)) if link else text


def token(link: MailLink) -> str:
    """Return the secret that opens a link."""
    return _signer.sign(base64.urlsafe_b64encode(link.public_id.bytes).rstrip(b"=").decode())


def find(secret: str) -> MailLink | None:
    """Return the link that a token opens, with its mail, agency and reader; None for one that we did not sign."""
    try:
        key = UUID(bytes=base64.urlsafe_b64decode(_signer.unsign(secret) + "=="))
    except (BadSignature, binascii.Error, ValueError):
        return None
    agence_id = across.agence_of_link(key)
    if agence_id is None:
        return None
    with within(agence_id):
        return MailLink.objects.select_related("agence", "mail__user").filter(public_id=key).first()


def renew(link: MailLink, at: datetime) -> bool:
    """Write a mail with a new link in the place of `link`, to the same person; return whether one was written.

    All links of that row end at once. Nothing is written where nothing of the mail waits any more, nor for who asks
    again too soon or too often.
    """
    with transaction.atomic():
        first = MailLink.objects.select_for_update().get(pk=link.renews_id or link.pk)
        asked = MailLink.objects.filter(renews=first)
        if asked.filter(created_at__gt=at - BETWEEN).exists():
            return False
        if asked.filter(created_at__gt=at - timedelta(days=1)).count() >= A_DAY:
            return False
        lines = link.mail.lines.filter(told=True, step=F("intervention__step"))
        again = notifications.queue_again(link.mail, lines, at)
        if again is None:
            return False
        MailLink.objects.filter(Q(pk=first.pk) | Q(renews=first), ended_at=None).update(ended_at=at)
        MailLink.objects.create(
            agence_id=link.agence_id, mail=again, renews=first, created_at=at, expires_at=_expiry(link.agence, at)
        )
    return True


def end(user_ids: Iterable[int], client_id: int, at: datetime) -> int:
    """End the links by which these users could act for a client; for whoever ends a mandate or a role."""
    concerned = MailLink.objects.filter(
        mail__user__in=user_ids, mail__lines__intervention__client_id=client_id, ended_at=None
    )
    return MailLink.objects.filter(pk__in=concerned.values("pk")).update(ended_at=at)
