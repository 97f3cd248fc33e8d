"""Mail services by their addresses: which backend, with which keys, and how many mails they take.

smtp://user:password@host:587 (smtps:// from the first byte), or provider://first-key:second-key@. What stands behind
a question mark are the service's limits: per_second, per_hour (0: none), parallel (how many senders at once).
"""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

DEFAULT = "default"
TIMEOUT = 10
ANYMAIL = {
    "brevo": ("anymail.backends.brevo.EmailBackend", ("api_key",)),
    "mailjet": ("anymail.backends.mailjet.EmailBackend", ("api_key", "secret_key")),
    "postmark": ("anymail.backends.postmark.EmailBackend", ("server_token",)),
    "scaleway": ("anymail.backends.scaleway.EmailBackend", ("project_id", "secret_key")),
    "ses": ("anymail.backends.amazon_ses.EmailBackend", ()),
}
LIMITS = {"per_second": 0, "per_hour": 0, "parallel": 2}


def named(default: str, others: str) -> dict[str, str]:
    """Return the services by name: the first as "default", the others from «name=address name=address»."""
    found = {DEFAULT: default}
    for one in others.split():
        name, _equals, url = one.partition("=")
        if not url or not name.isidentifier() or name in found:
            raise ImproperlyConfigured(f"MAILERS has {name!r}: it lists name=address, each name once.")
        found[name] = url
    return found


def backend(url: str) -> dict[str, Any]:
    """Return what Django's MAILERS wants of one service; without an address, mails stay in the outbox."""
    if not url:
        return {"BACKEND": "django.core.mail.backends.dummy.EmailBackend"}
    parts = urlsplit(url if "://" in url else url + "://")
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    if parts.scheme in ANYMAIL:
        name, keys = ANYMAIL[parts.scheme]
        return {"BACKEND": name, "OPTIONS": dict(zip(keys, (user, password), strict=False))}
    if parts.scheme not in ("smtp", "smtps"):
        known = ", ".join(("smtp", "smtps", *ANYMAIL))
        raise ImproperlyConfigured(f"MAILER begins with {parts.scheme!r}: it must be one of {known}.")
    options = {"host": parts.hostname, "port": parts.port or 587, "username": user, "password": password}
    tls = {"use_ssl": True} if parts.scheme == "smtps" else {"use_tls": bool(user)}
    return {"BACKEND": "django.core.mail.backends.smtp.EmailBackend", "OPTIONS": options | tls | {"timeout": TIMEOUT}}


def limits(url: str) -> dict[str, int]:
    """Return the limits of one service, those that it does not name as LIMITS has them."""
    found = dict(LIMITS)
    for name, value in parse_qsl(urlsplit(url).query, keep_blank_values=True):
        if name not in LIMITS or not value.isdecimal() or (name == "parallel" and not int(value)):
            raise ImproperlyConfigured(f"MAILER says {name}={value}: it knows {', '.join(LIMITS)}, each a number.")
        found[name] = int(value)
    return found
