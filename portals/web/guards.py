"""The role guard that every portal is mounted through: without it, a view does not load.

    path("intervenant/", guarded(Role.INTERVENANT, "portals.intervenant.urls"))

A mounted view has an ActorRequest: signed in, in a role of this portal that holds today, in the agency's time zone
and in one transaction of that agency. All others get the sign-in page, the page to choose, or a refusal in words.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import wraps
from importlib import import_module
from typing import Any, cast

from django.http import HttpRequest, HttpResponseBase, HttpResponseNotAllowed
from django.urls import URLPattern, URLResolver
from django.utils import timezone
from django.views.decorators.cache import never_cache

from interventions import clock
from interventions.actor import Actor
from interventions.states import Role
from portals.web import second_factor
from portals.web.devices import note_desk
from portals.web.doors import choose, chosen, doors_of
from portals.web.errors import wrong_method, wrong_portal
from portals.web.kept import keep
from portals.web.nav import NavEntry
from portals.web.redirects import to_choice, to_sign_in
from portals.web.requests import ActorRequest
from portals.web.transactions import in_agence

type View = Callable[..., HttpResponseBase]
type Mounted = tuple[list[URLPattern | URLResolver], str, str]


def guarded(roles: Role | Iterable[Role], urls: str, nav: str = "") -> Mounted:
    """Return what path() mounts: the urlconf module `urls` (urlpatterns, app_name), each view behind the guard.

    `nav` names the module whose entries(request) gives the portal's menu: by default the one beside `urls`.
    """
    allowed = frozenset([roles] if isinstance(roles, Role) else roles)
    module = import_module(urls)
    entries = import_module(nav or f"{urls.rpartition('.')[0]}.nav").entries
    guard = Guard(allowed, entries)
    return [_behind(guard, pattern) for pattern in module.urlpatterns], module.app_name, module.app_name


@dataclass(frozen=True)
class Guard:
    """Who may enter, and the menu that they find."""

    roles: frozenset[Role]
    entries: Callable[[ActorRequest], list[NavEntry]]

    def over(self, view: View) -> View:
        """Return the view behind this guard; `guarded_for` says so to the check that walks the addresses."""

        @wraps(view)
        def entered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            return self._enter(request, lambda: view(request, *args, **kwargs))

        guarded_view = never_cache(entered)
        guarded_view.guarded_for = self.roles  # type: ignore[attr-defined]
        return guarded_view

    def _enter(self, request: HttpRequest, view: Callable[[], HttpResponseBase]) -> HttpResponseBase:
        if not request.user.is_authenticated:
            keep(request)
            return to_sign_in(request)
        admitted = self._admit(request)
        if not isinstance(admitted, Actor):
            return admitted
        guest = cast(ActorRequest, request)
        if second_factor.is_wanted_of(admitted) and (instead := second_factor.asked(request)) is not None:
            keep(request)
            return instead
        if admitted.role is Role.MANAGER:
            note_desk(request, admitted, request.now)  # type: ignore[attr-defined]
        guest.actor = admitted
        guest.now = request.now  # type: ignore[attr-defined]
        guest.nav_entries = self.entries  # type: ignore[attr-defined]
        with timezone.override(admitted.zone):
            answer = in_agence(guest, view)
        return wrong_method(request, answer) if isinstance(answer, HttpResponseNotAllowed) else answer

    def _admit(self, request: HttpRequest) -> Actor | HttpResponseBase:
        """Return as whom the person enters, or what they get instead."""
        now = request.now = clock.now()  # type: ignore[attr-defined]
        actor = chosen(request, self.roles, now)
        if actor is not None:
            return actor
        doors = doors_of(request.user, now)  # type: ignore[arg-type]
        own = [door for door in doors if door.actor.role in self.roles]
        if not own:
            return wrong_portal(request, self.roles, doors)
        if len(own) > 1:
            return to_choice(request)
        choose(request, own[0])
        return own[0].actor


def _behind(guard: Guard, pattern: URLPattern | URLResolver) -> URLPattern | URLResolver:
    if isinstance(pattern, URLPattern):
        return URLPattern(pattern.pattern, guard.over(pattern.callback), pattern.default_args, pattern.name)
    inner = [_behind(guard, each) for each in pattern.url_patterns]
    return URLResolver(pattern.pattern, inner, pattern.default_kwargs, pattern.app_name, pattern.namespace)
