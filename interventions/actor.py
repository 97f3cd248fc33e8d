"""Who acts: a person in one role at one agency, or the system. Every query and every act starts from one."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from interventions.states import Right, Role, Via

if TYPE_CHECKING:
    from interventions.models import Agence

CLIENT_ROLES = frozenset({Role.CLIENT, Role.PROCHE})


@dataclass(frozen=True, slots=True)
class Actor:
    """Somebody in one role at one agency.

    `intervenant_id` is set for an intervenant; `client_id` for a client and for a proche (the one client that is
    being looked at); `gestionnaire_id` for a manager. `secteur_ids` is None for a manager without a limit.
    `may_act` is false for a client whose tuteur acts alone, by the agency's choice.
    """

    agence: Agence
    role: Role
    user_id: int | None = None
    name: str = ""
    intervenant_id: int | None = None
    client_id: int | None = None
    proche_id: int | None = None
    gestionnaire_id: int | None = None
    rights: frozenset[Right] = field(default_factory=frozenset)
    secteur_ids: frozenset[int] | None = None
    may_act: bool = True
    via: Via = Via.PORTAL

    @property
    def agence_id(self) -> int:
        """The agency's internal key."""
        return self.agence.pk

    @property
    def zone(self) -> ZoneInfo:
        """The agency's time zone."""
        return self.agence.zone

    @property
    def is_client_side(self) -> bool:
        """Whether this is the client or somebody who acts for them."""
        return self.role in CLIENT_ROLES

    def today(self, now: datetime) -> date:
        """Return the date of the instant `now` in the agency's time zone."""
        return now.astimezone(self.zone).date()

    def has(self, right: Right) -> bool:
        """Return whether the actor holds `right`."""
        return right in self.rights


def system(agence: Agence, via: Via = Via.JOB) -> Actor:
    """Return the system acting for `agence`: imports, series and periodic jobs."""
    return Actor(agence=agence, role=Role.SYSTEM, name="Contreseing", via=via)
