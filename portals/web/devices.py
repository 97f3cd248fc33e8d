"""Where somebody is signed in, in words; since when, last seen where, and how it ends."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from importlib import import_module

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from interventions.actor import Actor
from interventions.models import Gestionnaire, User

SYSTEMS = (
    ("iPhone", gettext_lazy("iPhone")),
    ("iPad", gettext_lazy("iPad")),
    ("Android", gettext_lazy("téléphone ou tablette Android")),
    ("Windows", gettext_lazy("ordinateur Windows")),
    ("Mac OS", gettext_lazy("Mac")),
    ("Linux", gettext_lazy("ordinateur Linux")),
)
# In this order: each of them names those after it as well.
BROWSERS = (("Edg/", "Edge"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari"))
# How often a session at the desk is noted to be in use: often enough to tell one that is not.
EVERY = dt.timedelta(minutes=5)
DESKS = "desks"


@dataclass(frozen=True)
class Device:
    """A session as its owner, or who administers, may recognise it."""

    key: int
    device: str
    since: dt.datetime
    seen: dt.datetime | None
    current: bool


def devices_of(user: User, current: str | None) -> list[Device]:
    """Return the sessions of `user` that are still open, the latest first; `current` is the key of this one."""
    return [_device(record, None, current) for record in _open(user)]


def at_desk(member: Gestionnaire, current: str | None) -> list[Device]:
    """Return the open sessions in which a gestionnaire entered their agency's desk, the latest first.

    Those of the same address in other agencies and portals are nobody's business there.
    """
    found = [(record, record.data.get(DESKS, {}).get(str(member.pk))) for record in _open(member.user)]
    return [_device(record, dt.datetime.fromisoformat(seen), current) for record, seen in found if seen]


def note_desk(request: HttpRequest, actor: Actor, now: dt.datetime) -> None:
    """Note that this session is in use at the desk of the actor's agency, every few minutes; one statement."""
    key, desks = str(actor.gestionnaire_id), dict(request.session.get(DESKS, {}))
    if key in desks and now - dt.datetime.fromisoformat(desks[key]) < EVERY:
        return
    desks[key] = now.isoformat()
    request.session[DESKS] = desks
    UserSession.objects.filter(session_key=request.session.session_key).update(last_seen_at=now, data={DESKS: desks})


def end_sessions(user: User, only: int | None = None) -> None:
    """End every session of `user`, on every device, at once; or the one of this key.

    For whoever changes the address or ends a role, and for «Se déconnecter partout». Sign-in is in one place
    (allauth), which records each session, so that none is missed.
    """
    records = UserSession.objects.filter(user=user)
    if only is not None:
        records = records.filter(pk=only)
    store = import_module(settings.SESSION_ENGINE).SessionStore
    for key in records.values_list("session_key", flat=True):
        store(key).delete()
    records.delete()


def _open(user: User) -> Iterable[UserSession]:
    return sorted(UserSession.objects.purge_and_list(user), key=lambda record: record.created_at, reverse=True)


def _device(record: UserSession, seen: dt.datetime | None, current: str | None) -> Device:
    return Device(record.pk, _name(record.user_agent), record.created_at, seen, record.session_key == current)


def _name(user_agent: str) -> str:
    system = next((name for mark, name in SYSTEMS if mark in user_agent), None)
    browser = next((name for mark, name in BROWSERS if mark in user_agent), None)
    if system and browser:
        return _("%(browser)s sur %(system)s") % {"browser": browser, "system": system}
    return str(browser or system or _("Appareil inconnu"))
