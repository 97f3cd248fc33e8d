"""The tab Refusées: what clients modified or cancelled, the answers that wait, and what the office decided."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import cast

from django.db.models import Q
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from interventions.actor import Actor
from interventions.guards import Guard
from interventions.models import Deliberation, Intervention, JournalText, Motif, Proposition
from interventions.operations import possibilities
from interventions.querysets import InterventionQuerySet
from interventions.states import Action, Role, Status
from portals.intervenant import visits
from portals.intervenant.versions import Version, versions
from portals.web.pages import page
from portals.web.planning import client_name
from portals.web.requests import ActorRequest

LATELY = dt.timedelta(days=30)
SHOWN = 50


@dataclass(frozen=True, slots=True)
class Refusal:
    """One visit on which the two sides differ: what each says, and what may be answered."""

    visit: Intervention
    versions: list[Version]
    motif: str
    words: str
    who: str
    at: dt.datetime
    may: frozenset[Action]
    why_not: str = ""
    typed: str = ""
    error: str = ""


@require_GET
def refusals(request: ActorRequest) -> HttpResponse:
    """Show what waits for the intervenant's answer, what waits for the office, and what happened lately."""
    return show(request)


def show(
    request: ActorRequest,
    status: int = 200,
    typed: Mapping[int, str] | None = None,
    errors: Mapping[int, str] | None = None,
) -> HttpResponse:
    """Show the tab; `typed` and `errors` belong to the answer that was refused, by visit."""
    found = read(request.actor, request.now, typed or {}, errors or {})
    decided = deliberations(request.actor, request.now)
    settled = _settled(request.actor, decided)
    context = {
        "contested": [item for item in found if item.visit.status == Status.CONTESTED],
        "arbitration": [item for item in found if item.visit.status == Status.ARBITRATION],
        "cancelled": [item for item in found if item.visit.status == Status.CANCELLED],
        "decided": [(item, item.intervention, versions(item.intervention, settled.get(item.pk))) for item in decided],
        "module_off": "" if request.actor.agence.module_enabled else str(Guard.MODULE.label),
    }
    return page(request, "intervenant/refusals.html", context, status=status)


def read(actor: Actor, now: dt.datetime, typed: Mapping[int, str], errors: Mapping[int, str]) -> list[Refusal]:
    """Read the visits in question with both sides' words; the number of statements does not grow with them."""
    rows = [*visits.rows(_open(actor)), *visits.rows(_cancelled(actor, now))]
    keys = [visit.pk for visit in rows]
    possible = possibilities(keys, actor, now)
    said = _propositions(actor, keys)
    motifs = _motifs(actor, {visit.motif_id for visit in rows} | {each.motif_id for each in said.values()})
    words = _words(actor, keys, [each.batch_id for each in said.values()])
    found = []
    for visit in rows:
        proposition, may = said.get(visit.pk), possible[visit.pk]
        blocked = may.blocked.get(Action.DISPUTE_CANCELLATION) or may.blocked.get(Action.ACCEPT_CHANGE)
        motif_id = proposition.motif_id if proposition else visit.motif_id
        found.append(
            Refusal(
                visit,
                versions(visit, proposition),
                motifs.get(motif_id, "") if motif_id else "",
                words.get(visit.pk, ""),
                who(visit, proposition),
                visit.last_at,
                frozenset(may.actions),
                str(blocked.label) if blocked else "",
                typed.get(visit.pk, ""),
                errors.get(visit.pk, ""),
            )
        )
    return found


def who(visit: Intervention, proposition: Proposition | None) -> str:
    """Name who spoke against the visit as it was declared or planned."""
    role = proposition.role if proposition else visit.cancelled_by
    if role == Role.MANAGER:
        return _("L’agence")
    return _("Un proche de %(who)s") % {"who": client_name(visit)} if role == Role.PROCHE else client_name(visit)


def deliberations(actor: Actor, now: dt.datetime) -> list[Deliberation]:
    """Read what the office decided lately on the actor's visits, with its grounds."""
    found = Deliberation.objects.filter(
        agence_id=actor.agence_id, intervention__in=visits.mine(actor).values("pk"), at__gte=now - LATELY
    )
    related = found.select_related("intervention__client", "intervention__prestation")
    return list(related.order_by("-at", "-pk")[:SHOWN])


def _open(actor: Actor) -> InterventionQuerySet:
    asked = visits.mine(actor).filter(status__in=[Status.CONTESTED, Status.ARBITRATION])
    return asked.order_by("last_at", "pk")[:SHOWN]


def _cancelled(actor: Actor, now: dt.datetime) -> InterventionQuerySet:
    """Return what somebody else cancelled lately; not what a délibération decided, which has its own place."""
    acts = (Action.CANCEL, Action.CANCEL_BY_CLIENT)
    found = visits.mine(actor).filter(status=Status.CANCELLED, last_action__in=acts, last_at__gte=now - LATELY)
    return found.exclude(last_role=Role.INTERVENANT).order_by("-last_at", "-pk")[:SHOWN]


def _propositions(actor: Actor, keys: list[int]) -> dict[int, Proposition]:
    found = Proposition.objects.filter(agence_id=actor.agence_id, intervention__in=keys, closed_at__isnull=True)
    return {proposition.intervention_id: proposition for proposition in found}


def _settled(actor: Actor, decided: list[Deliberation]) -> dict[int, Proposition]:
    """Return the client's version that each délibération closed, where it was about one."""
    keys = [item.intervention_id for item in decided]
    found = Proposition.objects.filter(agence_id=actor.agence_id, intervention__in=keys, closed_at__isnull=False)
    closed = {(each.intervention_id, each.closed_at): each for each in found}
    pairs = ((item.pk, closed.get((item.intervention_id, item.at))) for item in decided)
    return {key: proposition for key, proposition in pairs if proposition}


def _motifs(actor: Actor, keys: set[int | None]) -> dict[int, str]:
    found = Motif.objects.filter(agence_id=actor.agence_id, pk__in=[key for key in keys if key])
    return dict(found.values_list("pk", "label"))


def _words(actor: Actor, keys: list[int], presses: list[int]) -> dict[int, str]:
    """Read what the client's side wrote with the propositions that are open, or to dispute a cancellation."""
    disputed = Q(entry__action=Action.DISPUTE_CANCELLATION, entry__role__in=[Role.CLIENT, Role.PROCHE])
    found = JournalText.objects.filter(
        Q(entry__batch__in=presses) | disputed, agence_id=actor.agence_id, entry__intervention__in=keys
    ).exclude(comment="")
    ordered = found.order_by("entry__intervention", "-entry__version").distinct("entry__intervention")
    return dict(cast("Iterable[tuple[int, str]]", ordered.values_list("entry__intervention_id", "comment")))
