"""Quand recevoir les mails, in this portal."""

from __future__ import annotations

from django.http import HttpResponse
from django.views.decorators.http import require_http_methods

from portals.web import rhythm
from portals.web.pages import INVALID, page
from portals.web.requests import ActorRequest


@require_http_methods(["GET", "HEAD", "POST"])
def mails(request: ActorRequest) -> HttpResponse:
    """Show the person's choice, or take the one pressed."""
    if request.method != "POST":
        return page(request, "intervenant/mails.html", rhythm.context_of(request))
    answer = rhythm.press(request)
    if isinstance(answer, HttpResponse):
        return answer
    return page(request, "intervenant/mails.html", rhythm.context_of(request, answer), status=INVALID)
