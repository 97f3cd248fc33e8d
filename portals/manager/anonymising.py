"""Anonymising a person: what will go and what stays, and why, before the press that nothing takes back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods

from interventions.erasure import anonymise as erasure
from interventions.states import Right
from portals.manager import clients, proches, visible
from portals.manager.acts import SeeOther
from portals.manager.staff import views as staff
from portals.web.pages import INVALID, page
from portals.web.requests import ActorRequest

NOT_YOURS = gettext_lazy("Qui administre l’agence anonymise une personne.")


@dataclass(frozen=True)
class Kind:
    """How a fiche is found, where it is shown, and the list above it."""

    find: Callable[[ActorRequest, UUID], Any]
    back: Callable[[Any], str]


KINDS = {
    "client": Kind(visible.client, clients.client_url),
    "intervenant": Kind(visible.intervenant, lambda row: reverse("gestion:intervenant", args=[row.public_id])),
    "proche": Kind(proches.find, lambda row: clients.client_url(row.client)),
    "staff": Kind(staff.find, staff.url_of),
}


class AnonymiseForm(forms.Form):
    """The one thing that is asked: that it is understood that nothing comes back."""

    understood = forms.BooleanField(
        label=gettext_lazy("J’ai compris : rien de ce qui part ne reviendra"),
        error_messages={"required": gettext_lazy("Cochez cette case pour continuer.")},
    )


@require_http_methods(["GET", "POST"])
def page_of(request: ActorRequest, public_id: UUID, kind: str) -> HttpResponse:
    """Show what anonymising a person means and what stands in its way, or do it."""
    row = KINDS[kind].find(request, public_id)
    _check(request, row)
    back = KINDS[kind].back(row)
    if row.anonymised_at:
        messages.info(request, _("Cette personne est déjà anonymisée."))
        return SeeOther(back)
    posted = request.method == "POST"
    form = AnonymiseForm(request.POST if posted else None)
    if posted and form.is_valid() and _press(request, row):
        messages.success(request, _("La personne est anonymisée."))
        return SeeOther(back)
    extent = erasure.extent(row, request.now)
    context = {"row": row, "back": back, "form": form, "obstacles": extent.obstacles}
    context |= {"goes": _goes(kind, extent), "stays": _stays(kind, extent)}
    return page(request, "manager/anonymise.html", context, status=INVALID if posted else 200)


def _check(request: ActorRequest, row: Any) -> None:
    if not request.actor.has(Right.ADMINISTER):
        raise PermissionDenied(NOT_YOURS)
    if not erasure.may(request.actor, row):
        raise Http404


def _press(request: ActorRequest, row: Any) -> bool:
    """Do it; False where something still runs, the page then says what."""
    try:
        erasure.anonymise(row, request.actor, request.now)
    except erasure.StillRunning:
        return False
    return True


def _goes(kind: str, extent: erasure.Extent) -> list[str]:
    """Return what will be erased, a line each."""
    said = [_("Son nom, son adresse e-mail et son compte, s’il ne sert à rien d’autre.")]
    if kind in ("client", "intervenant"):
        said[0] = _("Son nom, ses coordonnées, et son compte s’il ne sert à rien d’autre.")
    counted = (
        (extent.texts, ngettext("%(n)d texte du journal.", "%(n)d textes du journal.", extent.texts)),
        (extent.mails, ngettext("Le texte de %(n)d mail.", "Le texte de %(n)d mails.", extent.mails)),
        (extent.scans, ngettext("%(n)d pièce jointe.", "%(n)d pièces jointes.", extent.scans)),
        (
            extent.absences,
            ngettext("%(n)d absence, avec sa raison.", "%(n)d absences, avec leur raison.", extent.absences),
        ),
        (
            extent.mandates,
            ngettext("%(n)d mandat, avec qui l’avait.", "%(n)d mandats, avec qui les avait.", extent.mandates),
        ),
    )
    said += [words % {"n": count} for count, words in counted if count]
    return [*said, _("Son nom partout où l’agence note qui a fait quoi, et ce qui se trouvait dans sa fiche.")]


def _stays(kind: str, extent: erasure.Extent) -> list[str]:
    """Return what stays, and on what ground, a line each."""
    said = []
    if kind in ("client", "intervenant"):
        visits = ngettext(
            "%(n)d visite, avec ses heures, ses kilomètres et son issue",
            "%(n)d visites, avec leurs heures, leurs kilomètres et leur issue",
            extent.visits,
        ) % {"n": extent.visits}
        if extent.visits:
            said.append(
                _("%(what)s : la paie (cinq ans) et les comptes (dix ans) reposent dessus.") % {"what": visits}
            )
        said.append(_("Le numéro de la fiche, par lequel vos factures et vos bulletins la connaissent."))
        said.append(_("Les exports numérotés de paie et de facturation, tels quels : pièces comptables, dix ans."))
    if kind == "intervenant":
        said.append(_("Ce que d’autres ont écrit de leurs visites : leur contrat avec vous."))
    if kind == "staff":
        said.append(_("Les raisons et motivations données au nom de l’agence : elles sont celles de l’agence."))
    return [*said, _("Le journal et ses sceaux, sans les mots : la preuve de ce qui s’est passé, et quand.")]
