"""What deserves a second look after an act on a visit, and never refuses it: overlaps, another prestation."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.utils.translation import gettext as _

from interventions.models import Intervention
from interventions.states import Status
from portals.web import format as fmt
from portals.web.planning import client_name, intervenant_name
from portals.web.requests import ActorRequest


def tell(request: ActorRequest, key: int | None) -> None:
    """Point out through django.contrib.messages what is odd about a visit that has just been changed."""
    around: Any = Intervention.objects.visible_to(request.actor).select_related(
        "client", "intervenant", "prestation", "contrat"
    )
    visit = around.get(pk=key)
    if visit.status == Status.CANCELLED:
        return
    for sentence in [*_overlaps(visit, around), *_prestation(visit)]:
        messages.warning(request, sentence)


def _overlaps(visit: Intervention, around: Any) -> Iterable[str]:
    """Name the visits that the same intervenant makes, or the same client gets, at the same time."""
    same = Q(client=visit.client_id)
    if visit.intervenant_id:
        same |= Q(intervenant=visit.intervenant_id)
    at_once = around.filter(same, retained_start__lt=visit.retained_end, retained_end__gt=visit.retained_start)
    others = at_once.exclude(pk=visit.pk).exclude(status=Status.CANCELLED)
    for other in others.order_by("retained_start", "pk")[:3]:
        yield _("Au même moment : %(client)s et %(intervenant)s, %(hours)s.") % {
            "client": client_name(other),
            "intervenant": intervenant_name(other),
            "hours": fmt.time_range(other.retained_start, other.retained_end),
        }


def _prestation(visit: Intervention) -> Iterable[str]:
    """Say that the contrat attached is for another prestation."""
    if visit.contrat and visit.contrat.prestation_id != visit.prestation_id:
        yield _("Le contrat %(number)s est d’une autre prestation que la visite (%(prestation)s).") % {
            "number": visit.contrat.number,
            "prestation": visit.prestation,
        }
