"""From rows chosen on the table to one press: the preview that says what will go, then the act."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from interventions import operations
from interventions.states import Ground, Right
from portals.web.pages import INVALID, page
from portals.web.presses import key_of
from portals.web.requests import ActorRequest
from tracking import ticks
from tracking.choosing import TooMany, choose
from tracking.filters import Filters
from tracking.forecast import forecast, validations
from tracking.ground_form import GroundForm
from tracking.models import Selection
from tracking.ticking import too_many

SEE_OTHER = 303


@require_POST
def create(request: ActorRequest) -> HttpResponse:
    """Keep what was chosen on the table and show what a press would do with it; nothing chosen leads back."""
    _require_right(request)
    filters = Filters(request.GET, request.actor, request.now)
    try:
        selection = choose(filters, request.POST, request.actor, request.now)
    except TooMany:
        messages.warning(request, too_many())
        selection = None
    else:
        if selection is None:
            messages.warning(request, _("Aucune visite n’était choisie\u00a0: cochez-en au moins une."))
    if selection is None:
        return HttpResponseRedirect(_table(request.GET.urlencode()), status=SEE_OTHER)
    return HttpResponseRedirect(reverse("suivi:selection", args=[selection.public_id]), status=SEE_OTHER)


@require_safe
def preview(request: ActorRequest, public_id: UUID) -> HttpResponse:
    """Show what «Valider à la place du client» would do with a selection, and ask for the ground."""
    _require_right(request)
    return _preview(request, _own(request, public_id), GroundForm())


@require_POST
def validate(request: ActorRequest) -> HttpResponse:
    """Validate a selection in the clients' place, as one press; then the fate of each row.

    Each visit goes with the version that was on screen when it was chosen: what has changed since is left alone and
    named. The same press again leads to the same answer.
    """
    _require_right(request)
    selection = _own(request, request.POST.get("selection", ""))
    form = GroundForm(request.POST)
    if not form.is_valid():
        return _preview(request, selection, form)
    outcome = operations.apply(
        validations(selection),
        actor=request.actor,
        at=request.now,
        key=key_of(request),
        ground=Ground(form.cleaned_data["ground"]),
        ground_text=form.cleaned_data["ground_text"],
    )
    ticks.clear(request.actor)
    if outcome.replayed:
        messages.info(request, _("Ce lot était déjà enregistré\u00a0: il n’a pas été refait."))
    return HttpResponseRedirect(reverse("suivi:lot", args=[outcome.batch.public_id]), status=SEE_OTHER)


def _preview(request: ActorRequest, selection: Selection, form: GroundForm) -> HttpResponse:
    context = {
        "selection": selection,
        "forecast": forecast(selection, request.actor, request.now),
        "form": form,
        "table_url": _table(selection.came_from),
    }
    return page(request, "tracking/preview.html", context, status=INVALID if form.is_bound else 200)


def _own(request: ActorRequest, public_id: UUID | str) -> Selection:
    """Return a selection that this person made here; anyone else's is not there."""
    try:
        wanted = UUID(str(public_id))
    except ValueError as error:
        raise Http404 from error
    return get_object_or_404(
        Selection, agence_id=request.actor.agence_id, user_id=request.actor.user_id, public_id=wanted
    )


def _require_right(request: ActorRequest) -> None:
    if not request.actor.has(Right.MANAGE):
        raise PermissionDenied(_("Valider à la place du client demande le droit de gestion. Rien n’a été enregistré."))


def _table(query: str) -> str:
    return f"{reverse('suivi:index')}{'?' + query if query else ''}"
