"""What a mail service's refusals mean, in words fit for the screen: an answer over SMTP or of a provider's API."""

from __future__ import annotations

import smtplib
from http import HTTPStatus
from typing import Any

from anymail.exceptions import AnymailAPIError, AnymailRecipientsRefused
from anymail.message import AnymailStatus
from django.utils.translation import gettext as _

PERMANENT = 500
KEYS = (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN)
# Where providers put their reason: Brevo and Scaleway, Postmark, Mailjet.
SAID = ("message", "Message", "ErrorMessage")
# What a provider says of an addressee when it took the mail; "unknown" only counts with the name that it gave to it.
TAKEN = {"sent", "queued", "unknown"}


class NotTaken(Exception):
    """The service did not take a mail; its text is French and fit for the screen.

    `lasting`: trying again would not help. `perhaps_read`: it may have been taken all the same (the line broke while
    it was being handed over).
    """

    def __init__(self, words: str, *, lasting: bool = False, perhaps_read: bool = False) -> None:
        super().__init__(words)
        self.lasting = lasting
        self.perhaps_read = perhaps_read


def meaning(error: Exception) -> NotTaken:
    """Say what an error of a mail service means; one that is nobody's fault we know may be tried again."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        code, answer = next(iter(error.recipients.values()))
        words = _("Adresse refusée par le serveur : %(answer)s") % {"answer": _decoded(answer)}
        return NotTaken(words, lasting=code >= PERMANENT)
    if isinstance(error, smtplib.SMTPResponseException):
        words = _("Refusé par le serveur : %(answer)s") % {"answer": _decoded(error.smtp_error)}
        return NotTaken(words, lasting=isinstance(error, smtplib.SMTPDataError) and error.smtp_code >= PERMANENT)
    if isinstance(error, AnymailRecipientsRefused):
        return NotTaken(_("Le service d’envoi refuse cette adresse."), lasting=True)
    if isinstance(error, AnymailAPIError) and _status(error):
        return _answered(error, _status(error))
    # Without an answer, the mail may have been read before the line broke.
    broken = isinstance(error, smtplib.SMTPServerDisconnected | OSError | AnymailAPIError)
    words = _("La liaison avec le serveur d’envoi s’est rompue.") if broken else _("Le serveur d’envoi a refusé.")
    return NotTaken(words, perhaps_read=broken)


def check(status: AnymailStatus) -> None:
    """Raise NotTaken where an answer that sounds well says that the mail was not taken: Mailjet's do."""
    if not status.message_id or not status.status <= TAKEN:
        raise _refused(status.esp_response, HTTPStatus.BAD_REQUEST)


def _answered(error: AnymailAPIError, status: int) -> NotTaken:
    if status in KEYS:
        return NotTaken(_("Le service d’envoi n’accepte pas les clés de cette installation."))
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        return NotTaken(_("Le service d’envoi demande d’attendre."))
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return NotTaken(_("Le service d’envoi est en panne."), perhaps_read=True)
    return _refused(error.response, status)


def _refused(response: Any, status: int) -> NotTaken:
    """A sender not yet confirmed is refused like a wrong address: what a person mends meanwhile leaves after all."""
    return NotTaken(_("Refusé par le service d’envoi : %(answer)s") % {"answer": _reason(response) or str(status)})


def _status(error: AnymailAPIError) -> int:
    """Return the HTTP status of the answer; 0 where there was none. Amazon's library answers with a dict."""
    if isinstance(error.response, dict):
        return int(error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))
    return int(error.status_code or 0)


def _reason(response: Any) -> str:
    """Return what the service says in its own words, first line only; nothing if that cannot be found."""
    if isinstance(response, dict):
        said: Any = response.get("Error", {})
    else:
        try:
            said = response.json()
        except ValueError:
            return ""
    while isinstance(said, dict) and (inner := said.get("Messages") or said.get("Errors")):
        said = inner[0]
    words = next((said[name] for name in SAID if said.get(name)), "") if isinstance(said, dict) else ""
    return str(words).partition("\n")[0][:200]


def _decoded(answer: bytes | str) -> str:
    return answer.decode("utf-8", "replace") if isinstance(answer, bytes) else answer
