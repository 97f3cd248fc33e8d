"""The list of gestionnaires, one of them with their sessions and record, and the forms of what is given to them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from interventions.models import Gestionnaire
from interventions.registry import staff
from portals.manager.acts import SeeOther
from portals.manager.registry import words
from portals.manager.staff.forms import InvitationForm, StaffForm
from portals.web import paging, second_factor
from portals.web.devices import at_desk
from portals.web.pages import INVALID, page
from portals.web.requests import ActorRequest

LEFT = "partis"


@require_GET
def index(request: ActorRequest) -> HttpResponse:
    """List the gestionnaires by name with their rights in words, 50 a page; ?etat=partis shows who left."""
    needs_right(request)
    left = request.GET.get("etat") == LEFT
    found = _members(request).filter(ended_at__isnull=not left).prefetch_related("secteurs")
    cut = paging.cut(found, "sort_name", request.GET)
    rows = [(member, ", ".join(staff.rights_of(member)), _whose(member)) for member in cut.rows]
    return page(request, "manager/staff/index.html", {"cut": cut, "rows": rows, "left": left})


@require_GET
def sheet(request: ActorRequest, public_id: UUID) -> HttpResponse:
    """Show a gestionnaire: rights, sessions, and who changed what."""
    member = find(request, public_id)
    context = {
        "member": member,
        "facts": _facts(member),
        "sessions": at_desk(member, request.session.session_key),
        "record": words.record(member),
        "is_me": member.pk == request.actor.gestionnaire_id,
    }
    return page(request, "manager/staff/member.html", context)


@require_http_methods(["GET", "POST"])
def invite(request: ActorRequest) -> HttpResponse:
    """Show the form of a new gestionnaire, or give them access and send them the mail."""
    needs_right(request)
    posted = request.method == "POST"
    form = InvitationForm(Gestionnaire(), request.actor, request.POST if posted else None)
    if posted and form.is_valid():
        try:
            made = staff.invite(request.actor, form.cleaned_data["email"], form.values, form.chosen, request.now)
        except staff.Refused as refused:
            form.add_error("email" if refused.words in (staff.ALREADY, staff.LEFT) else None, str(refused))
        else:
            messages.success(request, _("%(who)s a accès : un mail lui dit comment se connecter.") % {"who": made})
            return SeeOther(url_of(Gestionnaire.objects.get(pk=made.pk)))
    context = {"form": form, "member": None, "back": reverse("gestion:staff")}
    return page(request, "manager/staff/form.html", context, status=INVALID if posted else 200)


@require_http_methods(["GET", "POST"])
def change(request: ActorRequest, public_id: UUID) -> HttpResponse:
    """Show the rights of a gestionnaire as a form, or change them from this moment on."""
    member = find(request, public_id)
    posted = request.method == "POST"
    form = StaffForm(member, request.actor, request.POST if posted else None)
    if posted and form.is_valid():
        try:
            changed = staff.change(request.actor, member, form.values, form.chosen, request.now)
        except staff.Refused as refused:
            form.add_error("may_administer" if refused.words is staff.LAST else None, str(refused))
        else:
            messages.success(request, _("C’est enregistré.") if changed else _("Rien n’a changé."))
            return SeeOther(after(request, member))
    context = {"form": form, "member": member, "back": url_of(member)}
    return page(request, "manager/staff/form.html", context, status=INVALID if posted else 200)


def needs_right(request: ActorRequest) -> None:
    """Refuse (403) who does not administer."""
    if not staff.may_keep(request.actor):
        raise PermissionDenied(staff.NOT_YOURS)


def find(request: ActorRequest, public_id: UUID) -> Gestionnaire:
    """Return a gestionnaire whom the actor may see, for who administers (403); else 404."""
    needs_right(request)
    return get_object_or_404(_members(request), public_id=public_id)


def url_of(member: Gestionnaire, what: str = "") -> str:
    """Return the address of a gestionnaire's page, or of something below it."""
    return reverse(f"gestion:staff-{what or 'member'}", args=[member.public_id])


def after(request: ActorRequest, member: Gestionnaire) -> str:
    """Return where to go on: who no longer administers after their own press is shown the first page."""
    mine = member.pk == request.actor.gestionnaire_id
    still = Gestionnaire.objects.filter(pk=member.pk, may_administer=True, ended_at=None).exists()
    return reverse("gestion:home") if mine and not still else url_of(member)


def _members(request: ActorRequest) -> Any:
    seen: Any = Gestionnaire.objects.visible_to(request.actor).select_related("user")
    return seen.annotate(has_factor=second_factor.factor_of_user())


def _whose(member: Gestionnaire) -> str:
    if member.all_secteurs:
        return _("toute l’agence")
    return ", ".join(sorted(secteur.name for secteur in member.secteurs.all())) or _("aucun secteur")


def _facts(member: Any) -> list[tuple[str, str]]:
    return [
        (_("Adresse e-mail"), "—" if member.anonymised_at else member.user.email),
        (_("Droits"), ", ".join(staff.rights_of(member))),
        (_("Secteurs"), _whose(member)),
        (_("Deuxième facteur"), _("oui") if member.has_factor else _("non")),
    ]
