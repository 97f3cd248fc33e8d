"""Ticking on the table: each tick by htmx as it is made, or what a page says as one leaves it without a script."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from portals.web import format as fmt
from portals.web.pages import is_partial, page
from portals.web.requests import ActorRequest
from tracking import ticks
from tracking.choosing import LIMIT, TooMany, record
from tracking.filters import Filters

SEE_OTHER = 303


@require_POST
def create(request: ActorRequest) -> HttpResponse:
    """Keep what is ticked, then go on to the table that the address's query asks for: the next page, another sort.

    A tick by itself (htmx, no button) gets the bar with its new count only.
    """
    filters = Filters(request.GET, request.actor, request.now)
    try:
        record(filters, request.POST, request.actor, request.now)
    except TooMany:
        messages.warning(request, too_many())
    if is_partial(request) and "portee" not in request.POST:
        keys = [key for key, _version in ticks.seen(request.actor, request.POST.getlist("page"))]
        context = {"ticks": ticks.kept(request.actor, request.now, keys)}
        return page(request, "tracking/bar.html", context)
    query = request.GET.urlencode()
    return HttpResponseRedirect(f"{reverse('suivi:index')}{'?' + query if query else ''}", status=SEE_OTHER)


def too_many() -> str:
    """Say how many visits one press carries at most."""
    text = _("Un lot va jusqu’à %(limit)s visites\u00a0: resserrez la période ou un autre filtre.")
    return text % {"limit": fmt.number(LIMIT)}
