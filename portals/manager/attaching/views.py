"""The page of visits without a contrat facturable, and the one press that attaches those chosen."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count
from django.http import HttpResponse, QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from interventions import attaching, operations
from interventions.models import Contrat, Intervention
from interventions.states import Right
from portals.manager.acts import SeeOther
from portals.manager.attaching.rows import Group, found, rows
from portals.manager.nav import TRACKING
from portals.web import paging
from portals.web.pages import page
from portals.web.presses import key_of
from portals.web.requests import ActorRequest


@require_GET
def index(request: ActorRequest) -> HttpResponse:
    """List the visits without a contrat facturable, 50 a page, each with what is proposed; ?q= and ?groupe= narrow."""
    typed = request.GET.get("q", "").strip()
    group = next((one for one in Group if one == request.GET.get("groupe")), None)
    every = attaching.to_attach(request.actor)
    cut = paging.cut(found(every, request.actor, group, typed), "day", request.GET)
    shown = rows(cut.rows, request.actor)
    groups = _groups(every)
    context = {
        "cut": cut,
        "rows": shown,
        "proposed": sum(1 for row in shown if row.suggested),
        "choosable": any(row.suitable for row in shown),
        "typed": typed,
        "group": group,
        "groups": groups,
        "total": sum(count for _group, count in groups),
        "may_manage": request.actor.has(Right.MANAGE),
        "query": request.GET.urlencode(),
    }
    return page(request, "manager/attaching/index.html", context, fragment="rows")


def _groups(every: Any) -> list[tuple[Group, int]]:
    """Return how many visits each group holds; one statement."""
    sums = {one.name: Count("pk", filter=one.condition()) for one in Group}
    counted: dict[str, int] = every.aggregate(**sums)
    return [(one, counted[one.name]) for one in Group]


@require_POST
def attach(request: ActorRequest) -> HttpResponse:
    """Attach, or admit, each visit for which a contrat was chosen, as one press; then the fate of each."""
    if not request.actor.has(Right.MANAGE):
        raise PermissionDenied(_("Rattacher à un contrat demande le droit de gestion. Rien n’a été enregistré."))
    chosen = _chosen(request, request.POST)
    if not chosen:
        messages.warning(request, _("Aucun contrat n’était choisi : choisissez-en au moins un."))
        return SeeOther(f"{reverse('gestion:attaching')}?{request.GET.urlencode()}")
    outcome = operations.apply(
        attaching.changes(chosen, request.actor), actor=request.actor, at=request.now, key=key_of(request)
    )
    if outcome.replayed:
        messages.info(request, _("Ce lot était déjà enregistré : il n’a pas été refait."))
    return SeeOther(f"{TRACKING}lots/{outcome.batch.public_id}/")


def _chosen(request: ActorRequest, posted: QueryDict) -> dict[int, tuple[int, int]]:
    """Return, by visit that the actor sees, the version that was shown and the contrat chosen, in the page's order."""
    seen = dict(_read(posted))
    mine: Any = Intervention.objects.visible_to(request.actor).filter(public_id__in=seen)
    keys = dict(mine.values_list("public_id", "pk"))
    wanted = {contrat for _version, contrat in seen.values()}
    known: Any = Contrat.objects.visible_to(request.actor).filter(pk__in=wanted)
    contrats = set(known.values_list("pk", flat=True))
    return {
        keys[public_id]: (version, contrat)
        for public_id, (version, contrat) in seen.items()
        if public_id in keys and contrat in contrats
    }


def _read(posted: QueryDict) -> list[tuple[UUID, tuple[int, int]]]:
    found: list[tuple[UUID, tuple[int, int]]] = []
    for token in posted.getlist("visite"):
        public_id, _colon, version = token.partition(":")
        contrat = posted.get(f"{public_id}-contrat", "")
        try:
            found.append((UUID(public_id), (int(version), int(contrat))))
        except ValueError:
            continue
    return found
