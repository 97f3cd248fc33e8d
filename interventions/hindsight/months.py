"""A month of an agency with all that its guards look at, in a constant number of statements."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from interventions import deliveries, hours, reminders
from interventions.closing import last_day
from interventions.deliveries import Arrival
from interventions.guards import Row
from interventions.hindsight.history import History, Moment
from interventions.models import Agence, Intervention, JournalEntry, Period
from interventions.operations.reading import absent_clients, read_rows
from interventions.querysets import among
from interventions.recipients import Recipients
from interventions.states import Action, Role, Status

type Step = tuple[int, int]  # visit, step


@dataclass(frozen=True, slots=True)
class Asked:
    """A mail that asked about a step of a visit, and when it left."""

    user_id: int
    sent_at: datetime


@dataclass(frozen=True, slots=True)
class Month:
    """The visits of a month, their histories, what mails said of them, and until when one may look."""

    first: date
    now: datetime
    histories: Sequence[History]
    arrivals: Mapping[Step, Sequence[Arrival]]
    asked: Mapping[Step, Sequence[Asked]]
    people: Recipients
    closed_at: datetime | None

    @property
    def visits(self) -> int:
        """How many visits it has."""
        return len(self.histories)

    def end_of(self, until: datetime | None) -> datetime:
        """Return the last instant at which something could have been done: before the next act, the closing, now."""
        return min(moment for moment in (until, self.closed_at, self.now) if moment is not None)

    def told_by(self, row: Row, at: datetime, *, reminds: bool) -> datetime | None:
        """Return when the mail (or the reminder) about this row's step first reached somebody, as was known then."""
        found = self.arrivals.get((row.id, row.step), ())
        return min((one.at for one in found if one.reminds == reminds and one.known_at <= at), default=None)


def before(agence: Agence, now: datetime) -> date:
    """Return the first day of the month before, on the agency's calendar."""
    this = hours.month_of(now.astimezone(agence.zone).date())
    return hours.month_of(this - timedelta(days=1))


def read(agence: Agence, first: date, now: datetime) -> Month:
    """Read a month's visits, but those that their intervenant took back, in ten statements at most."""
    found = Intervention.objects.filter(agence=agence, withdrawn=False).between(first, last_day(first))
    rows = read_rows(found)
    away = absent_clients(rows)
    moments = _moments(agence, rows)
    closed = Period.objects.filter(agence=agence, month=first).values_list("closed_at", flat=True).first()
    for key in away:
        rows[key].client_away = True
    return Month(
        first=first,
        now=now,
        histories=[History(row, moments[key]) for key, row in rows.items()],
        arrivals=deliveries.of_all_steps(rows, now),
        asked=_asked(agence, rows),
        people=reminders.people_of(agence, {row.client_id for row in rows.values()}, now),
        closed_at=closed,
    )


def _moments(agence: Agence, rows: Mapping[int, Row]) -> Mapping[int, list[Moment]]:
    entries = JournalEntry.objects.filter(among(rows, "intervention"), agence=agence).order_by(
        "intervention", "version"
    )
    found: dict[int, list[Moment]] = defaultdict(list)
    for key, action, role, user, at, status, version, after in entries.values_list(
        "intervention_id", "action", "role", "actor_id_kept", "at", "to_status", "version", "after"
    ):
        found[key].append(Moment(Action(action), Role(role), user, at, Status(status), version, after))
    return found


def _asked(agence: Agence, rows: Mapping[int, Row]) -> Mapping[Step, list[Asked]]:
    lines = reminders.asking(agence).filter(among(rows, "intervention"), reminds=False)
    found: dict[Step, list[Asked]] = defaultdict(list)
    for key, step, user, sent_at in lines.values_list("intervention_id", "step", "mail__user_id", "mail__sent_at"):
        if sent_at:
            found[key, step].append(Asked(user, sent_at))
    return found
