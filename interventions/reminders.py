"""What clients are asked again: reminders of what was asked, and a first mail where a retract left none."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import UTC, datetime, time, timedelta

from django.db.models import Exists, F, OuterRef, QuerySet

from interventions import notifications, recipients, rhythms
from interventions.mails import reading
from interventions.models import Agence, Fate, Intervention, JournalEntry, Mail, MailLine, Reminder
from interventions.recipients import Recipients
from interventions.states import Action, Role, Status

ARRIVED = (Fate.SENT, Fate.DELIVERED)


def remind(agence: Agence, now: datetime) -> int:
    """Write the reminders that are due and return of how many visits; in a transaction, safe at any time.

    A visit still to be validated is reminded once to each person who was asked and still gets the mails: to the client
    `reminder_days` days of the agency's calendar after the mail that asked left (0 days means never), to the proches
    `proche_reminder_days` after the client. One mail a person, by day.
    """
    if not agence.module_enabled or not agence.reminder_days:
        return 0
    asked = list(_asked(agence, before(agence, now, agence.reminder_days)))
    visits = reading.lock(asked)
    people = people_of(agence, {visit.client_id for visit in visits.values()}, now)
    waiting = [line for line in asked if _waits(line, visits[line.intervention_id], people)]
    due = {
        (line.mail.user_id, line.intervention_id): line for line in _their_turn(agence, waiting, visits, people, now)
    }
    # Whoever else was writing reminders of these visits has committed by now.
    lines = _not_yet_reminded([_again(line) for line in due.values()], list(due))
    _record(agence, lines, visits, people, now)
    return _write(agence, lines, people, now)


def ask_again(agence: Agence, now: datetime) -> int:
    """Ask who took an answer back and has not given another since, after the same days; return for how many visits.

    Nobody is told of their own act, so the new step has no mail to them yet: none that a reminder could repeat.
    """
    if not agence.module_enabled or not agence.reminder_days:
        return 0
    retracted = Intervention.objects.filter(
        agence=agence,
        status=Status.DONE,
        last_action=Action.RETRACT,
        last_at__lt=before(agence, now, agence.reminder_days),
    )
    visits = {visit.pk: visit for visit in retracted.order_by("pk").select_for_update(of=("self",), no_key=True)}
    people = people_of(agence, {visit.client_id for visit in visits.values()}, now)
    known = set(
        MailLine.objects.filter(intervention__in=visits, role=Role.CLIENT, step=F("intervention__step")).values_list(
            "mail__user_id", "intervention_id"
        )
    )
    entries = _retracts(visits)
    lines = [
        (user, _retracted(visit, entries[visit.pk]))
        for visit in visits.values()
        for user in sorted(people.of_client(visit.client_id))
        if (user, visit.pk) not in known and visit.pk in entries
    ]
    return _write(agence, lines, people, now)


def before(agence: Agence, now: datetime, days: int) -> datetime:
    """Return the end of the day, on the agency's calendar, that lies `days` days back."""
    day = now.astimezone(agence.zone).date() - timedelta(days=days - 1)
    return datetime.combine(day, time.min, agence.zone).astimezone(UTC)


def _asked(agence: Agence, limit: datetime) -> Iterable[MailLine]:
    reminded = MailLine.objects.filter(
        intervention=OuterRef("intervention"), step=OuterRef("step"), mail__user=OuterRef("mail__user"), reminds=True
    )
    return (
        asking(agence)
        .filter(
            ~Exists(reminded),
            step=F("intervention__step"),
            intervention__status=Status.DONE,
            mail__sent_at__lt=limit,
        )
        .select_related("mail")
        .order_by("mail__sent_at", "pk")
    )


def asking(agence: Agence) -> QuerySet[MailLine]:
    """Return what was ever said to a client's side in a mail that left and did not come back."""
    return MailLine.objects.filter(
        agence=agence, role=Role.CLIENT, told=True, mail__fate__in=ARRIVED, mail__bounced_at__isnull=True
    )


def _waits(line: MailLine, visit: Intervention, people: Recipients) -> bool:
    """Whether the visit is still at the step that the mail asked about, and its reader still told of it."""
    waits = visit.state is Status.DONE and visit.step == line.step
    return waits and line.mail.user_id in people.of_client(visit.client_id)


def _their_turn(
    agence: Agence, waiting: Sequence[MailLine], visits: dict[int, Intervention], people: Recipients, now: datetime
) -> list[MailLine]:
    """Return the lines whose reader is reminded now: a proche once the client was, and had time to answer."""
    if not agence.proche_reminder_days:
        return list(waiting)

    def comes_first(line: MailLine) -> bool:
        return is_first(agence, people, visits[line.intervention_id].client_id, line.mail.user_id)

    first = [line for line in waiting if comes_first(line)]
    limit = before(agence, now, agence.reminder_days + agence.proche_reminder_days)
    asked_now = {line.intervention_id for line in first}
    asked_now |= _reminded_since(agence, visits, before(agence, now, agence.proche_reminder_days))
    return first + [
        line
        for line in waiting
        if not comes_first(line)
        and line.mail.sent_at
        and line.mail.sent_at < limit
        and line.intervention_id not in asked_now
    ]


def is_first(agence: Agence, people: Recipients, client_id: int, user_id: int) -> bool:
    """Return whether this reader is reminded before, or without, another of the client's side."""
    alone = agence.tuteur_acts_alone and client_id in people.guarded
    return alone or people.themselves.get(client_id) in (None, user_id)


def _reminded_since(agence: Agence, visits: Collection[int], limit: datetime) -> set[int]:
    """Return the visits of whose present step the client was reminded since then."""
    recent = Reminder.objects.filter(agence=agence, intervention__in=list(visits), whom=Role.CLIENT, at__gte=limit)
    return set(recent.filter(step=F("intervention__step")).values_list("intervention_id", flat=True))


def people_of(agence: Agence, clients: Collection[int], now: datetime) -> Recipients:
    """Return who is asked for these clients on that day."""
    today = now.astimezone(agence.zone).date()
    return recipients.read(agence.pk, clients=clients, intervenants=(), managers=False, today=today)


def _retracts(visits: Iterable[int]) -> dict[int, int]:
    entries = JournalEntry.objects.filter(intervention__in=list(visits), action=Action.RETRACT).order_by("pk")
    return dict(entries.values_list("intervention_id", "pk"))


def _again(line: MailLine) -> tuple[int, MailLine]:
    repeated = MailLine(
        agence_id=line.agence_id,
        intervention_id=line.intervention_id,
        entry_id=line.entry_id,
        action=line.action,
        role=line.role,
        step=line.step,
        reminds=True,
    )
    return line.mail.user_id, repeated


def _retracted(visit: Intervention, entry_id: int) -> MailLine:
    return MailLine(
        agence_id=visit.agence_id,
        intervention=visit,
        entry_id=entry_id,
        action=Action.RETRACT,
        role=Role.CLIENT,
        step=visit.step,
    )


def _not_yet_reminded(
    lines: Iterable[tuple[int, MailLine]], keys: Sequence[tuple[int, int]]
) -> list[tuple[int, MailLine]]:
    visits = [visit for _user, visit in keys]
    reminded = MailLine.objects.filter(intervention__in=visits, step=F("intervention__step"), reminds=True)
    known = set(reminded.values_list("mail__user_id", "intervention_id"))
    return [(user, line) for user, line in lines if (user, line.intervention_id) not in known]


def _record(
    agence: Agence,
    lines: Iterable[tuple[int, MailLine]],
    visits: dict[int, Intervention],
    people: Recipients,
    now: datetime,
) -> None:
    """Keep on record of which visits the client, and of which the proches, were reminded by the clock."""
    asked = {
        (line.intervention_id, line.step, _whom(user, visits[line.intervention_id], people)) for user, line in lines
    }
    made = [Reminder(agence=agence, intervention_id=key, step=step, whom=whom, at=now) for key, step, whom in asked]
    Reminder.objects.bulk_create(sorted(made, key=lambda one: (one.intervention_id, one.whom)), ignore_conflicts=True)


def _whom(user: int, visit: Intervention, people: Recipients) -> Role:
    return Role.CLIENT if people.themselves.get(visit.client_id) == user else Role.PROCHE


def _write(agence: Agence, lines: Sequence[tuple[int, MailLine]], people: Recipients, now: datetime) -> int:
    """Write one mail a person with these lines, due by day, and return of how many visits they tell."""
    by_user: dict[int, list[MailLine]] = defaultdict(list)
    for user, line in lines:
        by_user[user].append(line)
    choices = rhythms.read(agence.pk, by_user)
    for user, own in sorted(by_user.items()):
        mail = Mail.objects.create(
            agence=agence,
            user_id=user,
            to=people.addresses[user],
            message_id=notifications.message_id(),
            created_at=now,
            due_at=rhythms.leaves_at(choices.get(user), rhythms.by_day(now, agence.zone), agence.zone),
        )
        for line in own:
            line.mail = mail
    MailLine.objects.bulk_create([line for own in by_user.values() for line in own])
    return len({line.intervention_id for _user, line in lines})
