"""Second factors of people in tests: an application whose codes one knows, codes of recovery, a passkey."""

from __future__ import annotations

import time
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import format_hotp_value, generate_totp_secret, hotp_value
from allauth.mfa.utils import encrypt
from django.test import Client as Browser

from interventions.models import User

PASSWORD = "un-mot-de-passe-sûr"
LOGIN_URL, STEP_URL = "/compte/connexion/", "/compte/connexion/deuxieme-facteur/"
PERIOD = 30
# What a device answered when a passkey was made for «testserver».
KEY_ID = "Y29udHJlc2VpbmctdGVzdA"
MADE = {
    "attestationObject": (
        "o2NmbXRkbm9uZWdhdHRTdG10oGhhdXRoRGF0YViU69q3JHqY58lN6TBm0kw4r9mgyimONoS0ersRMfzJ8gBFAAAAAAAAAAAAAAAAAAAA"
        "AAAAAAAAEGNvbnRyZXNlaW5nLXRlc3SlAQIDJiABIVggjlM7b6C_e0YluzBmfAH7YH75-LioD-9bMAYocDGHsqMiWCBz6x294DMYNm0G"
        "n4Om9ZAAU8c2M8sEGyHFXhqGwfQAtA"
    ),
    "clientDataJSON": (
        "eyJ0eXBlIjoid2ViYXV0aG4uY3JlYXRlIiwiY2hhbGxlbmdlIjoiZUhoNGVIaDRlSGg0ZUhoNGVIaDRlQSIsIm9yaWdpbiI6Imh0dHA6"
        "Ly90ZXN0c2VydmVyIiwiY3Jvc3NPcmlnaW4iOmZhbHNlfQ"
    ),
}
CREDENTIAL: dict[str, Any] = {
    "id": KEY_ID,
    "rawId": KEY_ID,
    "type": "public-key",
    "response": MADE,
    "clientExtensionResults": {},
}


def with_password(user: User | None) -> User:
    """Give somebody the password of these tests."""
    assert user is not None
    user.set_password(PASSWORD)
    user.save()
    return user


def an_application(user: User) -> str:
    """Add an application to an account, and return its secret."""
    secret = generate_totp_secret()
    Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data={"secret": encrypt(secret)})
    return secret


def a_key(user: User, name: str = "Mon téléphone") -> Authenticator:
    """Add a passkey that no device has."""
    data = {"name": name, "credential": CREDENTIAL}
    return Authenticator.objects.create(user=user, type=Authenticator.Type.WEBAUTHN, data=data)


def recovery_codes(user: User) -> list[str]:
    """Make codes of recovery, and return them."""
    return RecoveryCodes.activate(user).get_unused_codes()


def code_of(secret: str, later: int = 0) -> str:
    """Return what an application with this secret shows now, or so many periods later."""
    return format_hotp_value(hotp_value(secret, int(time.time()) // PERIOD + later))


def wrong_for(secret: str) -> str:
    """Return six digits that are no code around now."""
    near = {code_of(secret, later) for later in range(-3, 4)}
    return next(code for code in (f"{n:06d}" for n in range(10)) if code not in near)


def at_the_step(user: User) -> Any:
    """Return a browser that gave the password and is asked for the second factor."""
    browser: Any = Browser()
    assert browser.post(LOGIN_URL, {"login": user.email, "password": PASSWORD}).url == STEP_URL
    return browser


def signed_in(user: User, secret: str, later: int = 0) -> Any:
    """Return a browser that gave both."""
    browser = at_the_step(user)
    assert browser.post(STEP_URL, {"code": code_of(secret, later)}).url == "/"
    return browser
