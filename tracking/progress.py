"""A lot while it is at work: how far it is, and its end before the last row."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe
from django_htmx.http import HttpResponseClientRefresh

from interventions import operations
from interventions.actor import Actor
from interventions.models import Batch, BatchWork
from interventions.states import Right
from portals.web.pages import is_partial, page
from portals.web.requests import ActorRequest
from tracking.fates import batch_of

SEE_OTHER = 303
# A part takes a second: after so long without one, whoever watches is told what happens if the worker is gone.
QUIET = timedelta(seconds=15)


def work_of(batch: Batch) -> BatchWork | None:
    """Return how far a lot is that is or was done in the background; None for one done within its request."""
    return BatchWork.objects.filter(agence_id=batch.agence_id, batch=batch).first()


def sees_whole(actor: Actor, batch: Batch) -> bool:
    """Whether a lot's own figures are this person's to see: it is theirs, or no secteur is closed to them."""
    return actor.secteur_ids is None or batch.actor_id == actor.user_id


@require_safe
def progress(request: ActorRequest, public_id: UUID) -> HttpResponse:
    """Show how far a lot is; once it is at its end, its sheet says what became of each row."""
    batch, work = _at_work(request.actor, public_id)
    if work is None or work.finished_at:
        sheet = reverse("suivi:lot", args=[public_id])
        return HttpResponseClientRefresh() if is_partial(request) else HttpResponseRedirect(sheet, status=SEE_OTHER)
    context = {
        "batch": batch,
        "work": work,
        "done": work.handled - work.left,
        "rest": work.total - work.handled,
        "is_held": work.lease_until is not None and work.lease_until > request.now,
        "is_quiet": _is_quiet(work, request.now),
        "may_stop": request.actor.has(Right.MANAGE),
    }
    return page(request, "tracking/progress.html", context, fragment="progress")


@require_POST
def stop(request: ActorRequest, public_id: UUID) -> HttpResponse:
    """End a lot before its last row: what is done stays, the rest is named on its sheet."""
    batch, _work = _at_work(request.actor, public_id)
    if not request.actor.has(Right.MANAGE):
        raise PermissionDenied(_("Arrêter un lot demande le droit de gestion. Il continue."))
    if not operations.stop(batch, by=request.actor.name, now=request.now):
        messages.info(request, _("Ce lot était déjà fini."))
    return HttpResponseRedirect(reverse("suivi:lot", args=[public_id]), status=SEE_OTHER)


def _is_quiet(work: BatchWork, now: datetime) -> bool:
    """Whether the worker that has the lot has given no sign of life for a while: each part renews its lease."""
    return work.lease_until is not None and work.lease_until - operations.LEASE + QUIET < now


def _at_work(actor: Actor, public_id: UUID) -> tuple[Batch, BatchWork | None]:
    batch = batch_of(actor, public_id)
    if batch is None or not sees_whole(actor, batch):
        raise Http404
    return batch, work_of(batch)
