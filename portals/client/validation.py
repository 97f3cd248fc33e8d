"""Valider: one visit, or all those of a week that were on the screen."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from interventions import operations
from interventions.models import Intervention
from interventions.operations import Change, Outcome
from interventions.states import Action
from portals.client.entrance import entrance_of
from portals.client.presses import press, refused, see_other, settled
from portals.client.visits import find, visible
from portals.web import format as fmt
from portals.web.presses import key_of
from portals.web.requests import ActorRequest

SHOWN = "visite"


@require_POST
def validate(request: ActorRequest, public_id: UUID) -> HttpResponse:
    """Validate one visit as it was seen."""
    visit = find(request, public_id)
    row = press(request, visit, Action.VALIDATE)
    return settled(request, visit) if row.done else refused(request, visit, row)


@require_POST
def validate_several(request: ActorRequest) -> HttpResponse:
    """Validate the rows that were shown, each as it was seen; one that changed meanwhile stays and is named."""
    seen = _shown(request)
    found: Iterable[Any] = visible(request).filter(public_id__in=seen).in_order()
    visits = {visit.public_id: visit for visit in found}
    if not visits:
        raise Http404
    changes = [Change(Action.VALIDATE, visit.pk, seen[visit.public_id]) for visit in visits.values()]
    outcome = operations.apply(changes, actor=request.actor, at=request.now, key=key_of(request))
    _tell(request, outcome, {visit.pk: visit for visit in visits.values()}, gone=len(seen) - len(visits))
    return see_other(entrance_of(request).home)


def _shown(request: ActorRequest) -> dict[UUID, int]:
    """Read the rows that the page showed, written «public id:version»; what is not so written is nobody's row."""
    rows = {}
    for text in request.POST.getlist(SHOWN):
        key, _colon, version = text.partition(":")
        try:
            rows[UUID(key)] = int(version)
        except ValueError as error:
            raise Http404 from error
    return rows


def _tell(request: ActorRequest, outcome: Outcome, visits: dict[int, Intervention], gone: int) -> None:
    """Say how many were validated, then each row that was not, with why."""
    done = len(outcome.done)
    if done:
        said = ngettext("%(n)d visite validée. Merci.", "%(n)d visites validées. Merci.", done)
        messages.success(request, said % {"n": done})
    for row in outcome.refused:
        visit = visits.get(row.intervention_id or 0)
        messages.warning(request, f"{_named(visit)}\u00a0: {row.message}" if visit else row.message)
    if gone > 0:
        messages.warning(request, _gone(gone))


def _gone(n: int) -> str:
    said = ngettext("%(n)d visite n’est plus à votre planning.", "%(n)d visites ne sont plus à votre planning.", n)
    return said % {"n": n}


def _named(visit: Intervention) -> str:
    """Name a visit by its day, hour and intervenant."""
    words = {
        "day": fmt.day(visit.day, visit.day),
        "hour": fmt.hour(visit.retained_start),
        "carer": visit.intervenant.short_name if visit.intervenant else _("sans intervenant"),
    }
    return _("Visite du %(day)s à %(hour)s, %(carer)s") % words
