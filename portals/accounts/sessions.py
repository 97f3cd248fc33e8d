"""Where somebody is signed in, and how that ends everywhere at once."""

import datetime as dt
from dataclasses import dataclass
from importlib import import_module
from typing import cast

from allauth.account.internal.flows.logout import logout
from allauth.account.views import logout as allauth_logout
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache

from interventions.imports.accounts import accounts_left
from interventions.models import User

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


@dataclass(frozen=True)
class Device:
    """A session as its owner may recognise it."""

    device: str
    since: dt.datetime
    current: bool


def end_sessions(user: User) -> None:
    """End every session of `user`, on every device, at once.

    For whoever changes the address or ends a role, and for «Se déconnecter partout». Sign-in is in one place
    (allauth), which records each session, so that none is missed.
    """
    store = import_module(settings.SESSION_ENGINE).SessionStore
    records = UserSession.objects.filter(user=user)
    for key in records.values_list("session_key", flat=True):
        store(key).delete()
    records.delete()


@receiver(accounts_left)
def end_left_sessions(user_ids: frozenset[int], **_signal: object) -> None:
    """End the sessions of accounts that a file took away from a person."""
    for user in User.objects.filter(pk__in=user_ids):
        end_sessions(user)


@never_cache
@login_required
def devices(request: HttpRequest) -> HttpResponse:
    """Show where the person is signed in; a POST signs out everywhere, here too."""
    if request.method == "POST":
        end_sessions(cast(User, request.user))
        logout(request)
        return leaving_no_trace(redirect("account_login"))
    records = UserSession.objects.purge_and_list(request.user)
    records.sort(key=lambda record: record.created_at, reverse=True)
    current = request.session.session_key
    shown = [Device(_device(each.user_agent), each.created_at, each.session_key == current) for each in records]
    return render(request, "account/sessions.html", {"sessions": shown})


def leaving_no_trace[R: HttpResponseBase](response: R) -> R:
    """Have the browser forget what it kept for whoever signs out: pages, the queue of a phone, its service worker."""
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response


def sign_out(request: HttpRequest) -> HttpResponseBase:
    """Sign out by a POST (a GET asks first); nothing of the person stays in the browser."""
    response = allauth_logout(request)
    return response if request.user.is_authenticated else leaving_no_trace(response)


def _device(user_agent: str) -> str:
    system = next((name for mark, name in SYSTEMS if mark in user_agent), None)
    browser = next((name for mark, name in BROWSERS if mark in user_agent), None)
    if system and browser:
        return _("%(browser)s sur %(system)s") % {"browser": browser, "system": system}
    return str(browser or system or _("Appareil inconnu"))
