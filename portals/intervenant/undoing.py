"""«Reprendre»: what was just declared, and the way back while it lasts."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import dataclass
from uuid import UUID

from django.db.models import F
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from interventions import operations
from interventions.actor import Actor
from interventions.models import Batch, JournalEntry
from interventions.states import Action, Role
from portals.intervenant import visits
from portals.web import format as fmt
from portals.web.presses import key_of, tell
from portals.web.requests import ActorRequest

UNDOABLE = {
    Action.COMPLETE: lambda n: ngettext("%(n)d réalisée", "%(n)d réalisées", n),
    Action.CANCEL: lambda n: ngettext("%(n)d annulée", "%(n)d annulées", n),
    Action.CORRECT: lambda n: ngettext("%(n)d corrigée", "%(n)d corrigées", n),
    Action.REPORT: lambda n: ngettext("%(n)d ajoutée", "%(n)d ajoutées", n),
    Action.REPORT_UNATTACHED: lambda n: ngettext("%(n)d ajoutée", "%(n)d ajoutées", n),
}
SHOWN = 3


@dataclass(frozen=True, slots=True)
class Undo:
    """A press that can still be taken back: its lot, what it did, until when."""

    lot: UUID
    text: str
    label: str


def undos(actor: Actor, now: dt.datetime, visit_id: int | None = None) -> list[Undo]:
    """Read the actor's presses that can still be taken back, latest first; of one visit or all.

    One statement, and a second where there was a press within the window. A visit on which something happened since is
    not counted; a press with none left is not shown.
    """
    since = now - dt.timedelta(minutes=actor.agence.undo_minutes)
    pressed = Batch.objects.filter(agence_id=actor.agence_id, actor_id=actor.user_id, at__gte=since)
    lots = list(pressed.values_list("pk", flat=True))
    if not lots:
        return []
    entries = JournalEntry.objects.filter(
        agence_id=actor.agence_id,
        batch__in=lots,
        role=Role.INTERVENANT,
        action__in=list(UNDOABLE),
        version=F("intervention__version"),
        intervention__in=visits.mine(actor).values("pk"),
    )
    if visit_id is not None:
        entries = entries.filter(intervention_id=visit_id)
    presses: dict[tuple[dt.datetime, UUID], Counter[Action]] = {}
    for lot, at, action in entries.values_list("batch__public_id", "batch__at", "action"):
        presses.setdefault((at, lot), Counter())[Action(action)] += 1
    latest = sorted(presses.items(), reverse=True, key=lambda item: item[0])[:SHOWN]
    return [_undo(lot, at, counts, actor, now) for (at, lot), counts in latest]


def _undo(lot: UUID, at: dt.datetime, counts: Counter[Action], actor: Actor, now: dt.datetime) -> Undo:
    what = ", ".join(UNDOABLE[action](n) % {"n": n} for action, n in counts.items())
    left = max(1, actor.agence.undo_minutes - fmt.elapsed(at, now))
    label = _("Reprendre · %(left)s") % {"left": fmt.duration(left)}
    return Undo(lot, _("%(what)s à %(hour)s") % {"what": what, "hour": fmt.hour(at)}, label)


@require_POST
def reprises(request: ActorRequest) -> HttpResponse:
    """Undo one of the actor's own presses; rows with a later act stay, and are named."""
    try:
        lot = UUID(request.POST.get("lot", ""))
    except ValueError:
        lot = UUID(int=0)
    own = Batch.objects.filter(
        agence_id=request.actor.agence_id, actor_id=request.actor.user_id, role=Role.INTERVENANT
    )
    batch = get_object_or_404(own, public_id=lot)
    outcome = operations.undo(batch, actor=request.actor, at=request.now, key=key_of(request))
    n = len(outcome.done)
    tell(request, outcome, done=ngettext("%(n)d visite reprise.", "%(n)d visites reprises.", n) % {"n": n})
    return redirect("intervenant:interventions")
