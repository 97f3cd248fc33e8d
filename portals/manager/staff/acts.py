"""Seeing a gestionnaire out, taking them back, ending their sessions, taking a lost second factor away."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from interventions.registry import staff
from portals.manager.acts import SeeOther
from portals.manager.staff.views import find, url_of
from portals.web import second_factor
from portals.web.devices import at_desk, end_sessions
from portals.web.pages import page
from portals.web.requests import ActorRequest


@require_http_methods(["GET", "POST"])
def see_out(request: ActorRequest, public_id: UUID) -> HttpResponse:
    """Say what leaving means, or end the access at once."""
    member = find(request, public_id)
    if request.method == "GET":
        context = {"member": member, "back": url_of(member), "is_me": member.pk == request.actor.gestionnaire_id}
        return page(request, "manager/staff/leaving.html", context)
    try:
        staff.see_out(request.actor, member, request.now)
    except staff.Refused as refused:
        messages.error(request, str(refused))
        return SeeOther(url_of(member))
    if member.user_id == request.actor.user_id:
        # Their sessions end with the transaction: this one must not be written again.
        logout(request)
        return SeeOther(reverse("account_login"))
    messages.success(request, _("%(who)s n’a plus accès.") % {"who": member})
    return SeeOther(url_of(member))


@require_POST
def take_back(request: ActorRequest, public_id: UUID) -> HttpResponse:
    """Give who left the access that they had."""
    member = find(request, public_id)
    try:
        staff.take_back(request.actor, member, request.now)
    except staff.Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("%(who)s a de nouveau accès ; un mail le lui dit.") % {"who": member})
    return SeeOther(url_of(member))


@require_POST
def sign_out(request: ActorRequest, public_id: UUID) -> HttpResponse:
    """End one session (session=…) of a gestionnaire, or without it all that their address has anywhere."""
    member, wanted = find(request, public_id), request.POST.get("session", "")
    found = {str(one.key): one.key for one in at_desk(member, None)}
    if member.user_id == request.actor.user_id:
        messages.info(request, _("Vos propres appareils se ferment depuis votre compte."))
    elif wanted and wanted not in found:
        messages.info(request, _("Cette session est déjà fermée."))
    else:
        staff.sign_out(request.actor, member, request.now)
        end_sessions(member.user, found.get(wanted))
        messages.success(request, _("C’est fermé : il faut se reconnecter pour continuer."))
    return SeeOther(url_of(member))


@require_http_methods(["GET", "POST"])
def reset_factor(request: ActorRequest, public_id: UUID) -> HttpResponse:
    """Say what taking a lost second factor away means, or do it."""
    member = find(request, public_id)
    if request.method == "GET":
        return page(request, "manager/staff/factor.html", {"member": member, "back": url_of(member)})
    if not second_factor.has_factor(member.user_id):
        messages.info(request, _("Cette personne n’a pas de deuxième facteur."))
        return SeeOther(url_of(member))
    elsewhere = second_factor.enters_elsewhere(member.user, member.agence_id, request.now)
    try:
        staff.reset_factor(request.actor, member, request.now, enters_elsewhere=elsewhere)
    except staff.Refused as refused:
        messages.error(request, str(refused))
    else:
        second_factor.forget(member.user)
        messages.success(request, _("C’est fait : un mail le dit à %(who)s.") % {"who": member})
    return SeeOther(url_of(member))
