"""An agency's logo, for the head of its pages: also before anybody has signed in, on the page of a mail's link."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from interventions.models import Agence, MailLogo
from interventions.tenancy import within

# Its address is that of these bytes for ever: another logo has another.
HEADERS = {"Cache-Control": "public, max-age=31536000, immutable", "Content-Disposition": 'inline; filename="logo"'}


@require_safe
def logo(request: HttpRequest, logo_id: UUID) -> HttpResponse:
    """Give a logo that an agency shows today, a PNG or JPEG by what its bytes were found to be; else 404."""
    agence = Agence.objects.filter(logo_id=logo_id).first()
    if agence is None:
        raise Http404(_("Cette image n’existe pas, ou plus."))
    with within(agence.pk):
        kept = MailLogo.objects.get(agence=agence, public_id=logo_id)
    return HttpResponse(bytes(kept.content), content_type=kept.media_type, headers=HEADERS)
