"""Who a typed name may mean: what the fields Client and Intervenant of the filter offer while one types."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from interventions.models import Client, Intervenant
from portals.web.pages import page
from portals.web.requests import ActorRequest
from tracking.fields import LISTED, TYPED


@require_safe
def clients(request: ActorRequest) -> HttpResponse:
    """List the clients whom the text typed into the field Client may mean, the first few by name."""
    return _people(request, "client", Client.objects.visible_to)


@require_safe
def intervenants(request: ActorRequest) -> HttpResponse:
    """List the intervenants whom the text typed into the field Intervenant may mean, the first few by name."""
    return _people(request, "intervenant", Intervenant.objects.visible_to)


def _people(request: ActorRequest, name: str, visible_to: Callable[..., Any]) -> HttpResponse:
    typed = request.GET.get(f"{name}{TYPED}", "").replace("\0", "").strip()
    found = list(visible_to(request.actor).found_by(typed).by_name()[: LISTED + 1])
    context = {"name": name, "typed_name": f"{name}{TYPED}", "typed": typed, "people": found[:LISTED]}
    return page(request, "tracking/people.html", context | {"more": len(found) > LISTED}, fragment="options")
