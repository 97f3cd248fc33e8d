"""What sign-in does our way: nobody signs up, and its mails go through the outbox like all others."""

from typing import Any

from allauth.account import app_settings
from allauth.account.adapter import DefaultAccountAdapter
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.http import HttpRequest
from django.shortcuts import resolve_url
from django.utils.translation import gettext_lazy as _

from interventions import clock, notifications, tasks
from interventions.models import Agence, User
from interventions.tenancy import set_agence
from portals.web.actors import actors_of

SECONDS_PER_MINUTE = 60


class AccountAdapter(DefaultAccountAdapter):
    """The hooks that allauth asks (ACCOUNT_ADAPTER)."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "email_password_mismatch": _("Cette adresse et ce mot de passe ne vont pas ensemble."),
        "incorrect_code": _("Ce n’est pas le bon code. Vérifiez qu’il s’agit du dernier reçu."),
        "too_many_login_attempts": _("Trop d’essais. Attendez quelques minutes, puis recommencez."),
        "rate_limited": _("Trop de demandes. Attendez quelques minutes, puis recommencez."),
        "enter_current_password": _("Ce n’est pas votre mot de passe actuel."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Refuse: an account comes into being with the address that an agency enters or imports."""
        return False

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Write the mail into the outbox of the person's first agency; send nothing from here.

        An unknown address and a person without a role get none, and the page does not say so.
        """
        user = User.objects.filter(email=email.strip().lower(), is_active=True).first()
        agence = _first_agence(user) if user else None
        if user is None or agence is None:
            return
        minutes = app_settings.LOGIN_BY_CODE_TIMEOUT // SECONDS_PER_MINUTE
        message = self.render_mail(template_prefix, email, {**context, "agence": agence, "minutes": minutes})
        _write(user, agence, message)

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        """Go back to the account."""
        return resolve_url("account_menu")


def _first_agence(user: User) -> Agence | None:
    actors = actors_of(user, clock.now())
    return actors[0].agence if actors else None


def _write(user: User, agence: Agence, message: EmailMultiAlternatives) -> None:
    html = next((str(content) for content, kind in message.alternatives if kind == "text/html"), "")
    with transaction.atomic():
        set_agence(agence.pk)
        notifications.queue_sign_in(user, agence, message.subject, message.body, html, clock.now())
        tasks.nudge()
