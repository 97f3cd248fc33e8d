"""What an act requires of a visit, as pure functions over a locked row.

The same functions decide an act, the buttons of a screen and the preview of a batch, so that none can promise
what another refuses.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta

from interventions import hours
from interventions.actor import Actor
from interventions.guards import Entry, Guard, Row
from interventions.states import Action, Choice, Ground, Right, Role, Settled, Status
from interventions.versions import has_version, new_facts, proposed_facts, side_version

type Check = Callable[[Row, Entry, Actor, datetime], bool]


def last_day(since: date | datetime | None, days: int, actor: Actor) -> date | None:
    """Return the last day, on the agency's calendar, of a window of `days` days that opened then."""
    if since is None:
        return None
    first = since.astimezone(actor.zone).date() if isinstance(since, datetime) else since
    return first + timedelta(days=days)


def within_days(since: date | datetime | None, days: int, actor: Actor, now: datetime) -> bool:
    """Return whether at most `days` days, counted on the agency's calendar, have passed since then."""
    last = last_day(since, days, actor)
    return last is not None and actor.today(now) <= last


def after_days(since: datetime | None, days: int, now: datetime) -> bool:
    """Return whether at least `days` times 24 hours have passed since then."""
    return since is not None and now >= since + timedelta(days=days)


def _is_past(row: Row, entry: Entry, actor: Actor, now: datetime) -> bool:
    if entry.action is Action.CANCEL and actor.role is Role.MANAGER:
        return True
    entered = entry.facts or row.declared
    planned_end = row.planned.end if row.planned else row.retained.end
    return hours.is_past(
        row.day,
        planned_end,
        entered.end if entered else planned_end,
        now,
        actor.zone,
        same_day_allowed=actor.agence.same_day_allowed,
    )


def _is_billable(row: Row, entry: Entry, actor: Actor, now: datetime) -> bool:
    facts = new_facts(row, entry)
    terms = entry.contrat if entry.contrat_id else row.contrat
    return bool(facts and terms and terms.covers(row.client_id, hours.day_of(facts.start, actor.zone)))


def _facts_valid(row: Row, entry: Entry, actor: Actor, now: datetime) -> bool:
    facts = entry.facts
    if entry.action in (Action.CONTEST, Action.OBJECT):
        facts = proposed_facts(row, entry)
    elif entry.action in (Action.COMPLETE, Action.COMPLETE_FOR_INTERVENANT):
        facts = new_facts(row, entry)
    return facts is None or not hours.facts_errors(facts.start, facts.end, facts.km, now, actor.zone)


def _is_own_act(row: Row, entry: Entry, actor: Actor, now: datetime) -> bool:
    own = row.last_role == Role.INTERVENANT and row.last_actor_id == actor.user_id
    kinds = {
        Status.DONE: (Action.COMPLETE, Action.REPORT, Action.CORRECT),
        Status.CANCELLED: (Action.CANCEL,),
        Status.DRAFT: (Action.REPORT_UNATTACHED,),
    }
    return own and row.last_action in kinds.get(row.status, ())


def _in_undo_window(row: Row, entry: Entry, actor: Actor, now: datetime) -> bool:
    return now <= row.last_at + timedelta(minutes=actor.agence.undo_minutes)


def _is_retractable(row: Row, entry: Entry, actor: Actor, now: datetime) -> bool:
    if row.status is Status.CANCELLED:
        return row.last_action == Action.CANCEL_BY_CLIENT
    return row.status is Status.CONTESTED or row.last_action == Action.VALIDATE


def _in_retract_window(row: Row, entry: Entry, actor: Actor, now: datetime) -> bool:
    if row.status is Status.VALIDATED:
        return _in_undo_window(row, entry, actor, now)
    return within_days(row.last_at, actor.agence.retract_days, actor, now)


def _is_disputable(row: Row, entry: Entry, actor: Actor, now: datetime) -> bool:
    if row.last_action not in (Action.CANCEL, Action.CANCEL_BY_CLIENT):
        return False
    if row.intervenant_id is None:
        # A draft that nobody was to make: there is no other side, and nothing that a manager could retain.
        return False
    if actor.role is Role.INTERVENANT:
        return row.last_role != Role.INTERVENANT
    return row.last_action == Action.CANCEL


def contestable_until(row: Row, actor: Actor) -> date | None:
    """Return the last day on which a cancellation may be disputed, or a validation objected to."""
    if row.status is Status.CANCELLED:
        since = max(row.last_at.astimezone(actor.zone).date(), row.day)
        return last_day(since, actor.agence.dispute_days, actor)
    return last_day(row.settled_at, actor.agence.object_days, actor)


def _in_contest_window(row: Row, entry: Entry, actor: Actor, now: datetime) -> bool:
    until = contestable_until(row, actor)
    return until is not None and actor.today(now) <= until


def _is_objectable(row: Row, entry: Entry, actor: Actor, now: datetime) -> bool:
    return row.settled_by in (Settled.ON_BEHALF, Settled.TACIT)


def asked_since(row: Row, actor: Actor) -> datetime | None:
    """Return the instant from which the days of silence count, or None while no mail has reached anyone.

    The latest of that delivery, the entry into done, the last declared version and the module's switching on.
    """
    if row.delivered_at is None:
        return None
    marks = (row.delivered_at, row.done_at, row.declared_at, actor.agence.module_enabled_at)
    return max(mark for mark in marks if mark is not None)


def _is_unanswered(row: Row, entry: Entry, actor: Actor, now: datetime) -> bool:
    if entry.ground is not Ground.NO_ANSWER:
        return True
    return after_days(asked_since(row, actor), actor.agence.no_answer_days, now)


def _is_tacit(row: Row, entry: Entry, actor: Actor, now: datetime) -> bool:
    since = asked_since(row, actor)
    return (
        actor.agence.tacit_enabled
        and not row.tacit_opt_out
        and not row.declared_on_behalf
        and not row.client_away
        and since is not None
        and row.reminded_at is not None
        and after_days(since, actor.agence.tacit_days, now)
    )


def _may_escalate(row: Row, entry: Entry, actor: Actor, now: datetime) -> bool:
    if actor.role is Role.MANAGER:
        return True
    # The clock stands still while the module is off: the intervenant could not answer.
    since = max(row.last_at, actor.agence.module_enabled_at or row.last_at)
    return actor.agence.escalate_enabled and after_days(since, actor.agence.escalate_days, now)


def _may(right: Right) -> Check:
    def check(row: Row, entry: Entry, actor: Actor, now: datetime) -> bool:
        if actor.role is Role.PROCHE:
            return actor.has(right)
        return actor.may_act or actor.role is not Role.CLIENT

    return check


def _is_changed(row: Row, entry: Entry, actor: Actor, now: datetime) -> bool:
    if entry.action is Action.OBJECT and entry.cancels:
        return True
    proposed = proposed_facts(row, entry)
    return proposed is not None and proposed != row.retained


def _has_chosen_version(row: Row, entry: Entry, actor: Actor, now: datetime) -> bool:
    if entry.choice is None:
        return False
    if entry.choice is Choice.THIRD:
        return entry.cancels or entry.facts is not None
    return has_version(row, entry.choice)


def _is_billable_once(row: Row, entry: Entry, actor: Actor, now: datetime) -> bool:
    if row.billable_checked or entry.choice is None or (entry.choice is Choice.THIRD and entry.cancels):
        return True
    if entry.choice is not Choice.THIRD:
        if not has_version(row, entry.choice):
            return True
        took_place, facts = side_version(row, entry.choice)
        if not took_place:
            return True
    else:
        facts = entry.facts
    terms = row.contrat
    return bool(terms and facts and terms.covers(row.client_id, hours.day_of(facts.start, actor.zone)))


CHECKS: dict[Guard, Check] = {
    Guard.PAST: _is_past,
    Guard.BILLABLE: _is_billable,
    Guard.NO_BILLABLE: lambda row, entry, actor, now: not _is_billable(row, entry, actor, now),
    Guard.BILLABLE_ONCE: _is_billable_once,
    Guard.FACTS: _facts_valid,
    Guard.OWN_PLANNED: lambda row, entry, actor, now: actor.role is Role.MANAGER or row.status is Status.PLANNED,
    Guard.INTERVENANT: lambda row, entry, actor, now: bool(entry.intervenant_id or row.intervenant_id),
    Guard.DECLARED: lambda row, entry, actor, now: row.declared is not None,
    Guard.NOTHING_DECLARED: lambda row, entry, actor, now: row.declared is None,
    Guard.OWN_ACT: _is_own_act,
    Guard.UNDO_WINDOW: _in_undo_window,
    Guard.RETRACTABLE: _is_retractable,
    Guard.RETRACT_WINDOW: _in_retract_window,
    Guard.DISPUTABLE: _is_disputable,
    Guard.DISPUTE_WINDOW: _in_contest_window,
    Guard.OBJECTABLE: _is_objectable,
    Guard.OBJECT_WINDOW: _in_contest_window,
    Guard.NO_ANSWER: _is_unanswered,
    Guard.TACIT: _is_tacit,
    Guard.ESCALATE_DELAY: _may_escalate,
    Guard.NOT_WITHDRAWN: lambda row, entry, actor, now: not row.withdrawn,
    Guard.MAY_VALIDATE: _may(Right.VALIDATE),
    Guard.MAY_CONTEST: _may(Right.CONTEST),
    Guard.MAY_ARBITRATE: lambda row, entry, actor, now: actor.has(Right.ARBITRATE),
    Guard.FOUR_EYES: lambda row, entry, actor, now: not actor.agence.four_eyes or actor.user_id not in row.hands,
    Guard.CHANGED: _is_changed,
    Guard.OPEN_PORTALS: lambda row, entry, actor, now: actor.agence.module_enabled,
    Guard.REACHED: lambda row, entry, actor, now: not row.unreached,
    Guard.NOT_ASKED_YET: lambda row, entry, actor, now: not row.mail_waits,
    Guard.ONCE_A_DAY: lambda row, entry, actor, now: not row.reminded_today,
    Guard.VERSION: _has_chosen_version,
}
