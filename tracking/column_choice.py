"""Choosing the columns of the table."""

from __future__ import annotations

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from portals.web.requests import ActorRequest
from tracking import preferences
from tracking.address import COLUMNS

SEE_OTHER = 303


@require_POST
def create(request: ActorRequest) -> HttpResponse:
    """Keep which columns the person wants from now on, and go back to the table, whose address then names them."""
    shown = preferences.keep_columns(request.actor, request.POST.getlist("colonne"))
    query = request.GET.copy()
    query[COLUMNS] = ",".join(shown)
    return HttpResponseRedirect(f"{reverse('suivi:index')}?{query.urlencode()}", status=SEE_OTHER)
