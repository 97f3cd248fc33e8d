"""Accounts for addresses that come in by file. No mail is sent: the first sign-in is by a code."""

from collections.abc import Collection
from functools import partial

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.dispatch import Signal

from interventions.models import User

# Sent with `user_ids` once committed: accounts that a file took away from a person. Whoever keeps sessions ends them.
accounts_left = Signal()


def leave(user_ids: Collection[int]) -> None:
    """Announce, once the transaction is committed, that a person no longer has these accounts."""
    if user_ids:
        transaction.on_commit(partial(accounts_left.send, sender=None, user_ids=frozenset(user_ids)))


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
