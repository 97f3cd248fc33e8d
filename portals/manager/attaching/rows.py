"""The visits to attach as rows of a page: each with the contrats that suit it, the proposed one first."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from interventions import attaching
from interventions.actor import Actor
from interventions.models import Client, Intervention
from interventions.states import Labelled, Status
from portals.manager import contrats


class Group(Labelled):
    """Which of the visits without a contrat facturable; the value stands in the address."""

    TO_ADMIT = "a-presenter", _("Ajoutées, à présenter au client")
    TO_COME = "prevues", _("Brouillons et à réaliser")
    DECLARED = "declarees", _("Déclarées, pas encore validées")
    VALIDATED = "validees", _("Validées")

    def condition(self) -> Q:
        """Return which visits belong to it; no visit belongs to two."""
        added = Q(status=Status.DRAFT, declared_start__isnull=False)
        return {
            Group.TO_ADMIT: added,
            Group.TO_COME: Q(status__in=(Status.DRAFT, Status.PLANNED)) & ~added,
            Group.DECLARED: Q(status__in=(Status.DONE, Status.CONTESTED, Status.ARBITRATION)),
            Group.VALIDATED: Q(status=Status.VALIDATED),
        }[self]


@dataclass(frozen=True)
class Row:
    """A visit, the contrats it may be attached to, and the key of the one proposed (None where none suits)."""

    visit: Intervention
    suitable: Sequence[contrats.Option]
    suggested: int | None

    @property
    def token(self) -> str:
        """The visit and the version that is shown, as the form sends them back."""
        return f"{self.visit.public_id}:{self.visit.version}"

    @property
    def admits(self) -> bool:
        """Whether attaching it presents it to the client."""
        return attaching.is_to_admit(self.visit.status, self.visit.declared_at)

    @property
    def other_service(self) -> bool:
        """Whether contrats suit it, but none of its own prestation."""
        return bool(self.suitable) and self.suggested is None


def found(visits: Any, actor: Actor, group: Group | None, typed: str) -> Any:
    """Return those of the visits to attach of that group and client searched, each with `suggested`."""
    if group:
        visits = visits.filter(group.condition())
    if typed:
        visits = visits.filter(client__in=Client.objects.visible_to(actor).found_by(typed))
    return visits.annotate(suggested=attaching.suggested()).select_related("client", "intervenant", "prestation")


def rows(visits: Iterable[Any], actor: Actor) -> list[Row]:
    """Return the rows of a page; one statement, whatever the visits."""
    visits = list(visits)
    own = attaching.contrats_of({visit.client_id for visit in visits}, actor) if visits else {}
    made = []
    for visit in visits:
        proposed = [one for one in own.get(visit.client_id, []) if one.pk == visit.suggested]
        options = contrats.sort(own.get(visit.client_id, []), next(iter(proposed), None), visit.client_id, visit.day)
        made.append(Row(visit, [one for one in options if not one.why_not], visit.suggested))
    return made
