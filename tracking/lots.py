"""A lot: what became of each row of a press, and its undoing."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from interventions import operations
from interventions.models import Batch
from interventions.states import Ground, Right
from portals.web import format as fmt
from portals.web.pages import page
from portals.web.presses import key_of
from portals.web.requests import ActorRequest
from tracking.fates import DONE, Fates, batch_of, fates, recent
from tracking.rows import PAGE

SEE_OTHER = 303


@require_safe
def index(request: ActorRequest) -> HttpResponse:
    """Show the latest lots that validated in clients' places, with the way to each."""
    return page(request, "tracking/lots.html", {"lots": _lines(recent(request.actor)[:PAGE])})


def _lines(lots: Iterable[Batch]) -> list[tuple[Batch, Ground | None]]:
    return [(lot, Ground(lot.ground) if lot.ground else None) for lot in lots]


@require_safe
def sheet(request: ActorRequest, public_id: UUID) -> HttpResponse:
    """Show the fate of each row of a press: those left alone first, each with its reason."""
    batch, all_fates = _seen(request, public_id)
    wanted, start = request.GET.get("sort", ""), _position(request.GET.get("de", ""))
    shown = all_fates.narrowed(wanted)
    context = {
        "batch": batch,
        "fates": all_fates,
        "title": _title(batch, all_fates),
        "wanted": wanted,
        "rows": shown.page(start),
        "done_value": DONE,
        "ground": Ground(batch.ground) if batch.ground else None,
        "undone": batch.undone_by.filter(agence_id=request.actor.agence_id).order_by("pk").first(),
        "may_undo": _may_undo(request, batch, all_fates),
        "previous_url": _url(wanted, max(0, start - PAGE)) if start else "",
        "next_url": _url(wanted, start + PAGE) if start + PAGE < shown.count else "",
    }
    return page(request, "tracking/lot.html", context, fragment="fates")


@require_POST
def undo(request: ActorRequest, public_id: UUID) -> HttpResponse:
    """Undo a press row by row, as a press of its own; then the fate of each of its rows."""
    batch, _fates = _seen(request, public_id)
    if not request.actor.has(Right.MANAGE):
        raise PermissionDenied(_("Annuler un lot demande le droit de gestion. Rien n’a été enregistré."))
    outcome = operations.undo(batch, actor=request.actor, at=request.now, key=key_of(request))
    if outcome.replayed:
        messages.info(request, _("Cette annulation était déjà enregistrée\u00a0: elle n’a pas été refaite."))
    return HttpResponseRedirect(reverse("suivi:lot", args=[outcome.batch.public_id]), status=SEE_OTHER)


def _seen(request: ActorRequest, public_id: UUID) -> tuple[Batch, Fates]:
    """Return a press and its rows; one of which the actor may see no row is not there, unless it is their own."""
    batch = batch_of(request.actor, public_id)
    if batch is None:
        raise Http404
    found = fates(batch, request.actor)
    if not found.count and batch.actor_id != request.actor.user_id:
        raise Http404
    return batch, found


def _title(batch: Batch, found: Fates) -> str:
    """Return how many visits went and how many stayed: «34 visites validées, 4 laissées»."""
    if not found.done:
        return _("Aucune visite n’a changé")
    if batch.undoes_id and found.attached:
        went = ngettext(
            "%(n)s visite rendue à son contrat d’avant", "%(n)s visites rendues à leur contrat d’avant", found.done
        )
    elif batch.undoes_id:
        went = ngettext("%(n)s visite rouverte", "%(n)s visites rouvertes", found.done)
    elif found.attached:
        went = ngettext("%(n)s visite rattachée", "%(n)s visites rattachées", found.done)
    elif found.validated:
        went = ngettext("%(n)s visite validée", "%(n)s visites validées", found.done)
    else:
        went = ngettext("%(n)s visite changée", "%(n)s visites changées", found.done)
    stayed = ngettext("%(n)s laissée", "%(n)s laissées", len(found.left)) if found.left else ""
    parts = (went % {"n": fmt.number(found.done)}, stayed and stayed % {"n": fmt.number(len(found.left))})
    return ", ".join(filter(None, parts))


def _may_undo(request: ActorRequest, batch: Batch, found: Fates) -> bool:
    """Whether this is a lot of validations or attachments of which something went, and the person may undo it."""
    undone = batch.undoes_id is not None
    return request.actor.has(Right.MANAGE) and (found.validated > 0 or (found.attached > 0 and not undone))


def _position(text: str) -> int:
    return min(int(text), 10**6) if text.isdecimal() else 0


def _url(wanted: str, start: int) -> str:
    return f"?sort={wanted}&de={start}" if wanted else f"?de={start}"
