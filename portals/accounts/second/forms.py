"""The forms of second factors, where allauth's own would take a code twice, or break on what no device sends."""

from __future__ import annotations

import struct
from collections.abc import Callable
from typing import Any

from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.internal.flows.add import validate_can_add_authenticator
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.webauthn.forms import (
    AddWebAuthnForm,
    AuthenticateWebAuthnForm,
    EditWebAuthnForm,
    ReauthenticateWebAuthnForm,
)
from django import forms
from django.utils.translation import gettext_lazy

from portals.accounts.second import codes

NAME_LENGTH = 60
NO_CODE = {"required": gettext_lazy("Entrez le code.")}


class _OneCode:
    """A code that serves once."""

    def clean_code(self: Any) -> str:
        """Count the try, then take the code."""
        forget = codes.counted(self.user)
        self.authenticator = codes.take(self.user, self.cleaned_data["code"])
        if self.authenticator is None:
            raise get_adapter().validation_error("incorrect_code")
        forget()
        return str(self.cleaned_data["code"])


class Authenticate(_OneCode, AuthenticateForm):
    """The code at sign-in."""

    code = forms.CharField(max_length=40, error_messages=NO_CODE)


class Reauthenticate(_OneCode, ReauthenticateForm):
    """The code asked for once more."""

    code = forms.CharField(max_length=40, error_messages=NO_CODE)


class ActivateApplication(ActivateTOTPForm):
    """The first code of an application; `counter` is its moment, so that it serves for nothing else."""

    code = forms.CharField(max_length=40, error_messages=NO_CODE)
    counter = 0

    def clean_code(self) -> str:
        """Count the try, then compare with the secret that the page showed."""
        validate_can_add_authenticator(self.user)
        forget = codes.counted(self.user)
        counter = codes.counter_of(self.secret, self.cleaned_data["code"])
        if counter is None:
            raise get_adapter().validation_error("incorrect_code")
        self.counter = counter
        forget()
        return str(self.cleaned_data["code"])


def _refused[R](read: Callable[[], R]) -> R:
    """Refuse in words what no device sends: the reader of credentials raises whatever it stumbles on."""
    try:
        return read()
    except (ValueError, TypeError, KeyError, AttributeError, IndexError, struct.error) as error:
        raise get_adapter().validation_error("incorrect_key") from error


class AddKey(AddWebAuthnForm):
    """A passkey, and what its owner calls it."""

    name = forms.CharField(label=gettext_lazy("Nom de la clé"), max_length=NAME_LENGTH, required=False)

    def clean(self) -> dict[str, Any]:
        """Check what the device answered."""
        return _refused(super().clean)


class _Key:
    """A passkey that answers."""

    def clean_credential(self: Any) -> Any:
        """Check what the device answered."""
        return _refused(super().clean_credential)  # type: ignore[misc]


class AuthenticateKey(_Key, AuthenticateWebAuthnForm):
    """The passkey at sign-in."""


class ReauthenticateKey(_Key, ReauthenticateWebAuthnForm):
    """The passkey asked for once more."""


class RenameKey(EditWebAuthnForm):
    """Another name for a passkey."""

    name = forms.CharField(
        label=gettext_lazy("Nom de la clé"),
        max_length=NAME_LENGTH,
        error_messages={"required": gettext_lazy("Donnez un nom à cette clé.")},
    )
