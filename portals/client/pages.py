"""A page of this portal: what every one of them shows besides its own matter."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpResponse
from django.urls import reverse

from portals.client.entrance import entrance_of
from portals.client.whom import for_whom
from portals.web.pages import page
from portals.web.requests import ActorRequest


def show(
    request: ActorRequest, template: str, context: Mapping[str, Any], fragment: str | None = None, status: int = 200
) -> HttpResponse:
    """Render a page, or its `fragment` for htmx, with the client for whom a proche acts and the way they came by."""
    shared = {"for_whom": for_whom(request), "in_list": in_list(request), "entrance": entrance_of(request)}
    return page(request, template, {**shared, **context}, fragment, status)


def in_list(request: ActorRequest) -> bool:
    """Return whether the answer lands within the list of Mes prestations, whose forms then go through htmx."""
    return bool(request.htmx) and _path(request) == reverse("client:prestations")


def _path(request: ActorRequest) -> str:
    """Return the path of the page that htmx asks from, without its query."""
    return (request.htmx.current_url_abs_path or "").partition("?")[0]
