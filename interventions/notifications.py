"""Who is told what: mails as rows, written in the transaction of what they tell. Builds, sends nothing.

A mail is one person's part of one batch; its text is made when it leaves. Rules: domain, "Mails", and the last
column of the transition table (`workflow.told`).
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import parseaddr
from functools import cache

from django.conf import settings

from interventions import recipients, rhythms, workflow
from interventions.actor import CLIENT_ROLES, Actor
from interventions.deliveries import delivered_at, reminded_at
from interventions.models import Agence, Batch, Fate, Mail, MailKind, MailLine, User, columns
from interventions.querysets import among
from interventions.recipients import Recipients
from interventions.states import Action, Role, Status, Via
from interventions.workflow import Told

__all__ = [
    "Step",
    "delivered_at",
    "let_go",
    "message_id",
    "queue",
    "queue_access",
    "queue_again",
    "queue_mandate",
    "queue_reminders",
    "queue_security",
    "queue_sign_in",
    "queue_trial",
    "reminded_at",
]

# Changes of a step already told: a mail still waiting will say them, since its text is made when it leaves.
RETELLINGS = frozenset({Action.CORRECT, Action.MOVE})
# What undoes an earlier one of these, seen from the intervenant whom both concern.
OPPOSITE = {Action.ASSIGN: Action.UNASSIGN, Action.UNASSIGN: Action.ASSIGN}
AT_A_TIME = 1000
# Mails of these never reached their reader.
UNREAD = (Fate.BOUNCED, Fate.FAILED, Fate.DROPPED, Fate.MERGED)


@dataclass(frozen=True, slots=True)
class Step:
    """One act on one visit, as far as telling it matters.

    `step` is the visit's step after the act, `previous_step` before it; `from_status` is None for what comes from
    nothing. `former_intervenant_id` is who had the visit, where the act took it from them.
    """

    entry_id: int
    intervention_id: int
    client_id: int
    intervenant_id: int | None
    former_intervenant_id: int | None
    action: Action
    role: Role
    from_status: Status | None
    to_status: Status
    step: int
    previous_step: int


@dataclass(frozen=True, slots=True)
class _Earlier:
    """A line of an earlier mail about one of the visits; `read` if it left and came to its reader."""

    action: str
    step: int
    waiting: bool
    read: bool


type _Key = tuple[int, int, Role]  # user, visit, in what role they are told


def queue(entries: Iterable[Step], *, batch: Batch, actor: Actor, at: datetime, goes_on: bool = False) -> int:
    """Write the mails that these acts of one batch make, and return how many.

    One mail a person, one line a visit and role, due at the end of the undo window, or later if the person chose so.
    Takes a constant number of statements; `batch` is the press (an import mails nobody), `at` its instant. Call it
    once a batch, in the transaction of the acts; again with `goes_on`, for what a batch does in several, as long as
    its mails are held: the lines then join the mail that each person has.
    """
    if batch.via == Via.IMPORT:
        return 0
    steps = [step for step in entries if _may_tell(step)]
    if not steps:
        return 0
    people = _people(steps, actor, at)
    earlier = _earlier_lines(steps, actor)
    lines = {
        (user, step.intervention_id, role): step
        for step in steps
        for user, role in _readers(step, people, earlier)
        if not _is_own_act(user, role, actor)
    }
    return _write(lines, people, batch, actor, at, goes_on)


def queue_reminders(steps: Sequence[Step], *, batch: Batch, actor: Actor, at: datetime, goes_on: bool = False) -> int:
    """Write the mails that ask whose turn it is once more, one a person, and return how many; never due at night.

    `step.entry_id` is the act that led to the step of which they tell; `goes_on` as for `queue`.
    """
    people = _people(steps, actor, at)
    lines = {
        (user, step.intervention_id, role): step
        for step in steps
        for who in _told(step)
        for user, role in _users(who, step, people)
    }
    return _write(lines, people, batch, actor, at, goes_on, reminds=True)


def queue_sign_in(user: User, agence: Agence, subject: str, text: str, html: str, at: datetime) -> Mail:
    """Write a sign-in mail, due now. Its texts hold a secret: shown to nobody, and erased once it has left."""
    return _written(MailKind.SIGN_IN, user, agence, subject, text, html, at)


def queue_mandate(user: User, agence: Agence, subject: str, text: str, html: str, at: datetime) -> Mail:
    """Write the mail that tells somebody that they may act for a client, due now."""
    return _written(MailKind.MANDATE, user, agence, subject, text, html, at)


def queue_access(
    user: User, agence: Agence, subject: str, text: str, html: str, at: datetime, *, due_at: datetime | None = None
) -> Mail:
    """Write the mail that tells somebody what they may do at the agency's desk, due now if no other moment is said."""
    return _written(MailKind.ACCESS, user, agence, subject, text, html, at, due_at)


def queue_security(user: User, agence: Agence, subject: str, text: str, html: str, at: datetime) -> Mail:
    """Write the mail that tells somebody what changed in how their account is protected, due now."""
    return _written(MailKind.SECURITY, user, agence, subject, text, html, at)


def queue_trial(user: User, agence: Agence, subject: str, text: str, html: str, at: datetime) -> Mail:
    """Write the mail that an administrator tries on themselves, due now."""
    return _written(MailKind.TRIAL, user, agence, subject, text, html, at)


def _written(
    kind: MailKind,
    user: User,
    agence: Agence,
    subject: str,
    text: str,
    html: str,
    at: datetime,
    due_at: datetime | None = None,
) -> Mail:
    return Mail.objects.create(
        agence=agence,
        kind=kind,
        user=user,
        to=user.email,
        subject=subject,
        text=text,
        html=html,
        message_id=message_id(),
        created_at=at,
        due_at=due_at or at,
        at_once=True,
    )


def queue_again(mail: Mail, lines: Iterable[MailLine], at: datetime) -> Mail | None:
    """Write a mail that repeats these lines of an earlier one to the same person, due now; none without a line."""
    kept = [line for line in lines if line.role == Role.CLIENT]
    if not kept:
        return None
    again = Mail.objects.create(
        agence_id=mail.agence_id,
        user_id=mail.user_id,
        to=mail.user.email,
        message_id=message_id(),
        created_at=at,
        due_at=at,
        at_once=True,
    )
    MailLine.objects.bulk_create(
        MailLine(
            agence_id=mail.agence_id,
            mail=again,
            intervention_id=line.intervention_id,
            entry_id=line.entry_id,
            action=line.action,
            role=line.role,
            step=line.step,
            reminds=True,
        )
        for line in kept
    )
    return again


def _may_tell(step: Step) -> bool:
    return bool(workflow.told(step.action, step.role)) or step.action in workflow.STEPS_BACK


def _people(steps: Sequence[Step], actor: Actor, at: datetime) -> Recipients:
    """Read who may hear of these acts; nobody is read in a role that none of them tells."""
    told = {who for kind in {(step.action, step.role, step.to_status) for step in steps} for who in _hearing(*kind)}
    carers = {step.intervenant_id for step in steps} if Told.INTERVENANT in told else set()
    if Told.FORMER_INTERVENANT in told:
        carers |= {step.former_intervenant_id for step in steps}
    return recipients.read(
        actor.agence_id,
        clients={step.client_id for step in steps},
        intervenants=carers,
        managers=Told.MANAGER in told,
        today=actor.today(at),
    )


def _hearing(action: Action, role: Role, to_status: Status) -> set[Told]:
    """Return who may hear of an act: those whom it tells, and for a step back whoever's turn it becomes."""
    turn = to_status.turn if action in workflow.STEPS_BACK else None
    return {*workflow.told(action, role), *([Told(turn)] if turn else [])}


def _earlier_lines(steps: Sequence[Step], actor: Actor) -> dict[_Key, list[_Earlier]]:
    """Return what earlier mails say, or will say, of the steps that these acts retell or take back."""
    found: dict[_Key, list[_Earlier]] = defaultdict(list)
    matters = RETELLINGS | workflow.STEPS_BACK | OPPOSITE.keys()
    visits = [step.intervention_id for step in steps if step.action in matters]
    if not visits:
        return found
    rows = (
        MailLine.objects.filter(among(visits, "intervention"), agence_id=actor.agence_id)
        .exclude(mail__fate__in=UNREAD)
        .values_list("mail__user_id", "intervention_id", "role", "action", "step", "told", "mail__fate")
    )
    for user, visit, role, action, step, told, fate in rows:
        waiting = fate == Fate.QUEUED and not told
        found[user, visit, Role(role)].append(_Earlier(action, step, waiting, told))
    return found


def _readers(step: Step, people: Recipients, earlier: dict[_Key, list[_Earlier]]) -> list[tuple[int, Role]]:
    """Return who is told of this act, and in what role."""
    readers = [(user, role) for who in _told(step) for user, role in _users(who, step, people)]
    if step.action in workflow.STEPS_BACK:
        turn = _turn(step, people)
        return [
            *turn,
            *(one for one in readers if one not in turn and _has_read(step, earlier[*_key(one, step)])),
        ]
    return [one for one in readers if not _goes_without_saying(step, earlier[*_key(one, step)])]


def _told(step: Step) -> tuple[Told, ...]:
    return workflow.told(step.action, step.role)


def _key(reader: tuple[int, Role], step: Step) -> _Key:
    user, role = reader
    return user, step.intervention_id, role


def _users(who: Told, step: Step, people: Recipients) -> list[tuple[int, Role]]:
    found, role = {
        Told.CLIENT: (people.of_client(step.client_id), Role.CLIENT),
        Told.MANAGER: (people.of_managers(step.client_id), Role.MANAGER),
        Told.INTERVENANT: (people.of_intervenant(step.intervenant_id), Role.INTERVENANT),
        Told.FORMER_INTERVENANT: (people.of_intervenant(step.former_intervenant_id), Role.INTERVENANT),
    }[who]
    return [(user, role) for user in sorted(found)]


def _turn(step: Step, people: Recipients) -> list[tuple[int, Role]]:
    """Return those whose turn a step back makes it."""
    turn = step.to_status.turn
    return _users(Told(turn), step, people) if turn else []


def _has_read(step: Step, lines: Sequence[_Earlier]) -> bool:
    return any(line.read and line.step == step.previous_step for line in lines)


def _goes_without_saying(step: Step, lines: Sequence[_Earlier]) -> bool:
    """Whether a mail that has not left yet makes this one useless: it will say it, or both cancel out."""
    waiting = [line for line in lines if line.waiting]
    if step.action in RETELLINGS:
        return any(line.step == step.step for line in waiting)
    if step.action is Action.ASSIGN and step.step != step.previous_step + 1:
        return False  # something else changed in between
    opposite = OPPOSITE.get(step.action)
    return any(line.action == opposite and line.step == step.previous_step for line in waiting)


def _is_own_act(user: int, role: Role, actor: Actor) -> bool:
    acted_as = Role.CLIENT if actor.role in CLIENT_ROLES else actor.role
    return user == actor.user_id and role is acted_as


def _write(
    lines: dict[_Key, Step],
    people: Recipients,
    batch: Batch,
    actor: Actor,
    at: datetime,
    goes_on: bool,
    *,
    reminds: bool = False,
) -> int:
    users = sorted({user for user, _visit, _role in lines})
    known = dict(batch.mails.filter(user__in=users).values_list("user", "pk")) if goes_on else {}
    ready = _ready(actor.agence, at, reminds=reminds)
    mail_of = known | _mails([user for user in users if user not in known], people, batch, actor, at, ready)
    columns.insert(
        MailLine,
        {
            "agence_id": [actor.agence_id],
            "mail_id": [mail_of[user] for user, _visit, _role in lines],
            "intervention_id": [visit for _user, visit, _role in lines],
            "entry_id": [step.entry_id for step in lines.values()],
            "action": [str(step.action) for step in lines.values()],
            "role": [str(role) for _user, _visit, role in lines],
            "step": [step.step for step in lines.values()],
            "reminds": [reminds],
        },
    )
    return len(users)


def _ready(agence: Agence, at: datetime, *, reminds: bool) -> datetime:
    """Return when the mails of a press may leave: once its undo window has ended, a reminder's by day only."""
    ready = at + timedelta(minutes=agence.undo_minutes)
    return rhythms.by_day(ready, agence.zone) if reminds else ready


def _mails(
    users: Sequence[int], people: Recipients, batch: Batch, actor: Actor, at: datetime, ready: datetime
) -> dict[int, int]:
    """Write a mail to each of these people, and return its key by person."""
    choices = rhythms.read(actor.agence_id, users)
    mails = columns.insert(
        Mail,
        {
            "agence_id": [actor.agence_id],
            "batch_id": [batch.pk],
            "user_id": users,
            "to": [people.addresses[user] for user in users],
            "message_id": [message_id() for _user in users],
            "created_at": [at],
            "due_at": [rhythms.leaves_at(choices.get(user), ready, actor.zone) for user in users],
        },
    )
    return dict(zip(users, mails, strict=True))


def let_go(batch: Batch, agence: Agence, at: datetime) -> None:
    """Give the mails of a batch that ended at `at` the undo window from then on, in two statements."""
    ready = _ready(agence, at, reminds=batch.act in workflow.REMINDERS)
    early = list(batch.mails.filter(fate=Fate.QUEUED, due_at__lt=ready).only("user"))
    choices = rhythms.read(agence.pk, [mail.user_id for mail in early])
    for mail in early:
        mail.due_at = rhythms.leaves_at(choices.get(mail.user_id), ready, agence.zone)
    Mail.objects.bulk_update(early, ["due_at"], batch_size=AT_A_TIME)


def message_id() -> str:
    """Return a Message-ID that stays the mail's own through every attempt."""
    return f"<{uuid.uuid4().hex}@{_domain(settings.DEFAULT_FROM_EMAIL)}>"


@cache
def _domain(sender: str) -> str:
    return parseaddr(sender)[1].rpartition("@")[2] or "contreseing"
