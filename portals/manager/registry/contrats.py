"""Contrats: the list, the sheet with its hours month by month, what is entered, and the archive."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import Q, Value
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from interventions import hours
from interventions.models import Client, Contrat, ContratState, RegistryKind
from interventions.models.fields import SortKey
from interventions.registry import keeping
from interventions.registry.contrats import months
from portals.manager import visible, whose
from portals.manager.acts import SeeOther
from portals.manager.registry import words
from portals.manager.registry.contrat_form import ContratForm
from portals.manager.registry.lists import ARCHIVED, keep, needs_right
from portals.web import format as fmt
from portals.web import paging
from portals.web.pages import INVALID, page
from portals.web.requests import ActorRequest

FOR_A_CONTRAT = whose.Asked(
    gettext_lazy("Nouveau contrat : pour qui ?"),
    gettext_lazy("Nouveau contrat"),
    "gestion:contrats",
    gettext_lazy("Contrats"),
    "gestion:contrat-new",
)
BEFORE, AFTER = dt.timedelta(days=184), dt.timedelta(days=92)


@require_GET
def index(request: ActorRequest) -> HttpResponse:
    """List the contrats by number, 50 a page; ?q= searches number, client and prestation, ?etat= keeps one état."""
    typed, state = request.GET.get("q", "").strip(), request.GET.get("etat", "")
    found = search(Contrat.objects.visible_to(request.actor), typed)
    found = found.filter(archived_at__isnull=state != ARCHIVED)
    if state in set(ContratState):
        found = found.filter(state=state)
    context = {
        "cut": paging.cut(found.select_related("client", "prestation"), "number", request.GET),
        "typed": typed,
        "state": state,
        "states": [*ContratState.choices(), (ARCHIVED, _("Archivés"))],
        "may_keep": keeping.may_keep(RegistryKind.CONTRAT, request.actor),
    }
    return page(request, "manager/registry/contrats.html", context, fragment="rows")


def search(found: Any, typed: str) -> Any:
    """Return the contrats whose number, client or prestation holds every word, whatever the accents and case."""
    found = found.alias(searched=SortKey("number"))
    for word in typed.split():
        key = SortKey(Value(word))
        named = Q(client__sort_name__contains=key) | Q(prestation__sort_name__contains=key)
        found = found.filter(named | Q(searched__contains=key) | Q(client__number__icontains=word))
    return found


def find(request: ActorRequest, public_id: UUID) -> Contrat:
    """Return a contrat of a client that this person sees; held until the answer where it is to be changed."""
    found: Any = Contrat.objects.visible_to(request.actor).select_related("client", "prestation")
    if request.method == "POST":
        found = found.select_for_update(of=("self",))
    return get_object_or_404(found, public_id=public_id)


def contrat_url(contrat: Contrat) -> str:
    """Return the address of a contrat."""
    return reverse("gestion:contrat", args=[contrat.public_id])


@require_GET
def sheet(request: ActorRequest, public_id: UUID) -> HttpResponse:
    """Show a contrat: what it says, its hours done, planned and left by month, its record."""
    contrat = find(request, public_id)
    today = request.actor.today(request.now)
    context = {
        "contrat": contrat,
        "facts": facts(contrat),
        "months": months(contrat, request.actor, *_span(contrat, today)),
        "this_month": hours.month_of(today),
        "record": words.record(contrat),
        "may_keep": keeping.may_keep(RegistryKind.CONTRAT, request.actor),
        "may_archive": may_archive(contrat, today),
    }
    return page(request, "manager/registry/contrat.html", context)


def _span(contrat: Contrat, today: dt.date) -> tuple[dt.date, dt.date]:
    """Return the months to show: half a year back, a quarter ahead; the last ones of a contrat that has ended."""
    around = min(today, contrat.ends_on) if contrat.ends_on else today
    return around - BEFORE, max(around, contrat.starts_on) + AFTER


def facts(contrat: Contrat) -> list[tuple[str, str]]:
    """Return what the contrat says, as (name, value)."""
    return [
        (_("Client"), contrat.client.full_name),
        (_("Prestation"), str(contrat.prestation)),
        (_("État"), contrat.state_label),
        (_("Début"), f"{contrat.starts_on:%d/%m/%Y}"),
        (_("Fin"), f"{contrat.ends_on:%d/%m/%Y}" if contrat.ends_on else _("sans fin")),
        (_("Facturable"), _("oui") if contrat.billable else _("non")),
        (_("Heures par mois"), fmt.duration(contrat.monthly_minutes) if contrat.monthly_minutes else _("sans limite")),
    ]


def may_archive(contrat: Contrat, today: dt.date) -> bool:
    """Return whether a contrat may be put away: one that is still a Brouillon, or that has ended."""
    ended = contrat.ends_on is not None and contrat.ends_on < today
    return contrat.archived_at is None and (ended or contrat.state == ContratState.DRAFT)


@require_GET
def for_whom(request: ActorRequest) -> HttpResponse:
    """Ask for whom a contrat is to be created: ?q= searches, each client leads to the form."""
    needs_right(RegistryKind.CONTRAT, request)
    return whose.ask(request, FOR_A_CONTRAT)


@require_http_methods(["GET", "POST"])
def create(request: ActorRequest, public_id: UUID) -> HttpResponse:
    """Show the form of a new contrat of this client, or keep it."""
    client = visible.client(request, public_id)
    needs_right(RegistryKind.CONTRAT, request)
    row = Contrat(agence_id=request.actor.agence_id, client=client, starts_on=request.actor.today(request.now))
    return _edit(request, row, client, created=True)


@require_http_methods(["GET", "POST"])
def change(request: ActorRequest, public_id: UUID) -> HttpResponse:
    """Show the form of a contrat, or change it, once the visits that are left without one were confirmed."""
    contrat = find(request, public_id)
    needs_right(RegistryKind.CONTRAT, request)
    return _edit(request, contrat, contrat.client, created=False)


def _edit(request: ActorRequest, row: Contrat, client: Client, *, created: bool) -> HttpResponse:
    posted = request.method == "POST"
    form = ContratForm(row, request.actor, request.POST if posted else None)
    if posted and form.is_valid() and keep(request, form, created=created):
        return SeeOther(contrat_url(Contrat.objects.get(pk=row.pk)))
    context = {"form": form, "contrat": row, "client": client, "created": created}
    return page(request, "manager/registry/contrat_form.html", context, status=INVALID if posted else 200)


@require_POST
def archive(request: ActorRequest, public_id: UUID) -> HttpResponse:
    """Put a contrat away that is no longer in force, or (reprendre=1) take it back."""
    contrat = find(request, public_id)
    needs_right(RegistryKind.CONTRAT, request)
    back = request.POST.get("reprendre") == "1"
    if back or may_archive(contrat, request.actor.today(request.now)):
        keeping.archive(contrat, not back, request.actor, request.now)
        messages.success(request, _("Le contrat est repris.") if back else _("Le contrat est archivé."))
    else:
        messages.error(
            request, _("Un contrat en cours ne s’archive pas : résiliez-le d’abord. Rien n’a été enregistré.")
        )
    return SeeOther(contrat_url(contrat))
