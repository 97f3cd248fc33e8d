"""Earlier disputes of the same client and intervenant, and why this person may not decide."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.db.models.expressions import RawSQL
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from interventions.actor import Actor
from interventions.guards import Guard
from interventions.models import Deliberation, Intervention, JournalEntry, Proposition
from interventions.operations import Possibility
from interventions.states import Action, Choice

SHOWN = 5

_DID: dict[Action, Promise] = {
    Action.PLAN: _("vous avez planifié cette visite"),
    Action.MOVE: _("vous avez modifié le planning de cette visite"),
    Action.COMPLETE: _("vous avez déclaré cette visite"),
    Action.COMPLETE_FOR_INTERVENANT: _("vous avez déclaré cette visite à la place de l’intervenant"),
    Action.CORRECT: _("vous avez corrigé la déclaration de cette visite"),
    Action.REPORT: _("vous avez ajouté cette visite"),
    Action.REPORT_UNATTACHED: _("vous avez ajouté cette visite"),
    Action.CONTEST: _("vous avez contesté cette visite au nom du client"),
    Action.CANCEL_BY_CLIENT: _("vous avez annulé cette visite au nom du client"),
    Action.OBJECT: _("vous avez contesté la validation de cette visite"),
    Action.REFUSE_CHANGE: _("vous avez refusé la modification du client"),
    Action.DISPUTE_CANCELLATION: _("vous avez contesté l’annulation de cette visite"),
    Action.SEND_BACK: _("vous avez renvoyé la déclaration de cette visite"),
    Action.ESCALATE: _("vous avez transmis cette visite en délibération"),
}


@dataclass(frozen=True)
class Earlier:
    """One earlier dispute: the visit as it stands, and what was decided on it, if a manager decided."""

    visit: Intervention
    decision: Deliberation | None

    @property
    def choice(self) -> str:
        """Which version was retained."""
        return str(Choice(self.decision.choice).label) if self.decision else ""


def earlier(visit: Intervention, actor: Actor) -> list[Earlier]:
    """Return the latest other visits of this client and intervenant on which the two sides disagreed.

    Two statements. Only what the actor may see.
    """
    if visit.intervenant_id is None:
        return []
    proposed = Proposition.objects.filter(agence_id=actor.agence_id, intervention=OuterRef("pk"))
    disputed = JournalEntry.objects.filter(
        agence_id=actor.agence_id, intervention=OuterRef("pk"), action=Action.DISPUTE_CANCELLATION
    )
    mine: Any = Intervention.objects.visible_to(actor).filter(
        client_id=visit.client_id, intervenant_id=visit.intervenant_id, withdrawn=False
    )
    found = mine.filter(Q(Exists(proposed)) | Q(Exists(disputed))).exclude(pk=visit.pk)
    visits = list(found.order_by("-day", "-retained_start", "-id")[:SHOWN])
    # By key and not by row: an empty list would spare the statement, and the page's count would depend on its rows.
    keys = RawSQL("SELECT unnest(%s::bigint[])", [[one.pk for one in visits]])
    decided = Deliberation.objects.filter(agence_id=actor.agence_id, intervention__in=keys).order_by("at", "pk")
    latest = {one.intervention_id: one for one in decided}
    return [Earlier(one, latest.get(one.pk)) for one in visits]


def why_not(possible: Possibility, actor: Actor) -> str:
    """Return what this person did to the visit, where four eyes close its délibération to them; else empty."""
    if possible.blocked.get(Action.ARBITRATE) is not Guard.FOUR_EYES or actor.user_id is None:
        return ""
    return str(_DID[possible.row.hands[actor.user_id]])
