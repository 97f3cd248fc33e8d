"""A lot: what became of each row of a press, and its undoing."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from interventions import operations
from interventions.models import Batch, BatchWork
from interventions.states import Action, Ground, Right
from interventions.workflow import REMINDERS
from portals.web import format as fmt
from portals.web.pages import page
from portals.web.presses import key_of
from portals.web.requests import ActorRequest
from tracking import fate_file
from tracking.acts import BY_ACTION
from tracking.fates import DONE, Fates, batch_of, fates, recent
from tracking.positions import position, window
from tracking.pressing import press
from tracking.progress import sees_whole, work_of
from tracking.rows import PAGE

SEE_OTHER = 303


@require_safe
def index(request: ActorRequest) -> HttpResponse:
    """Show the latest lots, with what became of each and the way to it."""
    lots = list(recent(request.actor)[:PAGE])
    works = {work.batch_id: work for work in BatchWork.objects.filter(batch__in=[lot.pk for lot in lots])}
    lines = [(lot, BY_ACTION.get(lot.act), works.get(lot.pk)) for lot in lots]
    return page(request, "tracking/lots.html", {"lots": lines})


@require_safe
def sheet(request: ActorRequest, public_id: UUID) -> HttpResponse:
    """Show the fate of each row of a press: those left alone first, each with its reason."""
    batch = _found(request, public_id)
    work = work_of(batch)
    if work and not work.finished_at and sees_whole(request.actor, batch):
        return HttpResponseRedirect(reverse("suivi:lot-progress", args=[public_id]), status=SEE_OTHER)
    all_fates = _fates(request, batch)
    wanted, start = request.GET.get("sort", ""), position(request.GET.get("de", ""))
    shown = all_fates.narrowed(wanted)
    undone = batch.undone_by.filter(agence_id=request.actor.agence_id).order_by("pk").last()
    context = {
        "batch": batch,
        "work": work,
        "fates": all_fates,
        "title": _title(batch, all_fates),
        "wanted": wanted,
        "rows": shown.page(start),
        "done_value": DONE,
        "ground": Ground(batch.ground) if batch.ground else None,
        "undone": undone,
        "undoes_rest": bool(undone and (ended := work_of(undone)) and ended.was_stopped),
        "may_undo": _may_undo(request, batch, all_fates),
        "reminds": batch.act in REMINDERS,
        **window(f"sort={wanted}&" if wanted else "", start, more=start + PAGE < shown.count),
    }
    return page(request, "tracking/lot.html", context, fragment="fates")


@require_safe
def fate_list(request: ActorRequest, public_id: UUID) -> StreamingHttpResponse:
    """Send the fate of every row that the person may see, as a file for a spreadsheet."""
    batch = _found(request, public_id)
    return fate_file.answer(batch, _fates(request, batch))


@require_POST
def undo(request: ActorRequest, public_id: UUID) -> HttpResponse:
    """Undo a press row by row, as a press of its own, in the background if it was large; then the fate of each row."""
    batch = _found(request, public_id)
    _fates(request, batch)
    if not request.actor.has(Right.MANAGE):
        raise PermissionDenied(_("Annuler un lot demande le droit de gestion. Rien n’a été enregistré."))
    if BatchWork.objects.filter(batch=batch, finished_at=None).exists():
        messages.warning(request, _("Ce lot est encore en cours\u00a0: arrêtez-le d’abord."))
        return HttpResponseRedirect(reverse("suivi:lot", args=[public_id]), status=SEE_OTHER)
    lot, known = press(
        operations.undoing(batch, request.actor),
        batch.entries.count(),
        actor=request.actor,
        at=request.now,
        key=key_of(request),
        undoes=batch,
    )
    if known:
        messages.info(request, _("Cette annulation était déjà enregistrée\u00a0: elle n’a pas été refaite."))
    return HttpResponseRedirect(reverse("suivi:lot", args=[lot.public_id]), status=SEE_OTHER)


def _found(request: ActorRequest, public_id: UUID) -> Batch:
    batch = batch_of(request.actor, public_id)
    if batch is None:
        raise Http404
    return batch


def _fates(request: ActorRequest, batch: Batch) -> Fates:
    """Return the rows of a press; one of which the actor may see no row is not there, unless it is their own."""
    found = fates(batch, request.actor)
    if not found.count and batch.actor_id != request.actor.user_id:
        raise Http404
    return found


def _title(batch: Batch, found: Fates) -> str:
    """Return how many visits went and how many stayed: «34 visites validées, 4 laissées»."""
    act = BY_ACTION.get(batch.act)
    if act is None and not batch.undoes_id and found.attached:
        act = BY_ACTION["attach"]
    elif act is None and not batch.undoes_id and found.validated:
        act = BY_ACTION["validate_for_client"]
    stayed = ngettext("%(n)s laissée", "%(n)s laissées", len(found.left)) if found.left else ""
    went = act.done(found.done) if act else _changed(batch, found)
    parts = (went if found.done else _("Aucune visite faite"), stayed and _counted(stayed, len(found.left)))
    return ", ".join(filter(None, parts))


def _changed(batch: Batch, found: Fates) -> str:
    if not batch.undoes_id:
        return _counted(ngettext("%(n)s visite changée", "%(n)s visites changées", found.done), found.done)
    if found.attached:
        words = ngettext(
            "%(n)s visite rendue à son contrat d’avant", "%(n)s visites rendues à leur contrat d’avant", found.done
        )
    elif batch.undoes and batch.undoes.act in ("", Action.VALIDATE_FOR_CLIENT, Action.CANCEL):
        words = ngettext("%(n)s visite rouverte", "%(n)s visites rouvertes", found.done)
    else:
        words = ngettext("%(n)s visite remise comme avant", "%(n)s visites remises comme avant", found.done)
    return _counted(words, found.done)


def _counted(words: str, n: int) -> str:
    return words % {"n": fmt.number(n)}


def _may_undo(request: ActorRequest, batch: Batch, found: Fates) -> bool:
    """Whether something went that a gestionnaire can undo, and the person may."""
    of_lot = not batch.undoes_id and (found.attached > 0 or batch.act in operations.UNDOABLE)
    return request.actor.has(Right.MANAGE) and (found.validated > 0 or (of_lot and found.done > 0))
