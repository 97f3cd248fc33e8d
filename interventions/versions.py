"""Which version of a visit an act or a side speaks of, as pure functions over a locked row."""

from __future__ import annotations

from interventions.guards import Entry, Facts, Row
from interventions.states import Action, Choice, Role


def new_facts(row: Row, entry: Entry) -> Facts | None:
    """Return the facts that the act would declare: what was entered, else what is declared, else the plan."""
    return entry.facts or row.declared or row.planned


def proposed_facts(row: Row, entry: Entry) -> Facts | None:
    """Return what a contest proposes: what the motif opens from what was entered, the rest as it is retained."""
    base = row.declared or row.retained
    if entry.facts is None or entry.motif is None:
        return None
    start, end = (entry.facts.start, entry.facts.end) if entry.motif.opens_hours else (base.start, base.end)
    return Facts(start, end, entry.facts.km if entry.motif.opens_km else base.km)


def side_version(row: Row, choice: Choice) -> tuple[bool, Facts | None]:
    """Return what a side says of a visit in arbitration: (it took place, facts), or (False, None) for a cancelled one.

    Raises LookupError where that side has no version to offer.
    """
    if choice is Choice.INTERVENANT:
        if row.cancelled_by == Role.INTERVENANT:
            return False, None
        if row.declared is not None:
            return True, row.declared
    elif row.proposition is not None:
        return not row.proposition.is_annulation, row.proposition.facts
    elif row.last_action == Action.DISPUTE_CANCELLATION and row.last_role != Role.INTERVENANT and row.planned:
        return True, row.planned
    raise LookupError(choice)


def has_version(row: Row, choice: Choice) -> bool:
    """Return whether that side offers a version of the visit."""
    try:
        side_version(row, choice)
    except LookupError:
        return False
    return True
