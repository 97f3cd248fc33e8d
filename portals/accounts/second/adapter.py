"""What second factors do our way: secrets sealed, names and errors in French."""

from __future__ import annotations

from typing import Any

from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portals.accounts.second import sealed


class SecondFactorAdapter(DefaultMFAAdapter):
    """The hooks that allauth.mfa asks (MFA_ADAPTER)."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": gettext_lazy("Ce n’est pas le bon code, ou il a déjà servi. Attendez le suivant."),
        "incorrect_key": gettext_lazy("La clé d’accès n’a pas pu être lue. Recommencez."),
        "cannot_generate_recovery_codes": gettext_lazy(
            "Les codes de secours viennent avec un deuxième facteur : ajoutez-en un d’abord."
        ),
    }

    def encrypt(self, text: str) -> str:
        """Seal a secret before it is stored."""
        return sealed.seal(text)

    def decrypt(self, encrypted_text: str) -> str:
        """Open a stored secret."""
        return sealed.opened(encrypted_text)

    def generate_authenticator_name(self, user: Any, type: Authenticator.Type) -> str:
        """Name a passkey that its owner has not named."""
        return _("Clé d’accès %(n)d") % {"n": Authenticator.objects.filter(user=user, type=type).count() + 1}
