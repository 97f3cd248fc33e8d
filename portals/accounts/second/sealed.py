"""Secrets of second factors as they lie in the database: not to be read without SECRET_KEY, a backup's neither."""

from __future__ import annotations

import base64
import secrets

from allauth.mfa.models import Authenticator
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.db import transaction
from django.utils.crypto import salted_hmac

SALT = "contreseing.second_factor"
# The parts of an authenticator that hold a secret: that of an application, that of the codes of recovery.
SECRETS = ("secret", "seed")


def seal(text: str) -> str:
    """Encrypt with the current key."""
    return _ring().encrypt(text.encode()).decode()


def opened(sealed: str) -> str:
    """Decrypt with the current key or a former one; what no key opens is a secret that nobody knows."""
    try:
        return _ring().decrypt(sealed.encode()).decode()
    except InvalidToken:
        return base64.b32encode(secrets.token_bytes(20)).decode()


def seal_anew() -> tuple[int, int]:
    """Encrypt every secret with the current key; return how many were, and how many no key opens (left alone)."""
    done = lost = 0
    for key in Authenticator.objects.order_by("pk").values_list("pk", flat=True):
        with transaction.atomic():
            held = Authenticator.objects.select_for_update().get(pk=key)
            names = [name for name in SECRETS if name in held.data]
            try:
                held.data |= {name: _ring().rotate(held.data[name].encode()).decode() for name in names}
            except InvalidToken:
                lost += 1
            else:
                held.save(update_fields=["data"])
                done += len(names)
    return done, lost


def _ring() -> MultiFernet:
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return MultiFernet([Fernet(_derived(key)) for key in keys])


def _derived(key: str) -> bytes:
    return base64.urlsafe_b64encode(salted_hmac(SALT, b"", secret=key, algorithm="sha256").digest())
