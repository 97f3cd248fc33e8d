"""What each act does to the columns of a visit: the table's column "does", one function an action."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from interventions import hours
from interventions.actor import Actor
from interventions.guards import Entry, Facts, Row
from interventions.states import Action, Choice, Role, Settled, Status
from interventions.versions import proposed_facts, side_version

type Columns = dict[str, Any]

UNSETTLED: Columns = {"settled_by": "", "settled_at": None}
UNCANCELLED: Columns = {"cancelled_by": "", "motif_id": None}
UNDECLARED: Columns = {
    "declared_start": None,
    "declared_end": None,
    "declared_km": None,
    "declared_at": None,
    "declared_on_behalf": False,
    "done_at": None,
}


def version(name: str, facts: Facts) -> Columns:
    """Return the columns of one version of the facts."""
    return {f"{name}_start": facts.start, f"{name}_end": facts.end, f"{name}_km": facts.km}


def retain(facts: Facts, actor: Actor) -> Columns:
    """Return the columns that make `facts` what counts, with the day that follows from it."""
    return {**version("retained", facts), "day": hours.day_of(facts.start, actor.zone)}


def target(row: Row, entry: Entry) -> Status:
    """Return the status that the act leads to, where the table leaves a choice."""
    if entry.action in (Action.WITHDRAW, Action.SEND_BACK):
        return Status.PLANNED if row.planned else Status.CANCELLED
    if entry.action is Action.ARBITRATE:
        return Status.VALIDATED if _decided(row, entry) else Status.CANCELLED
    if entry.action is Action.REOPEN:
        return _reopened(row)
    return _TARGETS.get(entry.action, row.status)


_TARGETS = {
    Action.ASSIGN: Status.PLANNED,
    Action.UNASSIGN: Status.DRAFT,
    Action.COMPLETE: Status.DONE,
    Action.COMPLETE_FOR_INTERVENANT: Status.DONE,
    Action.ADMIT: Status.DONE,
    Action.CANCEL: Status.CANCELLED,
    Action.CORRECT: Status.DONE,
    Action.VALIDATE: Status.VALIDATED,
    Action.VALIDATE_FOR_CLIENT: Status.VALIDATED,
    Action.VALIDATE_TACITLY: Status.VALIDATED,
    Action.CONTEST: Status.CONTESTED,
    Action.CANCEL_BY_CLIENT: Status.CANCELLED,
    Action.RETRACT: Status.DONE,
    Action.ACCEPT_CHANGE: Status.VALIDATED,
    Action.REFUSE_CHANGE: Status.ARBITRATION,
    Action.ESCALATE: Status.ARBITRATION,
    Action.DISPUTE_CANCELLATION: Status.ARBITRATION,
    Action.OBJECT: Status.ARBITRATION,
}


def _reopened(row: Row) -> Status:
    if row.done_at is not None and row.declared is not None:
        return Status.DONE
    # A report that was never admitted still holds its declaration: it waits again for the manager.
    if row.intervenant_id is None or (row.is_reported and (row.contrat_id is None or row.declared is not None)):
        return Status.DRAFT
    return Status.PLANNED


def _declare(facts: Facts, actor: Actor, at: datetime) -> Columns:
    return {**version("declared", facts), **retain(facts, actor), "declared_at": at}


def _complete(row: Row, entry: Entry, actor: Actor, at: datetime) -> Columns:
    facts = entry.facts or row.planned or row.retained
    on_behalf = entry.action is Action.COMPLETE_FOR_INTERVENANT
    done = {"done_at": at, "declared_on_behalf": on_behalf, "billable_checked": True}
    contrat = {"contrat_id": entry.contrat_id} if entry.contrat_id else {}
    return _declare(facts, actor, at) | done | contrat


def _admit(row: Row, entry: Entry, actor: Actor, at: datetime) -> Columns:
    contrat = {"contrat_id": entry.contrat_id} if entry.contrat_id else {}
    return {"done_at": at, "billable_checked": True} | contrat


def _correct(row: Row, entry: Entry, actor: Actor, at: datetime) -> Columns:
    return _declare(entry.facts or row.retained, actor, at) | {"declared_on_behalf": False}


def _why_cancelled(entry: Entry) -> int | None:
    return entry.motif.id if entry.motif and entry.motif.is_annulation else None


def _cancel(row: Row, entry: Entry, actor: Actor, at: datetime) -> Columns:
    return {"cancelled_by": str(actor.role), "motif_id": _why_cancelled(entry)}


def _undeclare(row: Row, entry: Entry, actor: Actor, at: datetime) -> Columns:
    back = retain(row.planned, actor) if row.planned else {}
    taken_back = {"withdrawn": True} if row.planned is None and entry.action is Action.WITHDRAW else {}
    return UNDECLARED | UNCANCELLED | UNSETTLED | back | taken_back


def _settle(how: Settled) -> Callable[[Row, Entry, Actor, datetime], Columns]:
    def effect(row: Row, entry: Entry, actor: Actor, at: datetime) -> Columns:
        return {"settled_by": str(how), "settled_at": at}

    return effect


def _cancel_by_client(row: Row, entry: Entry, actor: Actor, at: datetime) -> Columns:
    return {"cancelled_by": str(Role.CLIENT), "motif_id": _why_cancelled(entry)}


def _back_to_done(row: Row, entry: Entry, actor: Actor, at: datetime) -> Columns:
    return {"done_at": at} | UNSETTLED | UNCANCELLED | (retain(row.declared, actor) if row.declared else {})


def _accept(row: Row, entry: Entry, actor: Actor, at: datetime) -> Columns:
    proposed = row.proposition.facts if row.proposition else None
    settled = {"settled_by": str(Settled.AGREEMENT), "settled_at": at}
    return settled | (retain(proposed, actor) if proposed else {})


def _decided(row: Row, entry: Entry) -> Facts | None:
    """Return the facts that a délibération retains, or None where it finds that nothing took place."""
    if entry.choice is Choice.THIRD or entry.choice is None:
        return None if entry.cancels else entry.facts
    return side_version(row, entry.choice)[1]


def _arbitrate(row: Row, entry: Entry, actor: Actor, at: datetime) -> Columns:
    facts = _decided(row, entry)
    if facts:
        settled = {"settled_by": str(Settled.DELIBERATION), "settled_at": at, "billable_checked": True}
        return UNCANCELLED | settled | retain(facts, actor)
    proposed = row.proposition.motif_id if row.proposition and row.proposition.is_annulation else None
    motif_id = _why_cancelled(entry) or proposed or row.motif_id
    return UNSETTLED | {"cancelled_by": str(Role.MANAGER), "motif_id": motif_id}


def _reopen(row: Row, entry: Entry, actor: Actor, at: datetime) -> Columns:
    status = _reopened(row)
    if status is Status.DONE:
        return _back_to_done(row, entry, actor, at)
    if status is Status.DRAFT:
        back = row.declared or row.planned
        return UNSETTLED | UNCANCELLED | (retain(back, actor) if back else {})
    # A visit that has no plan of its own (reported, then sent back) is planned as it stands.
    planned = row.planned or row.retained
    return UNDECLARED | UNSETTLED | UNCANCELLED | version("planned", planned) | retain(planned, actor)


def _move(row: Row, entry: Entry, actor: Actor, at: datetime) -> Columns:
    columns: Columns = {}
    if entry.facts:
        columns |= version("planned", entry.facts) | retain(entry.facts, actor)
    if entry.intervenant_id and row.status is Status.PLANNED:
        columns["intervenant_id"] = entry.intervenant_id
    return columns


def _nothing(row: Row, entry: Entry, actor: Actor, at: datetime) -> Columns:
    return {}


EFFECTS: dict[Action, Callable[[Row, Entry, Actor, datetime], Columns]] = {
    Action.ASSIGN: lambda row, entry, actor, at: {"intervenant_id": entry.intervenant_id or row.intervenant_id},
    Action.UNASSIGN: lambda row, entry, actor, at: {"intervenant_id": None},
    Action.COMPLETE: _complete,
    Action.COMPLETE_FOR_INTERVENANT: _complete,
    Action.ADMIT: _admit,
    Action.CANCEL: _cancel,
    Action.CORRECT: _correct,
    Action.WITHDRAW: _undeclare,
    Action.SEND_BACK: _undeclare,
    Action.VALIDATE: _settle(Settled.CLIENT),
    Action.VALIDATE_FOR_CLIENT: _settle(Settled.ON_BEHALF),
    Action.VALIDATE_TACITLY: _settle(Settled.TACIT),
    Action.CONTEST: _nothing,
    Action.CANCEL_BY_CLIENT: _cancel_by_client,
    Action.RETRACT: _back_to_done,
    Action.ACCEPT_CHANGE: _accept,
    Action.REFUSE_CHANGE: _nothing,
    Action.ESCALATE: _nothing,
    Action.DISPUTE_CANCELLATION: _nothing,
    Action.OBJECT: _nothing,
    Action.ARBITRATE: _arbitrate,
    Action.REOPEN: _reopen,
    Action.MOVE: _move,
    Action.ATTACH: lambda row, entry, actor, at: {"contrat_id": entry.contrat_id},
    Action.REMIND_CLIENT: _nothing,
    Action.REMIND_INTERVENANT: _nothing,
    Action.SET_MOTIF: lambda row, entry, actor, at: {"motif_id": entry.motif.id if entry.motif else None},
}


def opened_by(row: Row, entry: Entry) -> tuple[bool, Facts | None] | None:
    """Return (is_annulation, facts) of the proposition that the act opens, or None where it opens none."""
    if entry.action is Action.CANCEL_BY_CLIENT or (entry.action is Action.OBJECT and entry.cancels):
        return True, None
    if entry.action in (Action.CONTEST, Action.OBJECT):
        return False, proposed_facts(row, entry)
    return None
