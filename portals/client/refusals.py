"""The two steps of saying that a visit was otherwise: the motif de refus, then the fields that it opens."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from interventions.models import Motif, MotifKind
from portals.client.corrections import CorrectionForm
from portals.client.motifs import motifs
from portals.client.visits import Visit
from portals.web.requests import ActorRequest

NOT_TAKEN_PLACE = "aucune"
# «Continuer», where there is no JavaScript: the motif is chosen, nothing is sent yet.
CHOOSING = "continuer"


@dataclass(frozen=True)
class Refusal:
    """What was chosen so far: the motifs offered, the one chosen, and the form that it opens.

    `denies` says that the visit did not take place at all (only an objection offers it).
    """

    offered: list[Motif]
    motif: Motif | None = None
    denies: bool = False
    form: CorrectionForm | None = None

    @property
    def chosen(self) -> str:
        """What the address and the hidden field carry of the choice."""
        if self.denies:
            return NOT_TAKEN_PLACE
        return str(self.motif.public_id) if self.motif else ""

    @property
    def closed(self) -> str:
        """Which of the two the motif leaves as it is: "km", "hours", or nothing."""
        if self.motif is None or (self.motif.opens_hours and self.motif.opens_km):
            return ""
        return "km" if self.motif.opens_hours else "hours"


def read(request: ActorRequest, visit: Visit, *, may_deny: bool = False) -> Refusal:
    """Read the choice from the address (first step) or the form (second), and build the form that it opens."""
    sent = request.POST if request.method == "POST" else request.GET
    asked = sent.get("motif", "")
    offered = motifs(request.actor, MotifKind.REFUS)
    denies = may_deny and asked == NOT_TAKEN_PLACE
    motif = _motif(offered, asked)
    if motif is None and not denies:
        return Refusal(offered)
    return Refusal(offered, motif, denies, _form(request, visit, motif, sent))


def _form(request: ActorRequest, visit: Visit, motif: Motif | None, sent: Mapping[str, str]) -> CorrectionForm:
    """Return the fields that the motif opens: filled in, or (the motif was only chosen) to be filled in."""
    base = (visit.row.retained, motif, request.actor.zone, request.now)
    empty = CorrectionForm(*base, prefix=visit.anchor, typed=sent)
    if request.method != "POST" or CHOOSING in sent or not empty.is_answered_by(sent):
        return empty
    return CorrectionForm(*base, sent, prefix=visit.anchor)


def _motif(offered: list[Motif], asked: str) -> Motif | None:
    try:
        key = UUID(asked)
    except ValueError:
        return None
    return next((motif for motif in offered if motif.public_id == key), None)
