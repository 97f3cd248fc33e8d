"""When a mail may leave: each person's rhythm and quiet hours, on the agency's clock."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction

from interventions.models import Agence, Fate, Mail, MailKind, MailPreference, Rhythm
from interventions.querysets import among

WEEK = 7
# What nobody asked for right now reminds nobody outside these hours of the agency's clock.
DAY_BEGINS, DAY_ENDS = time(8), time(20)


def read(agence_id: int, users: Collection[int]) -> dict[int, MailPreference]:
    """Return the choices that these people made at this agency, by user; who chose nothing is absent."""
    return {one.user_id: one for one in MailPreference.objects.filter(among(users, "user"), agence_id=agence_id)}


def leaves_at(choice: MailPreference | None, earliest: datetime, zone: ZoneInfo) -> datetime:
    """Return when a mail that is ready at `earliest` leaves: at the next hour chosen, never in the quiet hours."""
    if choice is None:
        return earliest
    if choice.rhythm in (Rhythm.DAY, Rhythm.WEEK):
        earliest = _next(choice, earliest, zone)
    return after_quiet(choice, earliest, zone)


def is_day(at: datetime, zone: ZoneInfo) -> bool:
    """Whether the agency's clock shows an hour at which people may be reminded."""
    return DAY_BEGINS <= at.astimezone(zone).time() < DAY_ENDS


def by_day(at: datetime, zone: ZoneInfo) -> datetime:
    """Return `at`, or the next morning where the agency's clock shows night."""
    local = at.astimezone(zone)
    if is_day(at, zone):
        return at
    day = local.date() if local.time() < DAY_BEGINS else local.date() + timedelta(days=1)
    return _instant(day, DAY_BEGINS, zone)


def after_quiet(choice: MailPreference, at: datetime, zone: ZoneInfo) -> datetime:
    """Return `at`, or the end of the quiet hours that it lies in."""
    begins, ends = choice.quiet_from, choice.quiet_until
    if begins is None or ends is None or begins == ends:
        return at
    local = at.astimezone(zone)
    clock = local.time()
    over_midnight = begins > ends
    if not (clock >= begins or clock < ends if over_midnight else begins <= clock < ends):
        return at
    day = local.date() + timedelta(days=1) if over_midnight and clock >= begins else local.date()
    return max(at, _instant(day, ends, zone))


def held_until(mail: Mail, choice: MailPreference | None, now: datetime, zone: ZoneInfo) -> datetime | None:
    """Return until when a mail whose time has come must wait all the same, or None if it may leave.

    It came due in the quiet hours (after a failure, or since nothing ran), or one has already left in this person's
    day or week.
    """
    if choice is None or mail.at_once:
        return None
    begun = _period(choice, now, zone)
    if begun and _has_left_since(mail, begun):
        length = timedelta(days=1 if choice.rhythm == Rhythm.DAY else WEEK)
        fresh = begun.astimezone(zone).date() + length
        return leaves_at(choice, _instant(fresh, time.min, zone), zone)
    free = after_quiet(choice, now, zone)
    return free if free > now else None


def _next(choice: MailPreference, earliest: datetime, zone: ZoneInfo) -> datetime:
    day = earliest.astimezone(zone).date()
    if choice.rhythm == Rhythm.WEEK:
        day += timedelta(days=(choice.weekday - day.weekday()) % WEEK)
    step = 1 if choice.rhythm == Rhythm.DAY else WEEK
    found = _instant(day, choice.hour, zone)
    return found if found >= earliest else _instant(day + timedelta(days=step), choice.hour, zone)


def _period(choice: MailPreference, now: datetime, zone: ZoneInfo) -> datetime | None:
    """Return when the day or week began in which at most one mail comes; None for who gets each mail."""
    today = now.astimezone(zone).date()
    if choice.rhythm == Rhythm.DAY:
        return _instant(today, time.min, zone)
    if choice.rhythm == Rhythm.WEEK:
        return _instant(today - timedelta(days=(today.weekday() - choice.weekday) % WEEK), time.min, zone)
    return None


def _has_left_since(mail: Mail, begun: datetime) -> bool:
    others = Mail.objects.filter(agence_id=mail.agence_id, user_id=mail.user_id, kind=MailKind.VISITS)
    left = others.filter(fate__in=(Fate.SENT, Fate.DELIVERED, Fate.BOUNCED), sent_at__gte=begun, at_once=False)
    return left.exclude(pk=mail.pk).exists()


def _instant(day: date, clock: time, zone: ZoneInfo) -> datetime:
    """Return the instant, in UTC, at which the clock shows that hour; one that a change skips comes an hour later."""
    return datetime.combine(day, clock, zone).astimezone(UTC)


@transaction.atomic
def choose(agence: Agence, user_id: int, now: datetime, **chosen: object) -> MailPreference:
    """Write what a person chose, and give the mails that still wait for them their new hour."""
    choice, _made = MailPreference.objects.update_or_create(agence=agence, user_id=user_id, defaults=chosen)
    choice.refresh_from_db()
    undo = timedelta(minutes=agence.undo_minutes)
    mine = Mail.objects.filter(agence=agence, user_id=user_id, kind=MailKind.VISITS)
    for mail in (
        mine.filter(fate=Fate.QUEUED, attempts=0, at_once=False).order_by("pk").select_for_update(of=("self",))
    ):
        ready = mail.created_at + undo if mail.batch_id else mail.created_at
        mail.due_at = leaves_at(choice, max(now, ready), agence.zone)
        mail.save(update_fields=["due_at"])
    return choice
