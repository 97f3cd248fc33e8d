"""Mon agenda: the private address that the phone's own calendar reads; made, replaced or stopped here."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from interventions.calendars import calendar_since, close_calendar, open_calendar
from portals.web.pages import page
from portals.web.requests import ActorRequest

STOP, RENEW = "arreter", "adresse"


@require_http_methods(["GET", "POST"])
def calendar(request: ActorRequest) -> HttpResponse:
    """Show whether there is an address; a POST makes a new one, shown this once, or stops it."""
    asked = request.POST.get("agenda", "")
    if asked == STOP:
        close_calendar(request.actor)
        messages.success(request, _("L’adresse est arrêtée : les agendas qui la lisaient ne reçoivent plus rien."))
        return redirect("intervenant:calendar")
    address = ""
    if asked == RENEW:
        token = open_calendar(request.actor, request.now)
        address = request.build_absolute_uri(reverse("calendar_feed", args=[token]))
    context = {
        "address": address,
        "subscribe": address.replace("https://", "webcal://").replace("http://", "webcal://"),
        "since": calendar_since(request.actor),
    }
    return page(request, "intervenant/calendar.html", context)
