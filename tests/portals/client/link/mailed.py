"""Mails that leave, and the links that their readers find in them."""

import re
from datetime import datetime, timedelta
from typing import Any

from django.core import mail as post
from django.core.mail.backends.locmem import EmailBackend
from django.test import Client as Browser

from interventions.mails import leaving
from interventions.mails.carrier import Carrier
from interventions.models import Agence, User
from tests import factories

SENT = factories.NOW + timedelta(minutes=11)


def deliver(agence: Agence, at: datetime = SENT) -> None:
    """Let what is due at that moment leave."""
    leaving.sweep(agence, Carrier(EmailBackend(alias="default")), lambda: at)


def link_to(user: User | None) -> str:
    """Return the path of the link in the last mail that this person got."""
    assert user is not None
    got = [message for message in post.outbox if message.to == [user.email]]
    found = re.search(r"/lien/[^/\s]+/", str(got[-1].body))
    assert found is not None
    return found.group()


def browser() -> Any:
    """Return a browser in which nobody is signed in, and which checks forms as a real one is checked."""
    return Browser(enforce_csrf_checks=True)


def press(there: Any, address: str, **fields: Any) -> Any:
    """Send a form with the token that its page gave, as a person does."""
    return there.post(address, {"csrfmiddlewaretoken": there.cookies["csrftoken"].value, **fields})
