"""What is asked of a month that has passed: under these settings, how many visits would have fared how.

Each question takes the month and an agency with the settings in question, saved or not, and judges by the guards that
judge a press or a job; it counts first effects only, and of each visit at most one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

from interventions import hours, pointed_out, reminders, runs
from interventions.actor import CLIENT_ROLES, Actor, system
from interventions.checks import CHECKS
from interventions.guards import Entry, Facts, Guard, Row
from interventions.hindsight.history import History, Stay, facts
from interventions.hindsight.months import Month
from interventions.models import Agence
from interventions.paid_hours import HourKind, paid_hours
from interventions.states import Action, Ground, Role, Status
from interventions.workflow import TABLE

type Question = Callable[[Month, Agence], int]

PORTALS = frozenset({Role.INTERVENANT, *CLIENT_ROLES})


def validated_tacitly(month: Month, agence: Agence) -> int:
    """Return how many visits the daily job would have validated for lack of an answer."""
    return _by_clock(month, agence, Action.VALIDATE_TACITLY, Status.DONE)


def escalated(month: Month, agence: Agence) -> int:
    """Return how many modifications the daily job would have handed to a manager."""
    return _by_clock(month, agence, Action.ESCALATE, Status.CONTESTED)


def unanswered(month: Month, agence: Agence) -> int:
    """Return of how many visits a manager could have said that they stayed without an answer."""
    actor, entry = system(agence), Entry(Action.VALIDATE_FOR_CLIENT, ground=Ground.NO_ANSWER)

    def lets(stay: Stay) -> bool:
        at = month.end_of(stay.until)
        return CHECKS[Guard.NO_ANSWER](_told(month, stay.row, at), entry, actor, at)

    return _count(month, Status.DONE, lets)


def reminded(month: Month, agence: Agence) -> int:
    """Return of how many visits the client's side would have been reminded."""
    if not (agence.module_enabled and agence.reminder_days):
        return 0

    def lets(stay: Stay) -> bool:
        at, row = runs.last_before(month.end_of(stay.until), agence.zone), stay.row
        first = reminders.before(agence, at, agence.reminder_days)
        then = reminders.before(agence, at, agence.reminder_days + agence.proche_reminder_days)
        return any(
            one.sent_at < (first if reminders.is_first(agence, month.people, row.client_id, one.user_id) else then)
            for one in month.asked.get((row.id, row.step), ())
            if one.user_id in month.people.of_client(row.client_id)
        )

    return _count(month, Status.DONE, lets)


def late(action: Action, guard: Guard, role: Role) -> Question:
    """Return the question how many such acts of that month would have come too late for a guard."""

    def question(month: Month, agence: Agence) -> int:
        actor = Actor(agence, role)
        return sum(
            not CHECKS[guard](row, Entry(action), actor, moment.at)
            for history in month.histories
            for row, moment in history.acts(action)
        )

    return question


def declared_at_once(month: Month, agence: Agence) -> int:
    """Return how many visits could have been declared before their day was over."""
    actor = Actor(agence, Role.INTERVENANT)

    def lets(row: Row, declared: Facts) -> bool:
        last = datetime.combine(row.day + hours.ONE_DAY, time(), agence.zone).astimezone(UTC) - timedelta(seconds=1)
        return CHECKS[Guard.PAST](row, Entry(Action.COMPLETE, facts=declared), actor, last)

    return _declarations(month, lets)


def far(month: Month, agence: Agence) -> int:
    """Return how many declarations would have been pointed out for their kilometres."""
    return _declarations(month, lambda row, said: pointed_out.is_far(said, row.planned, agence))


def gaps(month: Month, agence: Agence) -> int:
    """Return how many declarations would have been pointed out for their gap to the plan."""
    return _declarations(month, lambda row, said: pointed_out.gap(said, row.planned, agence) is not None)


def by_guarded_clients(month: Month, agence: Agence) -> int:
    """Return how many answers came from clients who have a tuteur, where the tuteur would act alone."""
    if not agence.tuteur_acts_alone:
        return 0
    return sum(
        moment.role is Role.CLIENT
        for history in month.histories
        if history.present.client_id in month.people.guarded
        for moment in history.moments
    )


def refused_by_module(month: Month, agence: Agence) -> int:
    """Return how many acts of the portals would have been refused for want of the module."""
    if agence.module_enabled:
        return 0
    return sum(moment.role in PORTALS for history in month.histories for moment in history.moments)


def minutes_of(kind: HourKind) -> Question:
    """Return the question how many minutes of this kind the visits have that took place, or are to."""

    def question(month: Month, agence: Agence) -> int:
        calendar = agence.paid_calendar
        counted = (one.present for one in month.histories if one.present.status is not Status.CANCELLED)
        return sum(paid_hours(row.retained.start, row.retained.end, calendar).of(kind) for row in counted)

    return question


def _by_clock(month: Month, agence: Agence, action: Action, status: Status) -> int:
    if not agence.module_enabled:
        return 0
    actor = system(agence)

    def lets(stay: Stay) -> bool:
        at = runs.last_before(month.end_of(stay.until), agence.zone)
        row = _told(month, stay.row, at)
        return all(CHECKS[guard](row, Entry(action), actor, at) for guard in TABLE[action].guards)

    return _count(month, status, lets)


def _told(month: Month, row: Row, at: datetime) -> Row:
    told = month.told_by(row, at, reminds=False), month.told_by(row, at, reminds=True)
    return replace(row, delivered_at=told[0], reminded_at=told[1])


def _count(month: Month, status: Status, lets: Callable[[Stay], bool]) -> int:
    return sum(any(lets(stay) for stay in history.stays(status)) for history in month.histories)


def _declarations(month: Month, counts: Callable[[Row, Facts], bool]) -> int:
    return sum(_declared(history, counts) for history in month.histories)


def _declared(history: History, counts: Callable[[Row, Facts], bool]) -> bool:
    return any(
        counts(row, said)
        for row, moment in history.acts(Action.COMPLETE)
        if moment.role is Role.INTERVENANT and (said := facts(moment.after, "declared"))
    )
