"""What mail services say became of a mail: delivered, come back, put off, called unwanted.

A service may say a thing twice, late, or in another order than it happened; nothing here depends on that. What it says
of a mail that we do not know, or of another address than the mail's, changes nothing.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import structlog
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from interventions import across, clock
from interventions.models import Fate, Mail, MailPreference
from interventions.tenancy import set_agence

log = structlog.get_logger(__name__)

LEFT = (Fate.SENDING, Fate.SENT, Fate.DELIVERED, Fate.BOUNCED)


def hear(sender: Any, event: Any, esp_name: str, **kwargs: Any) -> None:
    """Record what a service says of one mail."""
    with transaction.atomic():
        mail = _mail(event)
        if mail is None or mail.fate not in LEFT:
            log.info("mail_event_ignored", service=esp_name, kind=event.event_type)
            return
        record(mail, str(event.event_type), _when(mail, event.timestamp))


def record(mail: Mail, kind: str, at: datetime) -> None:
    """Write what became of a locked mail; a mail that came back stays so, whatever is said later of its delivery."""
    if kind == "delivered":
        mail.delivered_at = min(at, mail.delivered_at or at)
        if mail.fate == Fate.SENT:
            mail.fate, mail.error = Fate.DELIVERED, ""
        _forgive(mail)
    elif kind in _CAME_BACK:
        mail.bounced_at = min(at, mail.bounced_at or at)
        if mail.fate != Fate.SENDING:
            mail.fate = Fate.BOUNCED
        mail.error = str(_words(kind))
        _flag(mail)
    elif kind == "deferred" and mail.fate == Fate.SENT:
        mail.error = _("Le serveur du destinataire fait attendre ce mail.")
    else:
        return
    mail.save(update_fields=["fate", "error", "delivered_at", "bounced_at"])


_CAME_BACK = ("bounced", "rejected", "failed", "complained")


def _words(kind: str) -> str:
    if kind == "complained":
        return _("Le destinataire l’a signalé comme indésirable.")
    if kind == "bounced":
        return _("Le serveur du destinataire l’a renvoyé.")
    return _("Le service d’envoi ne l’a pas remis.")


def _mail(event: Any) -> Mail | None:
    """Return the mail that an event is about, locked, if it went to that address."""
    agence_id, found = _named(event)
    if agence_id is None:
        return None
    set_agence(agence_id)
    recipient = str(event.recipient or "").strip().lower()
    mail = found.select_for_update(of=("self",)).first()
    return mail if mail is not None and recipient in ("", mail.to.lower()) else None


def _named(event: Any) -> tuple[int | None, QuerySet[Mail]]:
    """Return the agency, and its mail by the name that we gave it, or else by the one that the service did."""
    given = str((event.metadata or {}).get("mail", ""))
    if given:
        try:
            return across.agence_of_mail(UUID(given)), Mail.objects.filter(public_id=UUID(given))
        except ValueError:
            return None, Mail.objects.none()
    name = str(event.message_id or "")
    return across.agence_of_provided_mail(name), Mail.objects.filter(provider_id=name)


def _when(mail: Mail, said: datetime | None) -> datetime:
    """Return when it happened: never in the future, nor before there was the mail."""
    now = clock.now()
    return min(max(said or now, mail.created_at), now)


def _flag(mail: Mail) -> None:
    MailPreference.objects.update_or_create(
        agence_id=mail.agence_id,
        user_id=mail.user_id,
        defaults={"refused_address": mail.to, "refused_at": mail.bounced_at},
    )


def _forgive(mail: Mail) -> None:
    """An address that takes a mail later is a good one again."""
    flagged = MailPreference.objects.filter(agence_id=mail.agence_id, user_id=mail.user_id, refused_address=mail.to)
    flagged.filter(refused_at__lt=mail.created_at).update(refused_address="", refused_at=None)
