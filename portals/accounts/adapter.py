"""What sign-in does our way: nobody signs up, and its mails go through the outbox like all others."""

from typing import Any

from allauth.account import app_settings
from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest
from django.shortcuts import resolve_url
from django.utils.translation import gettext_lazy

from interventions import clock, notifications, tasks
from interventions.mails import letterhead, sign_in
from interventions.models import Agence, MailStyle, User
from interventions.tenancy import within
from portals.accounts.second import letters
from portals.web import second_factor
from portals.web.actors import first_agence_of

SECONDS_PER_MINUTE = 60
CODE_MAIL = "account/email/login_code"


class AccountAdapter(DefaultAccountAdapter):
    """The hooks that allauth asks (ACCOUNT_ADAPTER)."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "email_password_mismatch": gettext_lazy("Cette adresse et ce mot de passe ne vont pas ensemble."),
        "incorrect_code": gettext_lazy("Ce n’est pas le bon code. Vérifiez qu’il s’agit du dernier reçu."),
        "too_many_login_attempts": gettext_lazy("Trop d’essais. Attendez quelques minutes, puis recommencez."),
        "rate_limited": gettext_lazy("Trop de demandes. Attendez quelques minutes, puis recommencez."),
        "enter_current_password": gettext_lazy("Ce n’est pas votre mot de passe actuel."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Refuse: an account comes into being with the address that an agency enters or imports."""
        return False

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Write the mail into the outbox of the person's first agency; send nothing from here.

        The one mail that sign-in has is that of a code; asking for any other is a fault of ours (LookupError).
        An unknown address and a person without a role get none, and the page does not say so.
        """
        if template_prefix != CODE_MAIL:
            raise LookupError(template_prefix)
        user = User.objects.filter(email=email.strip().lower(), is_active=True).first()
        agence = first_agence_of(user, clock.now()) if user else None
        if user is None or agence is None:
            write_nothing()
            return
        _write(user, agence, context["code"])

    def send_notification_mail(self, template_prefix: str, user: User, *args: Any, **kwargs: Any) -> None:
        """Tell by mail of a new password, of a second factor come or gone; any other is a fault of ours (KeyError)."""
        letters.tell(user, letters.TOLD[template_prefix])

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Ask anew before a change of second factors, unless the person has just signed in."""
        return super().is_reauthentication_required(app=app, **kwargs) and not second_factor.signed_in_since(
            self.request, app_settings.REAUTHENTICATION_TIMEOUT
        )

    def get_reauthentication_methods(self, user: Any) -> list[dict[str, Any]]:
        """Return how somebody says anew who they are: by their second factor if they have one, else by password."""
        methods = super().get_reauthentication_methods(user)
        return [one for one in methods if one["id"] != "reauthenticate"] or methods

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        """Go back to the account."""
        return resolve_url("account_menu")


def write_nothing() -> None:
    """Render a code's letter and drop it: an address that nobody has takes as long as one that somebody has."""
    nobody = letterhead.from_style(MailStyle(agence=Agence(name="-")))
    sign_in.letter("000000", nobody, app_settings.LOGIN_BY_CODE_TIMEOUT // SECONDS_PER_MINUTE)


def _write(user: User, agence: Agence, code: str) -> None:
    with within(agence.pk):
        letter = sign_in.letter(code, letterhead.of(agence), app_settings.LOGIN_BY_CODE_TIMEOUT // SECONDS_PER_MINUTE)
        notifications.queue_sign_in(user, agence, letter.subject, letter.text, letter.html, clock.now())
        tasks.nudge()
