"""Handing a mail to the mail service, and what its refusals mean."""

from __future__ import annotations

import contextlib
import smtplib
from email.utils import formataddr, parseaddr

import structlog
from django.conf import settings
from django.core.mail import EmailMultiAlternatives, mailers
from django.core.mail.backends.base import BaseEmailBackend
from django.utils.translation import gettext as _

from interventions import links
from interventions.mails import letterhead
from interventions.mails.letterhead import Letterhead
from interventions.mails.pages import rhythm_url
from interventions.models import Mail, MailKind

log = structlog.get_logger(__name__)

PERMANENT = 500
HEADERS = {"Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "All"}


class NotTaken(Exception):
    """The service did not take a mail; its text is French and fit for the screen.

    `lasting`: trying again would not help. `perhaps_read`: it may have been taken all the same (the line broke while
    it was being handed over).
    """

    def __init__(self, words: str, *, lasting: bool = False, perhaps_read: bool = False) -> None:
        super().__init__(words)
        self.lasting = lasting
        self.perhaps_read = perhaps_read


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
        message = _message(mail)
        try:
            taken = self._backend.send_messages([message])
        except Exception as error:
            self.close()
            log.warning("mail_not_taken", mail=mail.pk, error=repr(error))
            raise _refusal(error) from error
        if not taken:
            raise NotTaken(_("Le serveur d’envoi n’a pas pris ce mail."))
        status = getattr(message, "anymail_status", None)
        mail.provider_id = str(getattr(status, "message_id", "") or "")[:200]

    def close(self) -> None:
        """Let go of the connection, whatever state it is in."""
        with contextlib.suppress(Exception):
            self._backend.close()


def _message(mail: Mail) -> EmailMultiAlternatives:
    head = letterhead.of(mail.agence)
    answers_to = [head.reply_to] if head.reply_to else None
    headers = HEADERS | {"Message-ID": mail.message_id} | _thread(mail) | _choice(mail)
    text = links.personal(mail.text, mail)
    message = EmailMultiAlternatives(
        mail.subject, text, _sender(head), [mail.to], reply_to=answers_to, headers=headers
    )
    # Services that tell what became of a mail give this back; plain SMTP leaves it out.
    message.metadata = {"mail": str(mail.public_id)}  # type: ignore[attr-defined]
    if mail.html:
        message.attach_alternative(links.personal(mail.html, mail), "text/html")
        logo = letterhead.logo_part(mail.html, mail.agence_id)
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


def _refusal(error: Exception) -> NotTaken:
    """Say in words what an error of the service means."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        code, answer = next(iter(error.recipients.values()))
        words = _("Adresse refusée par le serveur : %(answer)s") % {"answer": _decoded(answer)}
        return NotTaken(words, lasting=code >= PERMANENT)
    if isinstance(error, smtplib.SMTPResponseException):
        words = _("Refusé par le serveur : %(answer)s") % {"answer": _decoded(error.smtp_error)}
        return NotTaken(words, lasting=isinstance(error, smtplib.SMTPDataError) and error.smtp_code >= PERMANENT)
    broken = isinstance(error, smtplib.SMTPServerDisconnected | OSError)
    words = _("La liaison avec le serveur d’envoi s’est rompue.") if broken else _("Le serveur d’envoi a refusé.")
    return NotTaken(words, perhaps_read=broken)


def _decoded(answer: bytes | str) -> str:
    return answer.decode("utf-8", "replace") if isinstance(answer, bytes) else answer
