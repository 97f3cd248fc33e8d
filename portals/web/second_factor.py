"""The second factor of an account: whether it has one, and whether this session showed it.

An account has one whoever asks; an agency that wants one asks at its own desk only, so that whoever has several
agencies enters the others as before.
"""

from __future__ import annotations

import datetime as dt
import time
from typing import Any, cast

from allauth.account.authentication import get_authentication_records
from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.models import Authenticator
from django.db.models import Exists, OuterRef
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from interventions.actor import Actor
from interventions.models import User
from interventions.states import Role
from portals.web.actors import actors_of
from portals.web.devices import end_sessions
from portals.web.redirects import leave

# Codes of recovery stand in for one of these, and are none themselves.
FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
METHOD = "mfa"
# Where the session keeps the page that the person was going to when a second factor was asked of them.
BEYOND = "beyond_second_factor"


def has_factor(user_id: int) -> bool:
    """Return whether the account has a second factor; one statement."""
    return Authenticator.objects.filter(user_id=user_id, type__in=FACTORS).exists()


def factor_of_user() -> Exists:
    """Return the condition that the user of a row (a gestionnaire's, say) has a second factor."""
    return Exists(Authenticator.objects.filter(user_id=OuterRef("user_id"), type__in=FACTORS))


def was_shown(request: HttpRequest) -> bool:
    """Return whether this session showed the second factor of its person, at sign-in or since."""
    return any(record.get("method") == METHOD for record in _records(request))


def note_shown(request: HttpRequest, authenticator: Authenticator) -> None:
    """Note that it did: whoever just added a factor holds it in their hands."""
    record_authentication(request, cast(User, request.user), METHOD, id=authenticator.pk, type=authenticator.type)


def signed_in_since(request: HttpRequest, seconds: int) -> bool:
    """Return whether the person said who they are within the last seconds, by the strongest that their account has."""
    records = _records(request)
    if not records or time.time() - records[-1]["at"] >= seconds:
        return False
    return records[-1].get("method") == METHOD or not has_factor(cast(User, request.user).pk)


def is_wanted_of(actor: Actor) -> bool:
    """Return whether the actor's agency opens what the actor enters to a second factor only."""
    return actor.role is Role.MANAGER and actor.agence.second_factor_required


def asked(request: HttpRequest) -> HttpResponse | None:
    """Return what somebody gets instead of a page that wants a second factor, or None when they showed theirs.

    Who has none is led to choose one; who has one that this session never saw (it was added elsewhere) shows it.
    """
    if not has_factor(cast(User, request.user).pk):
        return leave(request, reverse("mfa_index"))
    if not was_shown(request):
        return leave(request, reverse("mfa_reauthenticate"))
    if BEYOND in request.session:
        del request.session[BEYOND]
    return None


def enters_elsewhere(user: User, agence_id: int, now: dt.datetime) -> bool:
    """Return whether an account opens more than one agency's desk: another's, or the operator's site."""
    desks = {actor.agence_id for actor in actors_of(user, now) if actor.role is Role.MANAGER}
    return user.is_superuser or bool(desks - {agence_id})


def forget(user: User) -> None:
    """Take every second factor and code of recovery off an account, and end its sessions everywhere."""
    Authenticator.objects.filter(user=user).delete()
    end_sessions(user)


def _records(request: HttpRequest) -> list[dict[str, Any]]:
    return get_authentication_records(request, request.user)
