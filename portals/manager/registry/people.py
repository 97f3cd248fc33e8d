"""Clients and intervenants as lines of the registry: entered, changed. One way for both."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from interventions.models import Client, Intervenant, RegistryKind
from interventions.registry import keeping, people
from portals.manager import visible
from portals.manager.acts import SeeOther
from portals.manager.registry.people_forms import ClientForm, IntervenantForm, PersonForm
from portals.web.pages import INVALID, page
from portals.web.requests import ActorRequest

NO_RIGHT = gettext_lazy("Changer une fiche demande le droit de gestion, que l’administration de votre agence accorde.")


@dataclass(frozen=True)
class Kind:
    """Clients or intervenants: their rows, their form, their words, how one of them is found."""

    kind: RegistryKind
    model: Any
    form: type[PersonForm]
    find: Callable[[ActorRequest, UUID], Any]
    title: Promise
    new: Promise

    @property
    def list_url(self) -> str:
        """Where the list is."""
        return reverse(f"gestion:{self.kind}s")

    def url(self, person: Any, what: str = "") -> str:
        """Return the address of a person's fiche, or under it "change", "archive", "restore"."""
        return reverse(f"gestion:{self.kind}{'-' + what if what else ''}", args=[person.public_id])


KINDS = {
    "client": Kind(
        RegistryKind.CLIENT,
        Client,
        ClientForm,
        visible.client,
        gettext_lazy("Clients"),
        gettext_lazy("Nouveau client"),
    ),
    "intervenant": Kind(
        RegistryKind.INTERVENANT,
        Intervenant,
        IntervenantForm,
        visible.intervenant,
        gettext_lazy("Intervenants"),
        gettext_lazy("Nouvel intervenant"),
    ),
}


@require_http_methods(["GET", "POST"])
def create(request: ActorRequest, noun: str) -> HttpResponse:
    """Show the form of a new person, or keep them and show their fiche."""
    kind = KINDS[noun]
    needs_right(kind, request)
    return _edit(request, kind, kind.model(agence_id=request.actor.agence_id), created=True)


@require_http_methods(["GET", "POST"])
def change(request: ActorRequest, noun: str, public_id: UUID) -> HttpResponse:
    """Show the form of a person, or change them and show their fiche."""
    kind = KINDS[noun]
    person = kind.find(request, public_id)
    needs_right(kind, request)
    return _edit(request, kind, person, created=False)


def needs_right(kind: Kind, request: ActorRequest) -> None:
    """Refuse (403) who may only read."""
    if not keeping.may_keep(kind.kind, request.actor):
        raise PermissionDenied(NO_RIGHT)


def _edit(request: ActorRequest, kind: Kind, person: Any, *, created: bool) -> HttpResponse:
    posted = request.method == "POST"
    form = kind.form(person, request.actor, request.POST if posted else None)
    if posted and form.is_valid() and _keep(request, form, created=created):
        return SeeOther(kind.url(kind.model.objects.get(pk=person.pk)))
    context = {
        "kind": kind,
        "person": None if created else person,
        "form": form,
        "back": kind.list_url if created else kind.url(person),
    }
    return page(request, "manager/registry/person_form.html", context, status=INVALID if posted else 200)


def _keep(request: ActorRequest, form: PersonForm, *, created: bool) -> bool:
    """Save what a valid form says; False where the number is taken, the form then says so."""
    person, values, email = form.row, form.values(), form.cleaned_data["email"]
    try:
        if created:
            for name, value in values.items():
                setattr(person, name, value)
            people.create(person, email, request.actor, request.now)
        else:
            people.change(person, values, email, request.actor, request.now)
    except keeping.Taken as taken:
        form.refuse_taken(taken.fields)
        return False
    messages.success(request, _("La fiche de %(who)s est enregistrée.") % {"who": person.full_name})
    return True
