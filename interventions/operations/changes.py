"""What goes into `apply` and what comes out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from interventions.guards import Facts, Guard
from interventions.models import Batch
from interventions.states import Action, Choice, Origin


@dataclass(frozen=True, slots=True)
class NewVisit:
    """A visit that does not exist yet: planned by the office or an import, or reported by an intervenant."""

    client_id: int
    prestation_id: int
    start: datetime
    end: datetime
    km: Decimal = Decimal("0.0")
    intervenant_id: int | None = None
    contrat_id: int | None = None
    origin: Origin = Origin.PLANNING
    number: str = ""
    series_id: int | None = None

    @property
    def facts(self) -> Facts:
        """Its hours and kilometres."""
        return Facts(self.start, self.end, self.km)


@dataclass(frozen=True, slots=True)
class Change:
    """One act on one visit. Internal keys; `seen` is the version that the person had before them.

    `comment` is what the actor says to the others, `reason` why an act was done (the grounds of a délibération).
    `client_id` moves a visit that has no contrat to another client: a file corrected it.
    `refusal` is why whoever prepared the press leaves this row alone: it goes along to be named.
    `series_id` passes a visit to another series of its client, which is news to nobody.
    `choice` and `cancels` are for a délibération; `cancels` also says "n'a pas eu lieu" in an objection.
    """

    action: Action
    intervention_id: int | None = None
    seen: int | None = None
    facts: Facts | None = None
    comment: str = ""
    reason: str = ""
    motif_id: int | None = None
    contrat_id: int | None = None
    intervenant_id: int | None = None
    prestation_id: int | None = None
    choice: Choice | None = None
    cancels: bool = False
    ordre_de_mission: str | None = None
    new: NewVisit | None = None
    client_id: int | None = None
    refusal: Guard | None = None
    series_id: int | None = None


@dataclass(frozen=True, slots=True)
class RowOutcome:
    """What became of one change: done, or why not (`refusal` is its name, `message` its French sentence).

    Of a row that its status kept from going, `from_status` says which one it was.
    """

    intervention_id: int | None
    action: Action
    done: bool
    refusal: Guard | None = None
    message: str = ""
    from_status: str = ""
    to_status: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """The answer to a press: every row named, in the order of the changes."""

    batch: Batch
    rows: Sequence[RowOutcome] = field(default_factory=tuple)
    replayed: bool = False

    @property
    def done(self) -> list[RowOutcome]:
        """The rows that went."""
        return [row for row in self.rows if row.done]

    @property
    def refused(self) -> list[RowOutcome]:
        """The rows that were left alone, each with its reason."""
        return [row for row in self.rows if not row.done]
