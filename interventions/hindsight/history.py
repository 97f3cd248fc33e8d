"""A visit as it stood after each of its journal's entries, as the row that guards look at."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from interventions.guards import Facts, Row
from interventions.states import Action, Role, Status
from interventions.workflow import TABLE

# The system's own acts: what they ended would have gone on without them.
BY_CLOCK = frozenset({Action.VALIDATE_TACITLY, Action.ESCALATE})


@dataclass(frozen=True, slots=True)
class Moment:
    """One entry of the journal; `after` holds the columns that it changed, as JSON."""

    action: Action
    role: Role
    actor_id: int | None
    at: datetime
    to_status: Status
    version: int
    after: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Stay:
    """A visit as it stood from one entry on, `until` the next; None where none came, or the clock's own."""

    row: Row
    until: datetime | None


@dataclass(frozen=True, slots=True)
class History:
    """A visit as it is now, and its entries in their order.

    The rows that it gives hold what the journal tells. Who the client is, the contrat's terms and the client's own
    choice are as they are now.
    """

    present: Row
    moments: Sequence[Moment]

    def stays(self, status: Status) -> Iterator[Stay]:
        """Yield how it stood while it had this status."""
        for place, moment in enumerate(self.moments):
            if moment.to_status is status:
                after = self.moments[place + 1] if place + 1 < len(self.moments) else None
                until = after.at if after and after.action not in BY_CLOCK else None
                yield Stay(self.row_after(place), until)

    def acts(self, *actions: Action) -> Iterator[tuple[Row, Moment]]:
        """Yield each such act on the visit, with the row that it met."""
        for place, moment in enumerate(self.moments):
            if place and moment.action in actions:
                yield self.row_after(place - 1), moment

    def row_after(self, place: int) -> Row:
        """Return the row as the entry at this place left it."""
        columns: dict[str, Any] = {}
        for moment in self.moments[: place + 1]:
            columns.update(moment.after)
        last = self.moments[place]
        acts = [moment for moment in self.moments[: place + 1] if moment.action in TABLE]
        step = next((moment for moment in reversed(acts) if moment.action is not Action.CORRECT), last)
        return replace(
            self.present,
            status=last.to_status,
            version=last.version,
            step=step.version,
            last_action=str(acts[-1].action),
            last_role=str(acts[-1].role),
            last_actor_id=acts[-1].actor_id,
            last_at=acts[-1].at,
            proposition=None,
            **_columns(columns),
        )


def facts(columns: Mapping[str, Any], version: str) -> Facts | None:
    """Return a version of the facts as the journal's JSON holds it."""
    start = columns.get(f"{version}_start")
    if start is None:
        return None
    end, km = columns[f"{version}_end"], columns[f"{version}_km"]
    return Facts(datetime.fromisoformat(start), datetime.fromisoformat(end), Decimal(km))


def _columns(said: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the entries folded say, as a row holds it; what none of them names is as a visit is born."""
    retained = facts(said, "retained")
    found = {
        "day": date.fromisoformat(said["day"]),
        "planned": facts(said, "planned"),
        "declared": facts(said, "declared"),
        "intervenant_id": said.get("intervenant_id"),
        "motif_id": said.get("motif_id"),
        "settled_by": said.get("settled_by", ""),
        "cancelled_by": said.get("cancelled_by", ""),
    }
    for name in ("declared_on_behalf", "withdrawn", "billable_checked"):
        found[name] = said.get(name, False)
    for name in ("done_at", "declared_at", "settled_at"):
        found[name] = datetime.fromisoformat(said[name]) if said.get(name) else None
    return found | ({"retained": retained} if retained else {})
