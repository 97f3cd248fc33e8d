"""A view without its guard does not pass `manage.py check`: every address of the product is walked.

What stands outside the guards is listed here by name: who adds to these lists answers for the view.
"""

from collections.abc import Iterator
from typing import Any

from django.core.checks import CheckMessage, Error, register
from django.urls import URLPattern, URLResolver, get_resolver

# Seen by anybody: the way in, and out, and what has a guard of its own.
OPEN = frozenset(
    {
        "account_login",
        "account_request_login_code",
        "account_confirm_login_code",
        "account_inactive",
        "account_logout",
        # Between the first factor and the second: allauth's stage of sign-in stands in front.
        "mfa_authenticate",
        # Without a password, by the token of a mail's link, which opens that mail's visits (portals.client.link).
        "link_prestations",
        "link_renewal",
        "link_validations",
        "link_validation",
        "link_modification",
        "link_annulation",
        "link_reprise",
        "link_contestation",
        # By the token in it, an intervenant's calendar for their phone (portals.intervenant.feed).
        "calendar_feed",
        # A picture that goes out with each mail anyway, by an id that nobody guesses (portals.web.logos).
        "agence_logo",
        # By the secret shared with the mail service (config.mail_events).
        "mail_events_brevo",
        "mail_events_mailjet",
        "mail_events_postmark",
        "mail_events_ses",
    }
)
# Seen by whoever is signed in, in whatever role or none; each asks for the sign-in itself.
SIGNED_IN = frozenset(
    {
        "home",
        "account_menu",
        "account_doors",
        "account_sessions",
        "account_change_password",
        "account_set_password",
        "account_reauthenticate",
        "mfa_index",
        "mfa_activate_totp",
        "mfa_deactivate_totp",
        "mfa_add_webauthn",
        "mfa_edit_webauthn",
        "mfa_remove_webauthn",
        "mfa_view_recovery_codes",
        "mfa_generate_recovery_codes",
        "mfa_download_recovery_codes",
        "mfa_reauthenticate",
        "mfa_reauthenticate_webauthn",
    }
)
# Its own guard stands in front of each of its pages (config.operator).
ADMIN = "admin"


@register
def every_view_is_guarded(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Name each address that leads to a view without a role guard and is on no list above."""
    hint = "Mount it through portals.web.guards.guarded, or list its name in portals.web.checks."
    return [
        Error(f"/{route} has no role guard.", hint=hint, obj=pattern.callback, id="portals.E001")
        for route, pattern in walk(get_resolver())
        if not _is_guarded(pattern)
    ]


def walk(resolver: URLResolver, route: str = "") -> Iterator[tuple[str, URLPattern]]:
    """Yield every address outside the admin site with its pattern."""
    for each in resolver.url_patterns:
        here = route + str(each.pattern)
        if isinstance(each, URLPattern):
            yield here, each
        elif each.app_name != ADMIN:
            yield from walk(each, here)


def _is_guarded(pattern: URLPattern) -> bool:
    return hasattr(pattern.callback, "guarded_for") or pattern.name in OPEN | SIGNED_IN
