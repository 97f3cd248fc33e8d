"""The mail that tells somebody of a new password, of a second factor come or gone: it was perhaps not them."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from interventions import clock, notifications, tasks
from interventions.mails import letterhead, security
from interventions.models import User
from interventions.tenancy import within
from portals.web.actors import first_agence_of

# What is told of what allauth tells by a mail of this name.
TOLD: Mapping[str, Promise] = {
    "account/email/password_changed": gettext_lazy("Le mot de passe de votre compte a été changé."),
    "account/email/password_set": gettext_lazy("Un mot de passe a été choisi pour votre compte."),
    "mfa/email/totp_activated": gettext_lazy("Une application d’authentification a été ajoutée à votre compte."),
    "mfa/email/totp_deactivated": gettext_lazy("L’application d’authentification a été retirée de votre compte."),
    "mfa/email/webauthn_added": gettext_lazy("Une clé d’accès a été ajoutée à votre compte."),
    "mfa/email/webauthn_removed": gettext_lazy("Une clé d’accès a été retirée de votre compte."),
    "mfa/email/recovery_codes_generated": gettext_lazy("De nouveaux codes de secours remplacent les anciens."),
}


def tell(user: User, said: str | Promise, further: str = "") -> None:
    """Write the mail on the paper of the person's first agency; an operator without any has none to be told by."""
    now = clock.now()
    agence = first_agence_of(user, now)
    if agence is None:
        return
    with within(agence.pk):
        told = security.letter(said, letterhead.of(agence), further)
        notifications.queue_security(user, agence, told.subject, told.text, told.html, now)
        tasks.nudge()
