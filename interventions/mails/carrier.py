"""Handing a mail to the mail service, and what its refusals mean."""

from __future__ import annotations

import contextlib
from email.utils import formataddr, parseaddr

import structlog
from django.conf import settings
from django.core.mail import EmailMultiAlternatives, mailers
from django.core.mail.backends.base import BaseEmailBackend
from django.utils.translation import gettext as _

from interventions import links
from interventions.mails import letterhead, refusals
from interventions.mails.letterhead import Letterhead
from interventions.mails.pages import rhythm_url
from interventions.mails.refusals import NotTaken
from interventions.models import Mail, MailKind
from interventions.tenancy import within

log = structlog.get_logger(__name__)

HEADERS = {"Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "All"}


# Services that cannot carry a picture within a mail, by the name that anymail gives them: the agency's name stands
# where its logo would.
WITHOUT_PICTURES = ("Brevo", "Scaleway")
# Postmark would put a Message-ID of its own in place of ours.
KEEPS_OUR_ID = {"X-PM-KeepID": "true"}


class Carrier:
    """One connection to a mail service, opened when the first mail leaves and again after a failure.

    `name` is the service's in the settings; `backend` is another than it names.
    """

    def __init__(self, backend: BaseEmailBackend | None = None, name: str = "default") -> None:
        self.name = name
        self._backend = backend or mailers[name]

    def open(self) -> None:
        """Connect, if not connected. Raises NotTaken where nobody answers: then nothing has left."""
        try:
            self._backend.open()
        except Exception as error:
            log.warning("mail_service_unreachable", error=repr(error))
            raise NotTaken(_("Le serveur d’envoi ne répond pas.")) from error

    def hand_over(self, mail: Mail) -> None:
        """Give one mail to the service, under the Message-ID that it keeps. Returns only if the service took it."""
        with within(mail.agence_id):
            message = _message(mail, getattr(self._backend, "esp_name", ""))
        try:
            taken = self._backend.send_messages([message])
        except Exception as error:
            self.close()
            log.warning("mail_not_taken", mail=mail.pk, error=repr(error))
            raise refusals.meaning(error) from error
        if not taken:
            raise NotTaken(_("Le serveur d’envoi n’a pas pris ce mail."))
        status = getattr(message, "anymail_status", None)
        if status is not None:
            refusals.check(status)
        mail.provider_id = str(getattr(status, "message_id", "") or "")[:200]

    def close(self) -> None:
        """Let go of the connection, whatever state it is in."""
        with contextlib.suppress(Exception):
            self._backend.close()


def _message(mail: Mail, service: str) -> EmailMultiAlternatives:
    head = letterhead.of(mail.agence)
    answers_to = [head.reply_to] if head.reply_to else None
    headers = HEADERS | {"Message-ID": mail.message_id} | _thread(mail) | _choice(mail)
    headers |= KEEPS_OUR_ID if service == "Postmark" else {}
    text = links.personal(mail.text, mail)
    message = EmailMultiAlternatives(
        mail.subject, text, _sender(head), [mail.to], reply_to=answers_to, headers=headers
    )
    # Services that tell what became of a mail give this back; plain SMTP leaves it out.
    message.metadata = {"mail": str(mail.public_id)}  # type: ignore[attr-defined]
    if mail.html:
        carries = service not in WITHOUT_PICTURES
        html = mail.html if carries else letterhead.without_logo(mail.html)
        message.attach_alternative(links.personal(html, mail), "text/html")
        logo = letterhead.logo_part(html, mail.agence_id)
        if logo is not None:
            message.attach(logo)
    return message


def _sender(head: Letterhead) -> str:
    """Return the agency's name with the address of the installation: a service lets only that one through."""
    return formataddr((head.sender, parseaddr(settings.DEFAULT_FROM_EMAIL)[1]))


def _thread(mail: Mail) -> dict[str, str]:
    return {"In-Reply-To": mail.in_reply_to, "References": mail.in_reply_to} if mail.in_reply_to else {}


def _choice(mail: Mail) -> dict[str, str]:
    """Say where the reader chooses when these mails come; a sign-in mail was asked for."""
    if mail.kind == MailKind.SIGN_IN:
        return {}
    roles = set(mail.lines.filter(told=True).values_list("role", flat=True))
    return {"List-Unsubscribe": f"<{rhythm_url(roles)}>"} if roles else {}
