"""Codes that somebody types: each serves once, and tries are counted where all processes see them."""

from __future__ import annotations

import hmac
from collections.abc import Callable

from allauth.account.adapter import get_adapter
from allauth.core import context, ratelimit
from allauth.core.internal.cryptokit import normalize_user_code
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from allauth.mfa.utils import decrypt
from django.db import transaction

from interventions.models import User

ACTION = "second_factor"
# The count of the last code that was taken: of an application's codes only later ones are.
LAST = "last_counter"


def counted(user: User) -> Callable[[], None]:
    """Count a try for this account, and return what forgets the tries once one was right.

    Raises ValidationError where too many were wrong (ACCOUNT_RATE_LIMITS).
    """
    key = f"second-factor-{user.pk}"
    if not ratelimit.consume(context.request, action=ACTION, key=key):
        raise get_adapter().validation_error("too_many_login_attempts")
    return lambda: ratelimit.clear(context.request, action=ACTION, key=key)


def counter_of(secret: str, code: str) -> int | None:
    """Return the moment (in periods since 1970) of which this is an application's code, if it is one of now."""
    typed = normalize_user_code(code).encode()
    for counter in yield_hotp_counters_from_time():
        if hmac.compare_digest(format_hotp_value(hotp_value(secret, counter)).encode(), typed):
            return counter
    return None


def take(user: User, code: str) -> Authenticator | None:
    """Take a code of the person's application or one of recovery, and return what it is of; None if it does not fit.

    One that was taken is not taken again, by whatever process: the row is locked, and remembers.
    """
    typed = (Authenticator.Type.TOTP, Authenticator.Type.RECOVERY_CODES)
    for one in Authenticator.objects.filter(user=user, type__in=typed).order_by("-type"):
        is_right = _take_from_application(one, code) if one.type == typed[0] else one.wrap().validate_code(code)
        if is_right:
            one.user = user
            return one
    return None


def remember(authenticator: Authenticator, counter: int) -> None:
    """Note that the code of this moment was taken."""
    authenticator.data[LAST] = counter
    authenticator.save(update_fields=["data"])


def _take_from_application(one: Authenticator, code: str) -> bool:
    with transaction.atomic():
        held = Authenticator.objects.select_for_update().filter(pk=one.pk).first()
        counter = counter_of(decrypt(held.data["secret"]), code) if held else None
        if held is None or counter is None or counter <= held.data.get(LAST, 0):
            return False
        remember(held, counter)
    return True
