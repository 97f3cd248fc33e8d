"""Hours, durations and kilometres: what was typed, turned into instants, and what makes facts valid.

Pure functions: no database, no current time read here. Instants are aware datetimes in UTC; `tz` is the
agency's time zone. Rules: domain, "An intervention" (hours) and notes ¹ (past) and ² (valid facts).
"""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

NEAREST_WITHIN = timedelta(hours=6)
LONGEST_ON_THE_CLOCK = 24 * 60
MOST_KILOMETRES = Decimal("999.9")
ONE_DECIMAL = Decimal("0.1")
ONE_DAY = timedelta(days=1)

_CLOCK = re.compile(r"([0-9]{1,2}):([0-9]{2})")
_KILOMETRES = re.compile(r"-?[0-9]+(?:[.,][0-9]+)?")


class InvalidEntry(ValueError):
    """Something typed that cannot be used; its text is French and fit for the screen."""

    @property
    def message(self) -> str:
        """The reason, in French, as one sentence."""
        return str(self)


class InvalidHour(InvalidEntry):
    """Not an hour, or an hour that does not exist on that day."""


class InvalidKilometres(InvalidEntry):
    """Not a distance between 0 and 999.9 km with at most one decimal."""


@dataclass(frozen=True, slots=True, order=True)
class Clock:
    """What a clock on the wall shows, without a day. 24:00 (hour 24) is the end of a day."""

    hour: int
    minute: int

    @property
    def minutes(self) -> int:
        """Minutes since 00:00 on the clock, 0 to 1440."""
        return self.hour * 60 + self.minute

    def __str__(self) -> str:
        return f"{self.hour:02d}:{self.minute:02d}"


def parse_clock(text: str) -> Clock:
    """Read HH:MM or H:MM, from 0:00 to 24:00. Refuses anything else with InvalidHour.

    24:00 is read here, since it may be an end; `entered_start` refuses it.
    """
    found = _CLOCK.fullmatch(text.strip())
    if found:
        clock = Clock(int(found[1]), int(found[2]))
        if clock.minute < 60 and clock.minutes <= LONGEST_ON_THE_CLOCK:
            return clock
    raise InvalidHour(
        _("«\u00a0%(text)s\u00a0» n’est pas une heure. Écrivez-la ainsi\u00a0: 08:30.") % {"text": text.strip()}
    )


def clock_of(instant: datetime, tz: ZoneInfo) -> Clock:
    """What the clock shows at this instant in the zone."""
    local = instant.astimezone(tz)
    return Clock(local.hour, local.minute)


def resolve(clock: Clock, day: date, tz: ZoneInfo, *, second: bool = False) -> datetime:
    """The instant, in UTC, at which the clock shows this on that day in the zone.

    24:00 is 00:00 of the next day. An hour that exists twice (autumn) means the first unless `second`.
    An hour that does not exist (spring) is refused with InvalidHour.
    """
    wall = _wall(clock, day)
    instant = wall.replace(tzinfo=tz, fold=int(second)).astimezone(UTC)
    if instant.astimezone(tz).replace(tzinfo=None) != wall:
        raise InvalidHour(
            _("%(clock)s n’existe pas le %(day)s\u00a0: les horloges avancent cette nuit-là.")
            % {"clock": clock, "day": f"{day:%d/%m/%Y}"}
        )
    return instant


def exists_twice(clock: Clock, day: date, tz: ZoneInfo) -> bool:
    """Whether the clock shows this twice on that day, so that the person has to pick one."""
    wall = _wall(clock, day)
    first, later = (wall.replace(tzinfo=tz, fold=fold).utcoffset() for fold in (0, 1))
    return first is not None and later is not None and first > later


def entered_start(clock: Clock, reference_start: datetime, tz: ZoneInfo, *, second: bool = False) -> datetime:
    """The instant meant by an entered start, in UTC.

    The nearest such instant if it lies within 6 h of the reference start (the planned one for an intervenant,
    the declared one for a client), else that time on the reference's own date. Refuses 24:00 and an hour that
    does not exist.
    """
    if clock.hour == 24:
        raise InvalidHour(_("24:00 ne convient que pour une fin. Écrivez 00:00 pour un début."))
    own_day = day_of(reference_start, tz)

    def distance(day: date) -> timedelta:
        # A missing hour is measured too: it is refused below, rather than taken silently for another day's.
        meant = _wall(clock, day).replace(tzinfo=tz, fold=int(second)).astimezone(UTC)
        return abs(meant - reference_start)

    nearest = min((own_day, own_day - ONE_DAY, own_day + ONE_DAY), key=distance)
    day = nearest if distance(nearest) <= NEAREST_WITHIN else own_day
    return resolve(clock, day, tz, second=second)


def entered_end(clock: Clock, start: datetime, tz: ZoneInfo, *, second: bool = False) -> datetime:
    """The instant meant by an entered end, in UTC: the first such clock time after the start.

    At or before the start on the clock means the next day, so it is never zero length and at most 24 h on the
    clock. `second` picks the second of an hour that exists twice. Refuses an hour that does not exist.
    """
    day = day_of(start, tz)
    if clock <= clock_of(start, tz) and not _second_is_after(clock, day, start, tz, second=second):
        day += ONE_DAY
    end = resolve(clock, day, tz, second=second)
    # A start within the repeated hour's second round can only end in that round, or later.
    return end if end > start else resolve(clock, day, tz, second=True)


def elapsed_minutes(start: datetime, end: datetime) -> int:
    """Minutes that passed between two instants, clock changes included: what is paid and billed."""
    return (end - start) // timedelta(minutes=1)


def clock_minutes(start: datetime, end: datetime, tz: ZoneInfo) -> int:
    """Minutes between what the clock on the wall shows at the two instants in the zone."""
    walls = (instant.astimezone(tz).replace(tzinfo=None) for instant in (end, start))
    return (next(walls) - next(walls)) // timedelta(minutes=1)


def crosses_clock_change(start: datetime, end: datetime, tz: ZoneInfo) -> int:
    """Elapsed minus wall-clock minutes: 60 over the autumn change, -60 over the spring one, else 0."""
    return elapsed_minutes(start, end) - clock_minutes(start, end, tz)


def day_of(start: datetime, tz: ZoneInfo) -> date:
    """The day a visit belongs to: the date of its start in the agency's time zone."""
    return start.astimezone(tz).date()


def month_of(day: date) -> date:
    """The first day of the month a day belongs to."""
    return day.replace(day=1)


def is_past(
    day: date,
    planned_end: datetime | None,
    entered_end: datetime | None,
    now: datetime,
    tz: ZoneInfo,
    *,
    same_day_allowed: bool = False,
) -> bool:
    """Whether a visit may be declared now (domain, note ¹).

    Its day is before today in the zone (or today, where the agency allows the same day), and neither the
    planned end nor the entered one, where there is one, lies in the future.
    """
    today = day_of(now, tz)
    if any(end > now for end in (planned_end, entered_end) if end is not None):
        return False
    return day <= today if same_day_allowed else day < today


def facts_errors(
    start: datetime, end: datetime, km: Decimal | None, now: datetime, tz: ZoneInfo
) -> list[tuple[str, str]]:
    """What is wrong with facts, as (field, French sentence); empty where they are valid (domain, note ²).

    Fields are "start", "end" and "km". End after start, at most 24 h on the clock, nothing in the future,
    kilometres 0 to 999.9 with one decimal (None says nothing about them).
    """
    errors = [("start", _("Le début est dans le futur."))] if start > now else []
    errors += shape_errors(start, end, km, tz)
    if end > now:
        errors.append(("end", _("La fin est dans le futur.")))
    return errors


def shape_errors(start: datetime, end: datetime, km: Decimal | None, tz: ZoneInfo) -> list[tuple[str, str]]:
    """What is wrong with facts wherever they lie, as `facts_errors` says it: what a plan must respect too."""
    errors = []
    if end <= start:
        errors.append(("end", _("La fin doit venir après le début.")))
    elif clock_minutes(start, end, tz) > LONGEST_ON_THE_CLOCK:
        errors.append(("end", _("Une intervention dure 24 heures au plus.")))
    if km is not None and (problem := kilometres_problem(km)):
        errors.append(("km", problem))
    return errors


def kilometres_problem(km: Decimal) -> str:
    """Why a distance in kilometres is refused, in French; empty where it is fine."""
    if not km.is_finite():
        return _("Les kilomètres ne sont pas un nombre.")
    if km < 0:
        return _("Les kilomètres ne peuvent pas être négatifs.")
    if km > MOST_KILOMETRES:
        return _("Les kilomètres vont de 0 à 999,9.")
    if km != km.quantize(ONE_DECIMAL):
        return _("Les kilomètres ont une décimale au plus.")
    return ""


def parse_km(text: str) -> Decimal:
    """Read kilometres with a decimal comma or point, spaces ignored; nothing typed means 0.

    Returns a Decimal with one decimal. Refuses with InvalidKilometres what is no number, negative, above 999.9
    or finer than one decimal.
    """
    compact = "".join(text.split())
    if not compact:
        return Decimal("0.0")
    if not _KILOMETRES.fullmatch(compact):
        raise InvalidKilometres(
            _("«\u00a0%(text)s\u00a0» n’est pas un nombre de kilomètres.") % {"text": text.strip()}
        )
    km = Decimal(compact.replace(",", "."))
    if problem := kilometres_problem(km):
        raise InvalidKilometres(problem)
    return abs(km).quantize(ONE_DECIMAL)


def _wall(clock: Clock, day: date) -> datetime:
    """The naive date and time that the clock shows; 24:00 is 00:00 of the next day."""
    if clock.hour == 24:
        return datetime.combine(day + ONE_DAY, time())
    return datetime.combine(day, time(clock.hour, clock.minute))


def _second_is_after(clock: Clock, day: date, start: datetime, tz: ZoneInfo, *, second: bool) -> bool:
    """Whether the person picked the second round of a repeated hour, and it follows the start on the same day."""
    return second and exists_twice(clock, day, tz) and resolve(clock, day, tz, second=True) > start
