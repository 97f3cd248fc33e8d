"""What clients are asked again: one reminder of what was asked, and a first mail where a retract left none."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, time, timedelta

from django.db.models import Exists, F, OuterRef

from interventions import notifications, recipients, rhythms
from interventions.mails import reading
from interventions.models import Agence, Fate, Intervention, JournalEntry, Mail, MailLine
from interventions.recipients import Recipients
from interventions.states import Action, Role, Status

ARRIVED = (Fate.SENT, Fate.DELIVERED)


def remind(agence: Agence, now: datetime) -> int:
    """Write the reminders that are due and return of how many visits; in a transaction, safe at any time.

    A visit still to be validated is reminded once to whoever was asked and still gets the mails, `reminder_days` days
    of the agency's calendar after the mail that asked left; 0 days means never. One mail a person.
    """
    if not agence.module_enabled or not agence.reminder_days:
        return 0
    asked = list(_asked(agence, _before(agence, now)))
    visits = reading.lock(asked)
    people = _people(agence, visits.values(), now)
    due: dict[tuple[int, int], MailLine] = {}
    for line in asked:
        visit = visits[line.intervention_id]
        waits = visit.state is Status.DONE and visit.step == line.step
        if waits and line.mail.user_id in people.of_client(visit.client_id):
            due[line.mail.user_id, visit.pk] = line
    # Whoever else was writing reminders of these visits has committed by now.
    lines = _not_yet_reminded([_again(line) for line in due.values()], list(due))
    return _write(agence, lines, people, now)


def ask_again(agence: Agence, now: datetime) -> int:
    """Ask who took an answer back and has not given another since, after the same days; return for how many visits.

    Nobody is told of their own act, so the new step has no mail to them yet: none that a reminder could repeat.
    """
    if not agence.module_enabled or not agence.reminder_days:
        return 0
    retracted = Intervention.objects.filter(
        agence=agence, status=Status.DONE, last_action=Action.RETRACT, last_at__lt=_before(agence, now)
    )
    visits = {visit.pk: visit for visit in retracted.order_by("pk").select_for_update(of=("self",), no_key=True)}
    people = _people(agence, visits.values(), now)
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


def _before(agence: Agence, now: datetime) -> datetime:
    """Return the end of the day, on the agency's calendar, that lies `reminder_days` days back."""
    day = now.astimezone(agence.zone).date() - timedelta(days=agence.reminder_days - 1)
    return datetime.combine(day, time.min, agence.zone).astimezone(UTC)


def _asked(agence: Agence, before: datetime) -> Iterable[MailLine]:
    reminded = MailLine.objects.filter(
        intervention=OuterRef("intervention"), step=OuterRef("step"), mail__user=OuterRef("mail__user"), reminds=True
    )
    return (
        MailLine.objects.filter(
            ~Exists(reminded),
            agence=agence,
            role=Role.CLIENT,
            told=True,
            step=F("intervention__step"),
            intervention__status=Status.DONE,
            mail__fate__in=ARRIVED,
            mail__bounced_at__isnull=True,
            mail__sent_at__lt=before,
        )
        .select_related("mail")
        .order_by("mail__sent_at", "pk")
    )


def _people(agence: Agence, visits: Iterable[Intervention], now: datetime) -> Recipients:
    clients = {visit.client_id for visit in visits}
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


def _write(agence: Agence, lines: Sequence[tuple[int, MailLine]], people: Recipients, now: datetime) -> int:
    """Write one mail a person with these lines, and return of how many visits they tell."""
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
            due_at=rhythms.leaves_at(choices.get(user), now, agence.zone),
        )
        for line in own:
            line.mail = mail
    MailLine.objects.bulk_create([line for own in by_user.values() for line in own])
    return len({line.intervention_id for _user, line in lines})
