"""Where a signed-in person goes: straight to their portal, or to the page to choose among several."""

import datetime as dt
from itertools import groupby
from operator import attrgetter
from typing import Any, cast

from allauth.account import app_settings
from allauth.account.internal.stagekit import clear_login
from allauth.account.stages import LoginStage
from allauth.account.views import ConfirmLoginCodeView, LoginView, RequestLoginCodeView
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from interventions import clock
from interventions.models import User
from portals.accounts.adapter import write_nothing
from portals.web.doors import Door, choose, doors_of
from portals.web.redirects import own_path

SEE_OTHER = 303


@require_safe
@never_cache
@login_required
def home(request: HttpRequest) -> HttpResponse:
    """Send the person to their portal; with several roles, or none, to the page that says so."""
    doors = doors_of(cast(User, request.user), clock.now())
    if len(doors) != 1:
        return redirect("account_doors")
    choose(request, doors[0])
    return redirect(doors[0].url)


@never_cache
@login_required
def doors(request: HttpRequest) -> HttpResponse:
    """Show every role that the person has, grouped by agency; a POST chooses one and enters its portal."""
    own = doors_of(cast(User, request.user), clock.now())
    wanted = next((door for door in own if door.key == request.POST.get("door")), None)
    if request.method == "POST" and wanted is not None:
        choose(request, wanted)
        return HttpResponseRedirect(_beyond(request, wanted), status=SEE_OTHER)
    agences = [(agence, list(group)) for agence, group in groupby(_by_agence(own), key=attrgetter("actor.agence"))]
    context = {"agences": agences, "next": own_path(request, request.GET.get("next", ""))}
    return render(request, "account/doors.html", context)


@require_safe
@never_cache
@login_required
def menu(request: HttpRequest) -> HttpResponse:
    """Show the account: the address, the roles, the password, the sessions, the way out."""
    user = cast(User, request.user)
    context = {"doors": doors_of(user, clock.now()), "has_password": user.has_usable_password()}
    return render(request, "account/menu.html", context)


class Anew:
    """Whoever sends the sign-in form again means it: a code still awaited, of a mistyped address say, is forgotten."""

    def _redirect_to_pending_stage(self, request: HttpRequest, stage: LoginStage) -> HttpResponse | None:
        """Return to the awaited code only whoever merely comes back to the page."""
        if request.method == "POST":
            clear_login(request)
            return None
        return super()._redirect_to_pending_stage(request, stage)  # type: ignore[misc]


class Login(Anew, LoginView):
    """Sign-in by a password."""


class RequestCode(Anew, RequestLoginCodeView):
    """Sign-in by a code: asking for it."""

    def form_valid(self, form: Any) -> HttpResponse:
        """Go on the same way, and for as long, whether or not somebody has the address."""
        if form._user is None:
            write_nothing()
        return super().form_valid(form)


class ConfirmCode(ConfirmLoginCodeView):
    """The page of the code, which says until when it is valid."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add `valid_until`, from when the code was asked for."""
        ends = self._process.state["at"] + app_settings.LOGIN_BY_CODE_TIMEOUT
        return super().get_context_data(**kwargs) | {"valid_until": dt.datetime.fromtimestamp(ends, dt.UTC)}


login = Login.as_view()
request_code = RequestCode.as_view()
confirm_code = ConfirmCode.as_view()


def _by_agence(own: list[Door]) -> list[Door]:
    return sorted(own, key=lambda door: (door.actor.agence.name, door.actor.agence_id))


def _beyond(request: HttpRequest, door: Door) -> str:
    """Return the page that the person wanted if it is behind this door, else the portal's first."""
    wanted = own_path(request, request.POST.get("next", ""))
    return wanted if wanted.startswith(door.url) else door.url
