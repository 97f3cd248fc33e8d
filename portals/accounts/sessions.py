"""Where somebody is signed in, and how that ends everywhere at once."""

from typing import cast

from allauth.account.internal.flows.logout import logout
from allauth.account.views import logout as allauth_logout
from django.contrib.auth.decorators import login_required
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache

from interventions.imports.accounts import accounts_left
from interventions.models import User
from portals.web.devices import devices_of, end_sessions


@receiver(accounts_left)
def end_left_sessions(user_ids: frozenset[int], **_signal: object) -> None:
    """End the sessions of accounts that a file took away from a person."""
    for user in User.objects.filter(pk__in=user_ids):
        end_sessions(user)


@never_cache
@login_required
def devices(request: HttpRequest) -> HttpResponse:
    """Show where the person is signed in; a POST signs out everywhere, here too."""
    user = cast(User, request.user)
    if request.method == "POST":
        end_sessions(user)
        logout(request)
        return leaving_no_trace(redirect("account_login"))
    return render(request, "account/sessions.html", {"sessions": devices_of(user, request.session.session_key)})


def leaving_no_trace[R: HttpResponseBase](response: R) -> R:
    """Have the browser forget what it kept for whoever signs out: pages, the queue of a phone, its service worker."""
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response


def sign_out(request: HttpRequest) -> HttpResponseBase:
    """Sign out by a POST (a GET asks first); nothing of the person stays in the browser."""
    response = allauth_logout(request)
    return response if request.user.is_authenticated else leaving_no_trace(response)
