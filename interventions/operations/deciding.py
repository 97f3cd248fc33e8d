"""Deciding, row by row and without the database: does this act go, and if so what does it change?"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from interventions import hours
from interventions.actor import Actor
from interventions.checks import CHECKS
from interventions.guards import Entry, Facts, Guard, MotifTerms, Row
from interventions.operations.changes import Change, NewVisit
from interventions.operations.effects import EFFECTS, opened_by, target
from interventions.operations.reading import Terms
from interventions.states import Action, Ground, Origin, Right, Role, Status, Via
from interventions.workflow import FACT_CHANGES, PORTAL_ROLES, RULES, TABLE, Need, needs

GROUNDS: dict[Action, tuple[Ground, ...]] = {
    Action.VALIDATE_FOR_CLIENT: (Ground.PHONE, Ground.SIGNED_SHEET, Ground.NO_ANSWER, Ground.OTHER),
    Action.CONTEST: (Ground.PHONE, Ground.LETTER, Ground.ON_SITE),
    Action.CANCEL_BY_CLIENT: (Ground.PHONE, Ground.LETTER, Ground.ON_SITE),
}


class Refused(Exception):
    """One row does not go; the guard says why."""

    def __init__(self, guard: Guard) -> None:
        super().__init__(guard)
        self.guard = guard


@dataclass(slots=True)
class Press:
    """What all rows of a press share."""

    actor: Actor
    at: datetime
    terms: Terms
    closed: frozenset[date] = frozenset()
    ground: Ground | None = None
    ground_text: str = ""


@dataclass(slots=True)
class Decision:
    """An act that goes: the row as it was (None for a new visit), the columns it changes, where it leads."""

    change: Change
    entry: Entry
    row: Row | None
    to: Status
    columns: dict[str, Any] = field(default_factory=dict)
    opens: tuple[bool, Facts | None] | None = None
    born_as: int = 0

    @property
    def key(self) -> int:
        """The visit's key; a new visit has one once it is written."""
        return self.row.id if self.row else self.born_as


def permit(action: Action, actor: Actor) -> None:
    """Refuse an act that the actor's role, rights or the module do not allow, whatever the row."""
    row = RULES.get(action)
    by = row.by if row else (Role.MANAGER, Role.SYSTEM)
    if actor.role not in by:
        raise Refused(Guard.RIGHT)
    if actor.role is Role.MANAGER and action is not Action.ARBITRATE and not actor.has(Right.MANAGE):
        raise Refused(Guard.RIGHT)
    from_portal = actor.role in PORTAL_ROLES or (actor.role is Role.SYSTEM and actor.via is Via.JOB)
    if from_portal and not actor.agence.module_enabled:
        raise Refused(Guard.MODULE)


def entry_of(change: Change, press: Press) -> Entry:
    """Resolve what was chosen to its terms; refuse what is not this agency's to choose."""
    terms = press.terms
    contrat = terms.contrats.get(change.contrat_id)[0] if change.contrat_id in terms.contrats else None  # type: ignore[index]
    if change.contrat_id and contrat is None:
        raise Refused(Guard.CONTRAT)
    if change.intervenant_id and change.intervenant_id not in terms.intervenants:
        raise Refused(Guard.INTERVENANT)
    if change.client_id and change.client_id not in terms.clients:
        raise Refused(Guard.UNKNOWN)
    if change.prestation_id and change.prestation_id not in terms.prestations:
        raise Refused(Guard.UNKNOWN)
    motif = terms.motifs.get(change.motif_id) if change.motif_id else None
    return Entry(
        change.action,
        change.facts,
        change.contrat_id,
        contrat,
        change.intervenant_id,
        motif if motif and motif.active else None,
        change.comment.strip(),
        change.reason.strip(),
        press.ground,
        press.ground_text.strip(),
        change.choice,
        change.cancels,
    )


def require(entry: Entry, actor: Actor) -> None:
    """Refuse an act for which something that must be entered is missing."""
    missing = {
        Need.REASON: (Guard.REASON, bool(entry.reason)),
        Need.COMMENT: (Guard.COMMENT, bool(entry.comment)),
        Need.GROUND: (Guard.GROUND, _ground_fits(entry)),
        Need.MOTIF_REFUS: (Guard.MOTIF, _is(entry.motif, annulation=False)),
        Need.MOTIF_ANNULATION: (Guard.MOTIF, _is(entry.motif, annulation=True)),
        Need.VERSION: (Guard.VERSION, entry.choice is not None),
        Need.FACTS: (Guard.FACTS, entry.facts is not None),
    }
    for need in needs(entry.action, actor.role):
        guard, there = missing[need]
        if not there:
            raise Refused(guard)
    if entry.action is Action.OBJECT and not entry.cancels and not _is(entry.motif, annulation=False):
        raise Refused(Guard.MOTIF)
    third_cancels = entry.action is Action.ARBITRATE and entry.choice == "third" and entry.cancels
    if (third_cancels or entry.action is Action.SET_MOTIF) and not _is(entry.motif, annulation=True):
        raise Refused(Guard.MOTIF)


def _is(motif: MotifTerms | None, *, annulation: bool) -> bool:
    return motif is not None and motif.is_annulation is annulation


def _ground_fits(entry: Entry) -> bool:
    if entry.ground not in GROUNDS.get(entry.action, ()):
        return False
    return entry.ground is not Ground.OTHER or bool(entry.ground_text)


def decide(change: Change, row: Row | None, press: Press) -> Decision:
    """Return what an act on an existing visit changes; raise Refused with the guard that stops it."""
    permit(change.action, press.actor)
    if row is None:
        raise Refused(Guard.UNKNOWN)
    if change.seen is not None and change.seen != row.version:
        raise Refused(Guard.STALE)
    if change.refusal:
        raise Refused(change.refusal)
    entry = entry_of(change, press)
    sources = FACT_CHANGES.get(change.action) or RULES[change.action].sources
    if row.status not in sources:
        raise Refused(Guard.STATUS)
    require(entry, press.actor)
    check(row, entry, press)
    if change.client_id and row.contrat_id:
        raise Refused(Guard.CONTRAT)
    columns = EFFECTS[change.action](row, entry, press.actor, press.at) | _texts(change, press.actor)
    _check_months((row.day, columns.get("day", row.day)), press)
    return Decision(change, entry, row, target(row, entry), columns, opened_by(row, entry))


def check(row: Row, entry: Entry, press: Press) -> None:
    """Raise Refused with the first guard of the act that this row does not pass."""
    for guard in RULES[entry.action].guards if entry.action in RULES else ():
        if not CHECKS[guard](row, entry, press.actor, press.at):
            raise Refused(guard)
    if entry.action is Action.MOVE:
        _check_move(row, entry, press)
    if entry.action is Action.ATTACH:
        _check_contrat(row, entry)


def _check_move(row: Row, entry: Entry, press: Press) -> None:
    if row.declared is not None:
        raise Refused(Guard.NOTHING_DECLARED)
    facts = entry.facts
    if facts and hours.shape_errors(facts.start, facts.end, facts.km, press.actor.zone):
        raise Refused(Guard.FACTS)


def _check_contrat(row: Row, entry: Entry) -> None:
    early = row.status in (Status.DRAFT, Status.PLANNED)
    if entry.contrat is None:
        if not early:
            raise Refused(Guard.CONTRAT)
        return
    fits = entry.contrat.client_id == row.client_id if early else entry.contrat.covers(row.client_id, row.day)
    if not fits:
        raise Refused(Guard.CONTRAT)


def _check_months(days: tuple[date, ...], press: Press) -> None:
    if any(hours.month_of(day) in press.closed for day in days):
        raise Refused(Guard.MONTH)


def _texts(change: Change, actor: Actor) -> dict[str, Any]:
    columns: dict[str, Any] = {}
    declares = change.action in (Action.COMPLETE, Action.CORRECT, Action.COMPLETE_FOR_INTERVENANT)
    by_intervenant = change.action is Action.CANCEL and actor.role is Role.INTERVENANT
    if (declares or by_intervenant) and change.comment.strip():
        columns["comment"] = change.comment.strip()
    if change.action is Action.MOVE:
        if change.ordre_de_mission is not None:
            columns["ordre_de_mission"] = change.ordre_de_mission.strip()
        if change.prestation_id:
            columns["prestation_id"] = change.prestation_id
        if change.client_id:
            columns["client_id"] = change.client_id
        if change.series_id:
            columns["series_id"] = change.series_id
    return columns


def decide_new(change: Change, press: Press) -> Decision:
    """Return what brings a visit into being: plan, report or report_unattached; raise Refused if nothing may."""
    permit(change.action, press.actor)
    new = change.new
    if new is None or change.action not in TABLE or not TABLE[change.action].creates:
        raise Refused(Guard.FACTS)
    _check_parts(new, press)
    _check_months((hours.day_of(new.start, press.actor.zone),), press)
    if change.action is Action.PLAN:
        if new.number:
            press.terms.numbers.add(new.number)
        return _planned(change, new, press)
    return _reported(change, new, press)


def _check_parts(new: NewVisit, press: Press) -> None:
    terms = press.terms
    if new.client_id not in terms.clients or new.prestation_id not in terms.prestations:
        raise Refused(Guard.UNKNOWN)
    if new.intervenant_id and new.intervenant_id not in terms.intervenants:
        raise Refused(Guard.INTERVENANT)
    if new.contrat_id:
        known = terms.contrats.get(new.contrat_id)
        if known is None or known[0].client_id != new.client_id:
            raise Refused(Guard.CONTRAT)
    if hours.shape_errors(new.start, new.end, new.km, press.actor.zone):
        raise Refused(Guard.FACTS)
    if new.number in terms.numbers:
        raise Refused(Guard.NUMBER)


def _born(new: NewVisit, press: Press) -> dict[str, Any]:
    day = hours.day_of(new.start, press.actor.zone)
    return {
        "client_id": new.client_id,
        "prestation_id": new.prestation_id,
        "number": new.number,
        "series_id": new.series_id,
        "origin": str(new.origin),
        "retained_start": new.start,
        "retained_end": new.end,
        "retained_km": new.km,
        "day": day,
    }


def _planned(change: Change, new: NewVisit, press: Press) -> Decision:
    columns = _born(new, press) | {
        "intervenant_id": new.intervenant_id,
        "contrat_id": new.contrat_id,
        "ordre_de_mission": (change.ordre_de_mission or "").strip(),
        "planned_start": new.start,
        "planned_end": new.end,
        "planned_km": new.km,
    }
    to = Status.PLANNED if new.intervenant_id else Status.DRAFT
    return Decision(change, Entry(change.action, new.facts), None, to, columns)


def _reported(change: Change, new: NewVisit, press: Press) -> Decision:
    actor, day = press.actor, hours.day_of(new.start, press.actor.zone)
    if new.client_id not in press.terms.own_clients:
        raise Refused(Guard.OWN_CLIENT)
    if not hours.is_past(day, new.end, new.end, press.at, actor.zone, same_day_allowed=actor.agence.same_day_allowed):
        raise Refused(Guard.PAST)
    if hours.facts_errors(new.start, new.end, new.km, press.at, actor.zone):
        raise Refused(Guard.FACTS)
    contrat_id = press.terms.billable_for(new.client_id, new.prestation_id, day)
    if change.action is Action.REPORT and contrat_id is None:
        raise Refused(Guard.BILLABLE)
    if change.action is Action.REPORT_UNATTACHED and contrat_id is not None:
        raise Refused(Guard.NO_BILLABLE)
    done = change.action is Action.REPORT
    columns = _born(new, press) | {
        "intervenant_id": actor.intervenant_id,
        "contrat_id": contrat_id,
        "origin": str(Origin.INTERVENANT),
        "ordre_de_mission": f"Ajoutée par {actor.name} le {press.at.astimezone(actor.zone):%d/%m/%Y}",
        "comment": change.comment.strip(),
        "declared_start": new.start,
        "declared_end": new.end,
        "declared_km": new.km,
        "declared_at": press.at,
        "done_at": press.at if done else None,
        "billable_checked": done,
    }
    return Decision(change, Entry(change.action, new.facts), None, Status.DONE if done else Status.DRAFT, columns)
