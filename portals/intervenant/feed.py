"""The calendar at its private address: no sign-in, only the token in it; guarded by `interventions.calendars`."""

from __future__ import annotations

import hashlib
from typing import cast

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from interventions import clock
from interventions.calendars import calendar_of
from interventions.models import User
from interventions.states import Role
from interventions.tenancy import within
from portals.intervenant.ics import calendar
from portals.web.actors import actor_of

HEADERS = {
    # A calendar programme asks again at its own pace; nobody between may keep it.
    "Cache-Control": "private, max-age=900",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex, nofollow",
    "Content-Disposition": 'inline; filename="visites.ics"',
}


@require_safe
def feed(request: HttpRequest, token: str) -> HttpResponse:
    """Give the intervenant's visits as iCalendar; 304 where the programme has them, 404 for any other token."""
    content = _content(request, token)
    etag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
    response = HttpResponse(content, content_type="text/calendar; charset=utf-8", headers={"ETag": etag, **HEADERS})
    answer = get_conditional_response(request, etag=etag, response=response)
    return answer or response


def _content(request: HttpRequest, token: str) -> bytes:
    row, now = calendar_of(token), clock.now()
    actor = actor_of(cast(User, row.user), Role.INTERVENANT, row.pk, now) if row else None
    if actor is None:
        raise Http404(_("Cet agenda n’existe pas, ou plus."))
    with timezone.override(actor.zone), within(actor.agence_id):
        return calendar(
            actor,
            now,
            lambda visit: request.build_absolute_uri(reverse("intervenant:sheet", args=[visit.public_id])),
        )
