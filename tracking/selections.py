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

from interventions.guards import Guard
from interventions.models import Intervention
from interventions.operations import among
from interventions.states import Right
from portals.web.pages import INVALID, page
from portals.web.presses import key_of
from portals.web.requests import ActorRequest
from tracking import ticks
from tracking.act_forms import LotForm
from tracking.acts import ACTS, DEFAULT
from tracking.choosing import TooMany, choose
from tracking.filters import Filters
from tracking.forecast import forecast, staying
from tracking.lot_act import LotAct
from tracking.models import Selection
from tracking.positions import position, window
from tracking.pressing import press as do
from tracking.rows import PAGE
from tracking.ticking import too_many
from tracking.whys import Why

SEE_OTHER = 303
# What the bar of the table asks for that is no act.
EXPORT = "export"


@require_POST
def create(request: ActorRequest) -> HttpResponse:
    """Keep what was chosen on the table and show what a press would do with it; nothing chosen leads back."""
    _require_right(request, DEFAULT)
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
        return HttpResponseRedirect(table_at(request.GET.urlencode()), status=SEE_OTHER)
    if request.POST.get("acte") == EXPORT:
        return HttpResponseRedirect(reverse("suivi:selection-export", args=[selection.public_id]), status=SEE_OTHER)
    url, act = reverse("suivi:selection", args=[selection.public_id]), ACTS.get(request.POST.get("acte", ""))
    return HttpResponseRedirect(f"{url}?acte={act.noun}" if act else url, status=SEE_OTHER)


@require_safe
def preview(request: ActorRequest, public_id: UUID) -> HttpResponse:
    """Show what an act (?acte=, at first Valider à la place du client) would do with a selection, and what it asks."""
    act = ACTS.get(request.GET.get("acte", ""), DEFAULT)
    _require_right(request, act)
    return _preview(request, act, own(request, public_id), act.form(actor=request.actor))


@require_safe
def remaining(request: ActorRequest, public_id: UUID) -> HttpResponse:
    """List exactly the visits of a selection that an act (?acte=) leaves alone for one reason (?raison=)."""
    act = ACTS.get(request.GET.get("acte", ""), DEFAULT)
    _require_right(request, act)
    selection = own(request, public_id)
    why, first = Why.read(request.GET.get("raison", Guard.STALE)), position(request.GET.get("de", ""))
    if why is None:
        raise Http404
    keys = staying(act, selection, request.actor, request.now, why, first=first, count=PAGE + 1)
    visits = Intervention.objects.visible_to(request.actor).filter(among(keys)).select_related("client", "intervenant")
    named = visits.in_bulk()
    context = {
        "act": act,
        "why": why,
        "selection": selection,
        "visits": [named[key] for key in keys[:PAGE] if key in named],
        **window(f"acte={act.noun}&raison={why.value}&", first, more=len(keys) > PAGE),
    }
    return page(request, "tracking/remaining.html", context)


@require_POST
def press(request: ActorRequest, noun: str) -> HttpResponse:
    """Do an act on a selection, as one press; then the fate of each row, or how far it is.

    Each visit goes with the version that was on screen when it was chosen: what has changed since is left alone and
    named. The same press again leads to the same answer.
    """
    act = ACTS[noun]
    _require_right(request, act)
    selection = own(request, request.POST.get("selection", ""))
    form = act.form(request.POST, actor=request.actor)
    if not form.is_valid():
        return _preview(request, act, selection, form)
    lot, known = do(
        act.changes(selection.seen.items(), request.actor, form.entered()),
        len(selection.visits),
        actor=request.actor,
        at=request.now,
        key=key_of(request),
        act=act.action,
        ground=form.chosen_ground,
        ground_text=form.cleaned_data.get("ground_text", ""),
    )
    ticks.clear(request.actor)
    if known:
        messages.info(request, _("Ce lot était déjà enregistré\u00a0: il n’a pas été refait."))
    return HttpResponseRedirect(reverse("suivi:lot", args=[lot.public_id]), status=SEE_OTHER)


def _preview(request: ActorRequest, act: LotAct, selection: Selection, form: LotForm) -> HttpResponse:
    found = forecast(act, selection, request.actor, request.now)
    context = {
        "act": act,
        "acts": ACTS.values(),
        "selection": selection,
        "forecast": found,
        "headline": act.said(found.going, found.chosen),
        "button": act.press(found.going),
        "in_background": found.chosen > request.actor.agence.background_from,
        "form": form,
        "table_url": table_at(selection.came_from),
    }
    return page(request, "tracking/preview.html", context, status=INVALID if form.is_bound else 200)


def own(request: ActorRequest, public_id: UUID | str) -> Selection:
    """Return a selection that this person made here; anyone else's is not there."""
    try:
        wanted = UUID(str(public_id))
    except ValueError as error:
        raise Http404 from error
    return get_object_or_404(
        Selection, agence_id=request.actor.agence_id, user_id=request.actor.user_id, public_id=wanted
    )


def _require_right(request: ActorRequest, act: LotAct) -> None:
    if not request.actor.has(Right.MANAGE):
        raise PermissionDenied(_("%(act)s demande le droit de gestion. Rien n’a été enregistré.") % {"act": act.label})


def table_at(query: str) -> str:
    """Return the address of the table with this query."""
    return f"{reverse('suivi:index')}{'?' + query if query else ''}"
