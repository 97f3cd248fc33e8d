"""Mails leaving: claimed under a lease in a transaction of their own, handed over outside it, then settled.

Whatever dies in between, the row is there: a lease that runs out is taken up again, with the same text and the same
Message-ID. Two sweeps at once never hold the same row.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from django.db import transaction
from django.db.models import Case, Exists, F, OuterRef, Q, QuerySet, Value, When
from django.utils.translation import gettext as _

from interventions import clock, links, rhythms
from interventions.mails import gathering, invitation, pace, reading, threads
from interventions.mails.carrier import Carrier
from interventions.mails.refusals import NotTaken
from interventions.mails.rendering import compose
from interventions.models import Agence, BatchWork, Fate, Mail, MailKind, MailLine, MailPreference, Rhythm
from interventions.states import Action, Role, Status
from interventions.tenancy import within

log = structlog.get_logger(__name__)

LEASE = timedelta(minutes=5)
# How many mails one agency lets leave before the next has its turn, and how long a service's limit is waited out.
SHARE = 10
PATIENCE = timedelta(seconds=1)
# How long to wait after each failure; after the last the mail is given up, with its error in words.
RETRIES = [timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 180, 360, 720, 1440)]

# What asks for an answer on a portal that is closed while the module is off.
ASKS = Q(step=F("intervention__step")) & (
    Q(role=Role.CLIENT, intervention__status=Status.DONE)
    | Q(role=Role.INTERVENANT, intervention__status=Status.CONTESTED)
    | Q(
        role=Role.INTERVENANT,
        intervention__status=Status.PLANNED,
        action__in=(Action.SEND_BACK, Action.REOPEN, Action.REMIND_INTERVENANT),
    )
)


def due(agence: Agence, now: datetime) -> QuerySet[Mail]:
    """Return the agency's mails whose time has come, what somebody waits for first; while off, not those that ask.

    Nor those of a batch that is still at work: what it does next joins them, so that each person gets one. At night,
    on the agency's clock, nobody is reminded.
    """
    at_work = BatchWork.objects.filter(agence=agence, batch=OuterRef("batch"), finished_at=None)
    mails = Mail.objects.filter(~Exists(at_work), agence=agence, fate=Fate.QUEUED, due_at__lte=now)
    if not agence.module_enabled:
        mails = mails.filter(~Exists(MailLine.objects.filter(ASKS, mail=OuterRef("pk"))))
    if not rhythms.is_day(now, agence.zone):
        mails = mails.exclude(_reminds())
    return mails.order_by("-at_once", "due_at", "pk")


def _reminds() -> Q:
    """Return the condition that a mail reminds somebody who neither asked for it now nor chose at what hour."""
    reminders = MailLine.objects.filter(mail=OuterRef("pk"), reminds=True)
    chose = MailPreference.objects.filter(
        agence=OuterRef("agence"), user=OuterRef("user"), rhythm__in=(Rhythm.DAY, Rhythm.WEEK)
    )
    return Q(Exists(reminders), ~Q(Exists(chose)), at_once=False)


def abandoned(agence: Agence, now: datetime) -> QuerySet[Mail]:
    """Return the mails that a worker had in hand when it died.

    Those too whose lease lies far ahead, since the clock was put back; those of two machines may differ a little.
    """
    over = Q(lease_until__lte=now) | Q(lease_until__gt=now + 2 * LEASE)
    return Mail.objects.filter(over, agence=agence, fate=Fate.SENDING).order_by("lease_until")


@dataclass(frozen=True, slots=True)
class Turn:
    """What one turn of an agency came to: how many mails left, and whether more may leave now."""

    left: int
    more: bool


def sweep(agence: Agence, carrier: Carrier, now: Callable[[], datetime] = clock.now) -> int:
    """Let every due mail of the agency leave and return how many did. Where nobody answers, all wait, and say so.

    `now` is asked before each mail; the demo, which tells a past, gives another than the clock.
    """
    left, more = 0, True
    while more:
        turn = take_turn(agence, carrier, now)
        left, more = left + turn.left, turn.more
    return left


def take_turn(
    agence: Agence,
    carrier: Carrier,
    now: Callable[[], datetime] = clock.now,
    *,
    at_most: int = SHARE,
    pause: Callable[[float], object] = time.sleep,
) -> Turn:
    """Let some due mails of the agency leave, as far as the service's limits go, so that the next has its turn too."""
    left = 0
    for _mail in range(at_most):
        with within(agence.pk):
            waiting = list(due(agence, now()).values_list("at_once", flat=True)[:1])
            nothing = not waiting and not abandoned(agence, now()).exists()
        if nothing:
            return Turn(left, more=False)
        if not _reaches(agence, carrier, now) or not _paced(carrier, now, pause, urgent=any(waiting)):
            return Turn(left, more=False)
        counted = now()
        mail = claim(agence, now())
        if mail is not None and mail.fate == Fate.SENDING:
            left += deliver(mail, carrier, now)
        else:
            pace.give_back(carrier.name, counted)
        if mail is None:
            return Turn(left, more=False)
    return Turn(left, more=True)


def _reaches(agence: Agence, carrier: Carrier, now: Callable[[], datetime]) -> bool:
    """Whether the service answers; if not, every mail that is due says so."""
    try:
        carrier.open()
    except NotTaken as reason:
        with within(agence.pk):
            due(agence, now()).order_by().exclude(error=str(reason)).update(error=str(reason))
        return False
    return True


def _paced(carrier: Carrier, now: Callable[[], datetime], pause: Callable[[float], object], *, urgent: bool) -> bool:
    """Wait for the service's next free moment, unless that is long; then the next sweep goes on."""
    while wait := pace.take(carrier.name, now(), urgent=urgent):
        if wait > PATIENCE:
            return False
        pause(wait.total_seconds())
    return True


def claim(agence: Agence, now: datetime) -> Mail | None:
    """Take one mail, commit that it is leaving, and return it; None if none is due.

    Its text is made here, from what is true. One that has nothing left to say comes back with the fate "dropped", one
    that cannot be written with "queued", to be tried later.
    """
    with within(agence.pk):
        mail = _next(agence, now)
        if mail is None:
            return None
        mail.agence = agence
        if mail.fate == Fate.QUEUED and not _ready(mail, now):
            return mail
        mail.fate = Fate.SENDING
        mail.attempts += 1
        mail.lease_until = now + LEASE
        mail.save()
    return mail


def _ready(mail: Mail, now: datetime) -> bool:
    """Whether a mail may leave now; its text is then there, made here for visits and invitations."""
    if mail.kind == MailKind.VISITS:
        return _its_time(mail, now) and _written(mail, now)
    return mail.kind != MailKind.INVITATION or bool(mail.text) or _invites(mail)


def _invites(mail: Mail) -> bool:
    """Write an invitation; one to somebody who has no part at the agency any more is dropped."""
    content = invitation.letter(mail)
    if content is None:
        mail.fate, mail.error, mail.lease_until = Fate.DROPPED, "", None
        mail.save()
        return False
    mail.to, mail.subject, mail.text, mail.html = mail.user.email, content.subject, content.text, content.html
    return True


def _its_time(mail: Mail, now: datetime) -> bool:
    """Whether its reader wants mail now and nobody else is writing to them; then what else is due joins it."""
    if not mail.at_once and not gathering.alone(mail):
        return False
    choice = rhythms.read(mail.agence_id, [mail.user_id]).get(mail.user_id)
    held = rhythms.held_until(mail, choice, now, mail.agence.zone)
    if held is None and not mail.at_once:
        held = gathering.waits_until(mail, now)
    if held is not None:
        mail.due_at = held
        mail.save(update_fields=["due_at"])
        return False
    if not mail.at_once:
        gathering.gather(mail, due(mail.agence, now))
    return True


def _next(agence: Agence, now: datetime) -> Mail | None:
    for mails in (abandoned(agence, now), due(agence, now)):
        mail = mails.select_for_update(of=("self",), skip_locked=True).select_related("user", "link").first()
        if mail is not None:
            return mail
    return None


def _written(mail: Mail, now: datetime) -> bool:
    """Write the mail's text and mark the lines that figure; otherwise settle its fate and return False."""
    try:
        with transaction.atomic():
            matters = reading.read(mail, now)
            content = compose(mail, matters, now) if matters else None
    except Exception:
        # One mail that cannot be written must not hold up all the others.
        log.exception("mail_not_written", mail=mail.pk)
        mail.attempts += 1
        put_off(mail, _("Ce mail n’a pas pu être rédigé."), now)
        return False
    if content is None:
        mail.fate, mail.error, mail.lease_until = Fate.DROPPED, "", None
        mail.save()
        return False
    mail.to, mail.subject, mail.text, mail.html = mail.user.email, content.subject, content.text, content.html
    mail.in_reply_to = threads.first_about(mail, [matter.visit.pk for matter in matters])
    if links.PLACE in content.text:
        links.open_for(mail, now)
    figuring = reading.told_lines(matters)
    mail.lines.filter(pk__in=figuring).update(told=True)
    return True


def deliver(mail: Mail, carrier: Carrier, now: Callable[[], datetime] = clock.now) -> bool:
    """Hand a claimed mail over and record what became of it; return whether it left."""
    try:
        carrier.hand_over(mail)
    except NotTaken as reason:
        with within(mail.agence_id):
            _not_taken(mail, reason, now())
        return False
    with within(mail.agence_id):
        _held(mail).update(
            fate=_FATE_ONCE_TAKEN,
            sent_at=now(),
            lease_until=None,
            error="",
            provider_id=mail.provider_id,
            **_without_secret(mail),
        )
    return True


# What the service says of a mail may come before it has finished taking it.
_FATE_ONCE_TAKEN = Case(
    When(bounced_at__isnull=False, then=Value(Fate.BOUNCED)),
    When(delivered_at__isnull=False, then=Value(Fate.DELIVERED)),
    default=Value(Fate.SENT),
)


def _held(mail: Mail) -> QuerySet[Mail]:
    """Return the row, unless its lease ran out and another worker has it."""
    return Mail.objects.filter(pk=mail.pk, fate=Fate.SENDING, lease_until=mail.lease_until)


def _without_secret(mail: Mail) -> dict[str, str]:
    return {"text": "", "html": ""} if mail.kind == MailKind.SIGN_IN else {}


def _not_taken(mail: Mail, reason: NotTaken, now: datetime) -> None:
    if not _held(mail).select_for_update().exists():
        return
    if not reason.perhaps_read:
        mail.lines.update(told=False)
    put_off(mail, str(reason), now, lasting=reason.lasting)


def put_off(mail: Mail, words: str, now: datetime, *, lasting: bool = False) -> None:
    """Try a mail again later, or give it up after the last attempt; `words` say why."""
    given_up = lasting or mail.attempts > len(RETRIES)
    mail.fate = Fate.FAILED if given_up else Fate.QUEUED
    mail.error, mail.lease_until = words, None
    if given_up:
        for name, value in _without_secret(mail).items():
            setattr(mail, name, value)
    else:
        mail.due_at = now + RETRIES[mail.attempts - 1]
    mail.save()
