"""Renvoyer: a mail that came back, once more, to the address that its reader has today."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from interventions import resends
from interventions.models import Mail
from interventions.states import Right
from interventions.tasks import nudge
from portals.manager.acts import SeeOther
from portals.manager.waiting import CAME_BACK
from portals.web.requests import ActorRequest


def may(request: ActorRequest, mail: Mail) -> bool:
    """Return whether this manager may send the mail again: it reached nobody, and was not sent again before."""
    fresh = mail.fate in CAME_BACK and mail.kind in resends.RESENT
    return fresh and request.actor.has(Right.MANAGE) and not Mail.objects.filter(resends=mail).exists()


@require_POST
def resend(request: ActorRequest, public_id: UUID) -> HttpResponse:
    """Write the mail again and lead to it; pressed twice, it leads to the same one."""
    found: Any = Mail.objects.visible_to(request.actor)
    mail = get_object_or_404(found.filter(kind__in=resends.RESENT, fate__in=CAME_BACK), public_id=public_id)
    if not request.actor.has(Right.MANAGE):
        raise PermissionDenied
    again = resends.resend(mail, request.now)
    if again is None:
        messages.info(request, _("Ce mail n’a plus rien à dire : ses visites ont avancé depuis."))
        return SeeOther(reverse("gestion:mail", args=[mail.public_id]))
    nudge()
    again.refresh_from_db()
    messages.success(request, _("Le mail repart."))
    return SeeOther(reverse("gestion:mail", args=[again.public_id]))
