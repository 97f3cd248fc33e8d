"""Accounts for addresses that come in by file. No mail is sent: the first sign-in is by a code."""

from collections.abc import Collection

from django.contrib.auth.hashers import make_password

from interventions.models import User


def account_ids(emails: Collection[str]) -> dict[str, int]:
    """The key of the account of each address (lower case), created where there is none; two or three statements."""
    wanted = {email for email in emails if email}
    known = _known(wanted)
    if missing := sorted(wanted - known.keys()):
        accounts = [User(email=email, password=make_password(None)) for email in missing]
        User.objects.bulk_create(accounts, ignore_conflicts=True)
        known |= _known(missing)
    return known


def _known(emails: Collection[str]) -> dict[str, int]:
    return dict(User.objects.filter(email__in=emails).values_list("email", "pk"))
