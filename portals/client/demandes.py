"""Mes demandes: where each modification stands, and what may still be contested."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import Q
from django.http import HttpResponse
from django.views.decorators.http import require_safe

from interventions.models import Deliberation, JournalEntry, Proposition
from interventions.states import Action, Role, Settled, Status
from portals.client.nav import UNDER_WAY
from portals.client.pages import show
from portals.client.standing import standing
from portals.client.steps import Records, Step, read_records, steps
from portals.client.visits import Visit, visible, with_possibilities
from portals.web.paging import cut
from portals.web.requests import ActorRequest

# What may still be answered or contested stands on the first page, whatever its age; nobody has so much of it.
OPEN = 200
ONE_DAY = dt.timedelta(days=1)


@dataclass(frozen=True)
class Demande:
    """A visit with how it came to stand where it does."""

    visit: Visit
    standing: str
    steps: list[Step]
    deliberation: Deliberation | None

    @property
    def is_contestable(self) -> bool:
        """Whether it asks the client's side to look: somebody else cancelled or validated it."""
        return self.visit.may_dispute or self.visit.may_object

    @property
    def is_under_way(self) -> bool:
        """Whether somebody has still to answer, or the client's side may still take it back."""
        return self.visit.row.state in UNDER_WAY or (self.visit.is_cancelled and self.visit.may_retract)


@dataclass(frozen=True)
class Demandes:
    """What the page shows, in its three parts, and where the other pages of what has ended are."""

    all: list[Demande]
    previous_url: str = ""
    next_url: str = ""

    @property
    def contestable(self) -> list[Demande]:
        """What others did in the client's place, while it may be contested."""
        return [one for one in self.all if one.is_contestable]

    @property
    def under_way(self) -> list[Demande]:
        """What somebody has still to answer."""
        return [one for one in self.all if one.is_under_way and not one.is_contestable]

    @property
    def ended(self) -> list[Demande]:
        """What has been answered."""
        return [one for one in self.all if not one.is_under_way and not one.is_contestable]


@require_safe
def demandes(request: ActorRequest) -> HttpResponse:
    """Show the client's requests, the latest act first: what is open on the first page, then what has ended."""
    still_open = _open(request)
    ended = cut(visible(request).filter(_asked(request)).exclude(still_open), "-last_at", request.GET)
    rows = list(ended.rows)
    if not ended.previous_url:
        rows = [*visible(request).filter(still_open).order_by("-last_at", "-id")[:OPEN], *rows]
    visits = with_possibilities(rows, request)
    records = read_records([visit.row.pk for visit in visits], request.actor.agence_id)
    found = [_demande(visit, records, request) for visit in visits]
    shown = Demandes([one for one in found if _stays(one)], ended.previous_url, ended.next_url)
    return show(request, "client/demandes.html", {"demandes": shown})


def demande_of(visit: Visit, request: ActorRequest) -> Demande:
    """Return the same of one visit, whatever became of it."""
    return _demande(visit, read_records([visit.row.pk], request.actor.agence_id), request)


def _demande(visit: Visit, records: Records, request: ActorRequest) -> Demande:
    proposition, deliberation = records.last_proposition(visit), records.last_deliberation(visit)
    said = standing(visit, proposition, deliberation)
    return Demande(visit, said, steps(visit, records, request), deliberation)


def _asked(request: ActorRequest) -> Q:
    """Return the condition that the client's side once asked for something.

    Looked up among this client's visits: asked of each visit, the database reads the journal of the whole agency.
    """
    mine = {"agence_id": request.actor.agence_id, "intervention__client_id": request.actor.client_id}
    disputes = {"action": Action.DISPUTE_CANCELLATION, "role__in": (Role.CLIENT, Role.PROCHE)}
    proposed = Proposition.objects.filter(**mine).values("intervention")
    disputed = JournalEntry.objects.filter(**mine, **disputes).values("intervention")
    return Q(pk__in=proposed) | Q(pk__in=disputed)


def _open(request: ActorRequest) -> Q:
    """Return what somebody may still answer, contest or take back, by its dates; the domain then says whether so."""
    since_retract = request.now - ONE_DAY * (request.actor.agence.retract_days + 1)
    retractable = Q(status=Status.CANCELLED, last_action=Action.CANCEL_BY_CLIENT, last_at__gte=since_retract)
    return Q(status__in=UNDER_WAY) | retractable | _contestable(request)


def _contestable(request: ActorRequest) -> Q:
    """Return what may be contestable, by its dates; the domain then says whether it is."""
    agence, today = request.actor.agence, request.actor.today(request.now)
    since_dispute = today - ONE_DAY * (agence.dispute_days + 1)
    since_object = request.now - ONE_DAY * (agence.object_days + 2)
    cancelled = Q(status=Status.CANCELLED, last_action=Action.CANCEL) & (
        Q(day__gte=since_dispute) | Q(last_at__gte=request.now - ONE_DAY * (agence.dispute_days + 2))
    )
    validated = Q(
        status=Status.VALIDATED, settled_by__in=(Settled.ON_BEHALF, Settled.TACIT), settled_at__gte=since_object
    )
    return cancelled | validated


def _stays(demande: Demande) -> bool:
    """Whether it belongs here: something was asked, or may be contested now."""
    by_client = any(step.asked for step in demande.steps)
    return demande.is_contestable or demande.is_under_way or by_client
