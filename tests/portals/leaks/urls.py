"""Every address of the product, as the URLconf has it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

from portals.web.checks import SIGNED_IN

# Signing in and out: for anybody. Everything else asks who it is.
PUBLIC = frozenset(
    {
        "account_login",
        "account_request_login_code",
        "account_confirm_login_code",
        "account_inactive",
        "account_logout",
        # Nothing without the first factor: tests/portals/accounts/second/test_signing_in.py.
        "mfa_authenticate",
    }
)
# By a shared secret, for the mail service: tests/interventions/mails/test_fates.
BY_SECRET = frozenset({"mail_events_brevo", "mail_events_mailjet", "mail_events_postmark", "mail_events_ses"})
# By a mail's link, for its reader alone whoever is signed in: tokens of others, altered, expired and ended ones, and
# the visits of others behind a good one are tried in tests/portals/client/link.
BY_TOKEN = frozenset(
    {
        "link_prestations",
        "link_renewal",
        "link_validations",
        "link_validation",
        "link_modification",
        "link_annulation",
        "link_reprise",
        "link_contestation",
        # Tokens replaced, stopped, altered, of who left: tests/portals/intervenant/test_calendar.py.
        "calendar_feed",
        # A picture that mails carry anyway, as long as its agency shows it: tests/portals/test_look_of_agences.py.
        "agence_logo",
    }
)
# About the account of whoever asks, whoever it is; of others' keys: tests/portals/accounts/test_second_factor.py.
OWN_ACCOUNT = SIGNED_IN
OPERATOR = "operateur/"


def patterns(
    resolver: URLResolver | None = None, namespace: str = "", route: str = ""
) -> Iterator[tuple[str, str, URLPattern]]:
    """Return every address as (name with its namespace, route, pattern)."""
    for found in (resolver or get_resolver()).url_patterns:
        part: Any = found.pattern
        if isinstance(found, URLResolver):
            inner = ":".join(filter(None, (namespace, found.namespace)))
            yield from patterns(found, inner, route + str(part))
        else:
            yield ":".join(filter(None, (namespace, found.name or str(part)))), route + str(part), found
