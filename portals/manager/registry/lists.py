"""The short lists of an agency: prestations, motifs, motivations types, secteurs. One way for all of them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet, Value
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from interventions.models import Client, Contrat, Intervention, Motif, MotifKind, Prestation, RegistryKind, Secteur
from interventions.models.fields import SortKey
from interventions.registry import keeping
from portals.manager.acts import SeeOther
from portals.manager.registry import words
from portals.manager.registry.forms import LineForm
from portals.manager.registry.kept import LISTS, Kept
from portals.web import paging
from portals.web.pages import INVALID, page
from portals.web.requests import ActorRequest

ARCHIVED = "archives"
NO_RIGHT = gettext_lazy("Vos droits permettent de lire cette liste, pas de la changer. Rien n’a été enregistré.")
ALL_SECTEURS = gettext_lazy("Créer un secteur revient à qui voit toute l’agence. Rien n’a été enregistré.")


@require_GET
def index(request: ActorRequest, noun: str) -> HttpResponse:
    """Show a list, 50 a page; ?q= searches, ?etat=archives shows what is put away."""
    kept, typed = LISTS[noun], request.GET.get("q", "").strip()
    archived = request.GET.get("etat") == ARCHIVED
    found = _rows(kept, request).filter(archived_at__isnull=not archived)
    for word in typed.split():
        found = found.alias(searched=SortKey(kept.text)).filter(searched__contains=SortKey(Value(word)))
    context = {
        "kept": kept,
        "cut": paging.cut(found, kept.key, request.GET),
        "typed": typed,
        "archived": archived,
        "may_keep": keeping.may_keep(kept.kind, request.actor),
        "may_create": keeping.may_create(kept.kind, request.actor),
        "is_motif": kept.kind is RegistryKind.MOTIF,
    }
    return page(request, "manager/registry/index.html", context, fragment="rows")


@require_http_methods(["GET", "POST"])
def create(request: ActorRequest, noun: str) -> HttpResponse:
    """Show the form of a new line, or keep it."""
    kept = LISTS[noun]
    needs_right(kept.kind, request)
    if not keeping.may_create(kept.kind, request.actor):
        raise PermissionDenied(ALL_SECTEURS)
    return edit(request, kept, _new(kept, request), created=True)


@require_http_methods(["GET", "POST"])
def line(request: ActorRequest, noun: str, public_id: UUID) -> HttpResponse:
    """Show a line with its record, or change it."""
    kept = LISTS[noun]
    return edit(request, kept, find(kept, request, public_id), created=False)


@require_POST
def archive(request: ActorRequest, noun: str, public_id: UUID) -> HttpResponse:
    """Put a line away, or (reprendre=1) take it back."""
    kept = LISTS[noun]
    row = find(kept, request, public_id)
    needs_right(kept.kind, request)
    back = request.POST.get("reprendre") == "1"
    keeping.archive(row, not back, request.actor, request.now)
    said = (
        _("« %(what)s » est de nouveau proposé.") if back else _("« %(what)s » est archivé : il n’est plus proposé.")
    )
    messages.success(request, said % {"what": row})
    return SeeOther(kept.index_url)


def _new(kept: Kept, request: ActorRequest) -> Any:
    row = kept.model(agence_id=request.actor.agence_id)
    if kept.kind is RegistryKind.MOTIF:
        refus = request.GET.get("liste") != MotifKind.ANNULATION
        row.kind = MotifKind.REFUS if refus else MotifKind.ANNULATION
    return row


def _rows(kept: Kept, request: ActorRequest) -> QuerySet[Any]:
    """Return the lines of a list that the actor may see: all of the agency's, but for secteurs that are not theirs."""
    if kept.kind is RegistryKind.SECTEUR:
        return Secteur.objects.visible_to(request.actor)
    return kept.model.objects.filter(agence_id=request.actor.agence_id)


def find(kept: Kept, request: ActorRequest, public_id: UUID) -> Any:
    """Return a line that the actor may see, else 404."""
    return get_object_or_404(_rows(kept, request), public_id=public_id)


def needs_right(kind: RegistryKind, request: ActorRequest) -> None:
    """Refuse (403) who may only read this list."""
    if not keeping.may_keep(kind, request.actor):
        raise PermissionDenied(NO_RIGHT)


def edit(request: ActorRequest, kept: Kept, row: Any, *, created: bool) -> HttpResponse:
    """Show the form of a line, or keep what was entered and show the list."""
    may, posted = keeping.may_keep(kept.kind, request.actor), request.method == "POST"
    if posted or created:
        needs_right(kept.kind, request)
    form = kept.form(row, request.POST if posted else None)
    if posted and form.is_valid() and keep(request, form, created=created):
        return SeeOther(kept.index_url)
    context = {
        "kept": kept,
        "row": row,
        "form": form,
        "created": created,
        "may_keep": may,
        "archive_url": "" if created else kept.url("archive", row.public_id),
        "uses": 0 if created else uses(row),
        "record": [] if created else words.record(row),
        "list_label": row.get_kind_display() if kept.kind is RegistryKind.MOTIF else "",
    }
    return page(request, "manager/registry/line.html", context, status=INVALID if posted else 200)


def keep(request: ActorRequest, form: LineForm, *, created: bool) -> bool:
    """Save what a valid form says; False where the number or name is taken, the form then says so."""
    row = form.row
    try:
        if created:
            for name, value in form.values().items():
                setattr(row, name, value)
            keeping.create(row, request.actor, request.now)
        else:
            keeping.change(row, form.values(), request.actor, request.now)
    except keeping.Taken as taken:
        form.refuse_taken(taken.fields)
        return False
    messages.success(request, _("« %(what)s » est enregistré.") % {"what": row})
    return True


def uses(row: Any) -> int:
    """Return how many visits, contrats or clients of the agency refer to a line."""
    if isinstance(row, Secteur):
        return Client.objects.filter(agence_id=row.agence_id, secteur=row.pk).count()
    if isinstance(row, Prestation):
        of_contrats = Contrat.objects.filter(agence_id=row.agence_id, prestation=row.pk).count()
        return of_contrats + Intervention.objects.filter(agence_id=row.agence_id, prestation=row.pk).count()
    if isinstance(row, Motif):
        chosen = Q(motif=row.pk) | Q(propositions__motif=row.pk)
        return Intervention.objects.filter(chosen, agence_id=row.agence_id).distinct().count()
    return 0
