"""From a planning to a visit and back to the same place: the address travels as ?retour=."""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

FIELD = "retour"


def back(request: HttpRequest) -> str:
    """Return the address of this portal that the person came from, empty if none is named or it lies elsewhere."""
    asked = request.POST.get(FIELD) or request.GET.get(FIELD, "")
    own = asked.startswith(reverse("gestion:home")) and url_has_allowed_host_and_scheme(asked, allowed_hosts=None)
    return asked if own else ""


def suffix(request: HttpRequest) -> str:
    """Return what to add to an address so that it leads back to this page."""
    return f"?{urlencode({FIELD: request.get_full_path()})}"


def carried(request: HttpRequest) -> str:
    """Return what to add to an address so that it leads back to where this page leads back to."""
    asked = back(request)
    return f"?{urlencode({FIELD: asked})}" if asked else ""
