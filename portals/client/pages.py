"""A page of this portal: what every one of them shows besides its own matter."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from django.http import HttpResponse
from django.urls import reverse

from portals.client.entrance import entrance_of
from portals.client.visits import Visit
from portals.client.weeks import place_in_list
from portals.client.whom import whom
from portals.web.pages import page
from portals.web.requests import ActorRequest


def show(
    request: ActorRequest, template: str, context: Mapping[str, Any], fragment: str | None = None, status: int = 200
) -> HttpResponse:
    """Render a page, or its `fragment` for htmx, with the client for whom a proche acts and the way they came by.

    A form about a visit asks for `way_back`: where to go without changing anything.
    """
    acts_for = whom(request)
    shared: dict[str, Any] = {"for_whom": acts_for.name, "others": acts_for.has_others, "in_list": in_list(request)}
    shared["entrance"] = entrance_of(request)
    if "visit" in context:
        shared["way_back"] = partial(_way_back, request, context["visit"])
    return page(request, template, {**shared, **context}, fragment, status)


def _way_back(request: ActorRequest, visit: Visit) -> str:
    return place_in_list(request, visit) if visit.is_awaiting else visit.at["visite"]


def in_list(request: ActorRequest) -> bool:
    """Return whether the answer lands within the list of Mes prestations, whose forms then go through htmx."""
    return bool(request.htmx) and _path(request) == reverse("client:prestations")


def _path(request: ActorRequest) -> str:
    """Return the path of the page that htmx asks from, without its query."""
    return (request.htmx.current_url_abs_path or "").partition("?")[0]
