"""The window of one visit: its Contrat, its texts, its versions, its journal, and what may be done now."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_GET

from interventions import recent
from interventions.guards import Guard
from interventions.models import Intervention
from interventions.operations import Possibility
from interventions.states import Action, Right
from portals.manager import acts, returning, scans, signing, versions, visible
from portals.manager.act_list import ACTS, Act
from portals.web import journal
from portals.web.pages import page
from portals.web.requests import ActorRequest

# What closes every act alike: the page says it once.
SAID_ONCE = frozenset({Guard.RIGHT, Guard.MONTH})


@dataclass(frozen=True)
class Offer:
    """An act as the window offers it: a link, or the reason why it is closed."""

    act: Act
    url: str
    why_not: str = ""


@require_GET
def sheet(request: ActorRequest, public_id: UUID) -> HttpResponse:
    """Show a visit whole."""
    visit = visible.visit(request, public_id)
    recent.note(request.actor, visit)
    context = window(request, visit, acts.possible(request, visit))
    return page(request, "manager/visit.html", context | {"back": returning.back(request)})


def window(request: ActorRequest, visit: Intervention, possible: Possibility) -> dict[str, Any]:
    """Return what the window and the page of a délibération both show of a visit."""
    happened = journal.lines(visit, request.actor)
    attach = acts.form_for(request, visit, Action.ATTACH) if Action.ATTACH in possible.actions else None
    return {
        "visit": visit,
        "scans": scans.scans_of(visit),
        "versions": versions.of(visit, possible.row),
        "signatures": signing.signatures(visit),
        "journal": happened,
        "quotes": journal.comments(happened),
        "offers": opened(visit, possible, returning.carried(request)),
        "closed_offers": closed(possible),
        "attach": attach,
        "attach_act": ACTS[Action.ATTACH],
        "attach_closed": _reason(possible, Action.ATTACH),
        "month_closed": Guard.MONTH in possible.blocked.values(),
        "arbitrates": Action.ARBITRATE in possible.actions or Action.ARBITRATE in possible.blocked,
        "series_runs": visit.series is not None and not visit.series.is_over(request.actor.today(request.now)),
        "may_manage": request.actor.has(Right.MANAGE),
    }


def opened(visit: Intervention, possible: Possibility, carried: str = "") -> list[Offer]:
    """Return the acts that go now, each with its address. The field Contrat stands by itself."""
    return [
        Offer(act, reverse(act.url_name, args=[visit.public_id]) + carried)
        for act in ACTS.values()
        if act.action in possible.actions and act.action is not Action.ATTACH
    ]


def closed(possible: Possibility) -> list[Offer]:
    """Return the acts that a guard closes, with why; what closes all alike is said once by the page."""
    return [
        Offer(act, "", str(possible.blocked[act.action].label))
        for act in ACTS.values()
        if possible.blocked.get(act.action, Guard.RIGHT) not in SAID_ONCE and act.action is not Action.ATTACH
    ]


def _reason(possible: Possibility, action: Action) -> str:
    guard = possible.blocked.get(action)
    return str(guard.label) if guard else ""
