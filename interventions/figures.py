"""How figures, hours and days read in French: pure functions, no database.

Datetimes are aware; `tz` is the agency's time zone, or None for the one activated for the request or
for the mail. Numbers and units are joined by a narrow no-break space.
"""

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from functools import lru_cache

from django.utils import formats, timezone
from django.utils.translation import get_language, ngettext, pgettext
from django.utils.translation import gettext as _

NARROW = "\u202f"
MINUS = "\u2212"
DASH = "\u00a0\u2013 "
# What Python writes between thousands and before decimals, and what French does.
_FRENCH = str.maketrans({",": NARROW, ".": ","})
MINUTES_PER_HOUR = 60
MINUTES_PER_DAY = 24 * MINUTES_PER_HOUR
MONTHS_FROM_DAYS = 60
DAYS_PER_MONTH = 30.44

type Day = dt.date | dt.datetime


def local(moment: dt.datetime, tz: dt.tzinfo | None = None) -> dt.datetime:
    """Return an aware moment on the clock of `tz`; refuses a naive one (ValueError)."""
    return timezone.localtime(moment, tz)


def clock(hour: int, minute: int) -> str:
    """Return «9 h 00»; 24, 0 is «24 h 00»."""
    return f"{hour}{NARROW}h{NARROW}{minute:02d}"


def hour(moment: dt.datetime | dt.time, tz: dt.tzinfo | None = None) -> str:
    """Return a moment's hour as «9 h 00»; a bare time is taken as it is."""
    there = moment if isinstance(moment, dt.time) else local(moment, tz)
    return clock(there.hour, there.minute)


def duration(minutes: int) -> str:
    """Return elapsed minutes as «1 h 30», «2 h», «45 min» or «0 h»; a month's as «9 970 h 55»."""
    hours, rest = divmod(abs(minutes), MINUTES_PER_HOUR)
    if rest and not hours:
        return f"{rest}{NARROW}min"
    text = f"{number(hours)}{NARROW}h"
    return f"{text}{NARROW}{rest:02d}" if rest else text


def elapsed(start: dt.datetime, end: dt.datetime) -> int:
    """Return the minutes that really passed: a clock change counts."""
    seconds = (end.astimezone(dt.UTC) - start.astimezone(dt.UTC)).total_seconds()
    return round(seconds / 60)


def signed_duration(minutes: int) -> str:
    """Return a difference as «+15 min», «−1 h 30» or «0 min»."""
    if minutes == 0:
        return f"0{NARROW}min"
    return f"{'+' if minutes > 0 else MINUS}{duration(minutes)}"


def duration_words(minutes: int) -> str:
    """Return a duration in words: «30 minutes», «1 heure», «1 heure et 15 minutes»."""
    hours, rest = divmod(abs(minutes), MINUTES_PER_HOUR)
    in_hours = ngettext("%(count)d heure", "%(count)d heures", hours) % {"count": hours}
    in_minutes = ngettext("%(count)d minute", "%(count)d minutes", rest) % {"count": rest}
    if not hours:
        return in_minutes
    if not rest:
        return in_hours
    return _("%(hours)s et %(minutes)s") % {"hours": in_hours, "minutes": in_minutes}


def difference(minutes: int) -> str:
    """Return a difference to the plan in words: «30 minutes de plus que prévu»."""
    if minutes == 0:
        return _("Comme prévu")
    words = {"duration": duration_words(minutes)}
    if minutes > 0:
        return _("%(duration)s de plus que prévu") % words
    return _("%(duration)s de moins que prévu") % words


def km(value: Decimal | float) -> str:
    """Return kilometres as «2,4 km» or «12 480 km», without a useless «,0»."""
    return f"{number(round(abs(Decimal(str(value))), 1)).removesuffix(',0')}{NARROW}km"


def signed_km(value: Decimal | float) -> str:
    """Return a difference in kilometres as «+3 km», «−0,5 km» or «0 km»."""
    if not value:
        return km(0)
    return f"{'+' if value > 0 else MINUS}{km(value)}"


def time_range(start: dt.datetime, end: dt.datetime, tz: dt.tzinfo | None = None) -> str:
    """Return «9 h 00 – 10 h 30»; «22 h 00 – 6 h 00 (le lendemain)» past midnight."""
    return clock_range(local(start, tz), local(end, tz))


def clock_range(begins: dt.datetime, ends: dt.datetime) -> str:
    """Return what `time_range` does, of two moments that are on the clock of the place already."""
    return f"{clock(begins.hour, begins.minute)}{DASH}{end_clock(begins, ends)}"


def time_range_words(start: dt.datetime, end: dt.datetime, tz: dt.tzinfo | None = None) -> str:
    """Return «De 9 h 00 à 10 h 30», for those who read rather than scan."""
    return _("De %(start)s à %(end)s") % {
        "start": hour(start, tz),
        "end": end_hour(start, end, tz),
    }


def end_hour(start: dt.datetime, end: dt.datetime, tz: dt.tzinfo | None = None) -> str:
    """Return the hour of an end: midnight is 24 h 00, any later hour says «(le lendemain)»."""
    return end_clock(local(start, tz), local(end, tz))


def end_clock(begins: dt.datetime, ends: dt.datetime) -> str:
    """Return what `end_hour` does, of two moments that are on the clock of the place already."""
    if ends.date() == begins.date():
        return clock(ends.hour, ends.minute)
    if (ends.hour, ends.minute) == (0, 0) and (ends.date() - begins.date()).days == 1:
        return clock(24, 0)
    return _("%(hour)s (le lendemain)") % {"hour": clock(ends.hour, ends.minute)}


def clock_change(start: dt.datetime, end: dt.datetime, tz: dt.tzinfo | None = None) -> str:
    """Return what a night of the clock change really lasted, or nothing on any other."""
    begins, ends = local(start, tz), local(end, tz)
    if begins.utcoffset() == ends.utcoffset():
        return ""
    lasted = duration(elapsed(start, end))
    return _("nuit du changement d’heure\u00a0: %(duration)s écoulées") % {"duration": lasted}


def day_number(date: dt.date) -> str:
    """Return the day of the month, the first as «1er»."""
    return pgettext("day of the month", "1er") if date.day == 1 else str(date.day)


def as_date(value: Day, tz: dt.tzinfo | None = None) -> dt.date:
    """Return the date of a moment on the agency's clock; a date stays itself."""
    return local(value, tz).date() if isinstance(value, dt.datetime) else value


def _spelt(date: dt.date, form: str) -> str:
    return _spelt_in(get_language(), date, form)


@lru_cache(maxsize=4096)
def _spelt_in(_language: str | None, date: dt.date, form: str) -> str:
    """Return what Django says of a date, worked out once: a list says the same days over and over."""
    return formats.date_format(date, form)


def date_words(date: dt.date, today: dt.date) -> str:
    """Return «19 octobre», with the year when it is not this year's."""
    month = _spelt(date, "F" if date.year == today.year else "F Y")
    return f"{day_number(date)} {month}"


def day(value: Day, today: dt.date, tz: dt.tzinfo | None = None) -> str:
    """Return «lundi 19 octobre», with the year when it is not this year's."""
    return _day_in(get_language(), as_date(value, tz), today)


@lru_cache(maxsize=4096)
def _day_in(_language: str | None, date: dt.date, today: dt.date) -> str:
    return f"{_spelt(date, 'l')} {date_words(date, today)}"


def days(dates: Sequence[dt.date], today: dt.date) -> str:
    """Return days in their order as «mardi 3 et jeudi 5 novembre»: a month said once while it stays the same."""
    words = []
    for date, following in zip(dates, [*dates[1:], None], strict=True):
        same_month = following is not None and (date.year, date.month) == (following.year, following.month)
        number = day_number(date) if same_month else date_words(date, today)
        words.append(f"{_spelt(date, 'l')} {number}")
    if len(words) <= 1:
        return "".join(words)
    return _("%(first)s et %(last)s") % {"first": ", ".join(words[:-1]), "last": words[-1]}


def day_short(value: Day, tz: dt.tzinfo | None = None) -> str:
    """Return «lun. 19/10», for dense rows."""
    date = as_date(value, tz)
    return f"{_spelt(date, 'l')[:3]}. {date:%d/%m}"


def month(value: Day, tz: dt.tzinfo | None = None) -> str:
    """Return «octobre 2026»."""
    return _spelt(as_date(value, tz), "F Y")


def week(value: Day, today: dt.date, tz: dt.tzinfo | None = None) -> str:
    """Return «Semaine du 19 au 25 octobre», for the week that holds the day."""
    date = as_date(value, tz)
    monday = date - dt.timedelta(days=date.weekday())
    sunday = monday + dt.timedelta(days=6)
    same_month = monday.month == sunday.month
    start = day_number(monday) if same_month else date_words(monday, sunday)
    return _("Semaine du %(start)s au %(end)s") % {"start": start, "end": date_words(sunday, today)}


def age(then: dt.datetime, now: dt.datetime) -> str:
    """Return how long ago: «à l’instant», «il y a 5 minutes», «il y a 2 jours»."""
    minutes = max(0, elapsed(then, now))
    if minutes == 0:
        return _("à l’instant")
    if minutes < MINUTES_PER_HOUR:
        return ngettext("il y a %(n)d minute", "il y a %(n)d minutes", minutes) % {"n": minutes}
    if minutes < MINUTES_PER_DAY:
        hours = minutes // MINUTES_PER_HOUR
        return ngettext("il y a %(n)d heure", "il y a %(n)d heures", hours) % {"n": hours}
    return _age_in_days(minutes // MINUTES_PER_DAY)


def _age_in_days(days: int) -> str:
    if days < MONTHS_FROM_DAYS:
        return ngettext("il y a %(n)d jour", "il y a %(n)d jours", days) % {"n": days}
    months = int(days / DAYS_PER_MONTH)
    return ngettext("il y a %(n)d mois", "il y a %(n)d mois", months) % {"n": months}


def age_short(then: dt.datetime, now: dt.datetime) -> str:
    """Return how long something has waited in a narrow column: «5 min», «5 h», «15 j»."""
    minutes = max(0, elapsed(then, now))
    if minutes < MINUTES_PER_HOUR:
        return f"{minutes}{NARROW}min"
    if minutes < MINUTES_PER_DAY:
        return f"{minutes // MINUTES_PER_HOUR}{NARROW}h"
    return f"{minutes // MINUTES_PER_DAY}{NARROW}{pgettext('days, short', 'j')}"


def first_name_initial(first_name: str, last_name: str) -> str:
    """Return «Aïcha L.»: what a client may know of a carer's name."""
    return f"{first_name} {last_name[:1].upper()}." if last_name else first_name


def number(value: int | Decimal) -> str:
    """Return a number with narrow no-break spaces and a comma: «6 842», «12 480,5»."""
    return f"{value:,}".translate(_FRENCH)


def who(name: str) -> str:
    """Return a name on record; of somebody who was anonymised since, that they were."""
    return name or _("Personne anonymisée")
