"""Reminders by hand: whether somebody may be asked once more, and the mails that ask; the visits stay as they are."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime, time

from django.db.models import F

from interventions import notifications, recipients
from interventions.actor import Actor
from interventions.guards import Row
from interventions.models import Batch, Fate, JournalEntry, MailLine, Reminder, Unanswered, columns
from interventions.operations.changes import Change
from interventions.operations.deciding import Decision
from interventions.querysets import among
from interventions.states import Action, Role
from interventions.workflow import REMINDERS

WHOM = {Action.REMIND_CLIENT: Role.CLIENT, Action.REMIND_INTERVENANT: Role.INTERVENANT}


def read_reach(rows: Mapping[int, Row], changes: Sequence[Change], actor: Actor, at: datetime) -> None:
    """Note on each row that is to be reminded what stands in the way; nothing is read where none is."""
    asked = {c.intervention_id: WHOM[c.action] for c in changes if c.action in REMINDERS and c.intervention_id in rows}
    for whom in sorted(set(asked.values())):
        keys = {key for key, role in asked.items() if role is whom and key is not None}
        reached = _reached([rows[key] for key in keys], whom, actor, at)
        waiting, reminded = _waiting(keys, whom, actor), _reminded(keys, whom, actor, at)
        for key in keys:
            row = rows[key]
            row.unreached, row.mail_waits, row.reminded_today = key not in reached, key in waiting, key in reminded


def _reached(rows: Sequence[Row], whom: Role, actor: Actor, at: datetime) -> set[int]:
    client = whom is Role.CLIENT
    people = recipients.read(
        actor.agence_id,
        clients={row.client_id for row in rows} if client else (),
        intervenants=() if client else {row.intervenant_id for row in rows},
        managers=False,
        today=actor.today(at),
    )
    return {
        row.id
        for row in rows
        if (people.of_client(row.client_id) if client else people.of_intervenant(row.intervenant_id))
    }


def _waiting(keys: Collection[int], whom: Role, actor: Actor) -> set[int]:
    """Return the visits of which a mail about the present step has yet to leave."""
    lines = MailLine.objects.filter(
        among(keys, "intervention"), agence_id=actor.agence_id, role=whom, step=F("intervention__step")
    )
    return set(lines.filter(told=False, mail__fate=Fate.QUEUED).values_list("intervention_id", flat=True))


def _reminded(keys: Collection[int], whom: Role, actor: Actor, at: datetime) -> set[int]:
    """Return the visits of whose present step that person was reminded since midnight on the agency's clock."""
    begun = datetime.combine(actor.today(at), time.min, actor.zone).astimezone(UTC)
    mine = Reminder.objects.filter(among(keys, "intervention"), agence_id=actor.agence_id, whom=whom, at__gte=begun)
    return set(mine.filter(step=F("intervention__step")).values_list("intervention_id", flat=True))


def write(decisions: Sequence[Decision], batch: Batch, actor: Actor, *, goes_on: bool) -> int:
    """Record the reminders of a press and write their mails, one a person; return how many mails.

    A line tells of the act that led to the visit's present step: its author and what came with it are that act's.
    """
    rows = [decision.row for decision in decisions if decision.row]
    columns.insert(
        Reminder,
        {
            "agence_id": [batch.agence_id],
            "intervention_id": [row.id for row in rows],
            "batch_id": [batch.pk],
            "whom": [str(WHOM[decision.change.action]) for decision in decisions],
            "step": [row.step for row in rows],
            "at": [batch.at],
        },
    )
    keys = [row.id for row in rows]
    # Whoever is asked once more has the time to answer: the visit comes back on the list if they do not.
    Unanswered.objects.filter(among(keys, "intervention"), agence_id=batch.agence_id).delete()
    found = JournalEntry.objects.filter(
        among(keys, "intervention"), agence_id=batch.agence_id, version=F("intervention__step")
    )
    entries = dict(found.values_list("intervention_id", "pk"))
    steps = [
        _step(decision.change.action, row, entries[row.id]) for decision, row in zip(decisions, rows, strict=True)
    ]
    return notifications.queue_reminders(steps, batch=batch, actor=actor, at=batch.at, goes_on=goes_on)


def _step(action: Action, row: Row, entry_id: int) -> notifications.Step:
    return notifications.Step(
        entry_id=entry_id,
        intervention_id=row.id,
        client_id=row.client_id,
        intervenant_id=row.intervenant_id,
        former_intervenant_id=None,
        action=action,
        role=Role.MANAGER,
        from_status=row.status,
        to_status=row.status,
        step=row.step,
        previous_step=row.step,
    )
