"""The product's own tags: figures in French, icons, status badges, gaps to the plan.

The filters take what portals.web.format takes, on the agency's clock, which the role guard
activates; None comes out empty, since a visit may have no declared facts yet.
"""

import datetime as dt
from collections.abc import Callable, Iterable
from decimal import Decimal
from functools import cache, lru_cache
from typing import Any

from django import template
from django.contrib.staticfiles.storage import staticfiles_storage
from django.template.loader import get_template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from interventions import clock
from interventions.states import Status
from portals.web import format as fmt
from portals.web.nav import NavEntry
from portals.web.stylesheets import sheets_of

register = template.Library()

LARGE_GAP_MINUTES = 60


def _today() -> dt.date:
    return fmt.local(clock.now()).date()


def _filter(name: str, function: Callable[[Any], str]) -> None:
    """Register a formatting function as a filter that leaves None empty."""

    def apply(value: Any) -> str:
        return "" if value is None else function(value)

    register.filter(name, apply)


_filter("hour", fmt.hour)
_filter("duration", fmt.duration)
_filter("signed_duration", fmt.signed_duration)
_filter("difference", fmt.difference)
_filter("km", fmt.km)
_filter("signed_km", fmt.signed_km)
_filter("number", fmt.number)
_filter("day_short", fmt.day_short)
_filter("month", fmt.month)
_filter("who", fmt.who)
_filter("day", lambda value: fmt.day(value, _today()))
_filter("week", lambda value: fmt.week(value, _today()))
_filter("age", lambda value: fmt.age(value, clock.now()))
_filter("age_short", lambda value: fmt.age_short(value, clock.now()))


@register.simple_tag
def stylesheets(layout: str) -> SafeString:
    """Link the stylesheets of a layout: «portal» or «manager»."""
    links = ((staticfiles_storage.url(name),) for name in sheets_of(layout))
    return format_html_join("\n", '<link rel="stylesheet" href="{}">', links)


@register.filter
def elapsed_to(start: dt.datetime | None, end: dt.datetime | None) -> int | None:
    """Return the minutes that pass between two moments: {{ start|elapsed_to:end|duration }}."""
    return None if start is None or end is None else fmt.elapsed(start, end)


@register.filter
def first_name_initial(person: Any) -> str:
    """Return «Aïcha L.» for anything with a first_name and a last_name."""
    return fmt.first_name_initial(person.first_name, person.last_name)


@register.simple_tag
def time_range(start: dt.datetime, end: dt.datetime) -> str:
    """Show «9 h 00 – 10 h 30»."""
    return fmt.time_range(start, end)


@register.simple_tag
def time_range_words(start: dt.datetime, end: dt.datetime) -> str:
    """Show «De 9 h 00 à 10 h 30»."""
    return fmt.time_range_words(start, end)


@register.simple_tag
def clock_change(start: dt.datetime, end: dt.datetime) -> str:
    """Show what a night of the clock change really lasted; nothing on any other."""
    text = fmt.clock_change(start, end)
    return get_template("components/clock_change.html").render({"text": text}) if text else ""


# Three tags write their markup themselves: a page has a hundred of them, and a template for each costs ten times more.
@register.simple_tag
def icon(name: str) -> SafeString:
    """Show the decorative icon i-NAME of the sprite; the words beside it say what it means."""
    return _symbol(f"i-{name}", "icon")


@register.simple_tag
def glyph(status: str) -> SafeString:
    """Show the tick at the stage of a status."""
    return _symbol(f"s-{Status(status)}", "glyph")


@register.simple_tag
def badge(status: str, label: str = "") -> SafeString:
    """Show a status as tick and words; `label` replaces the words where the reader is known."""
    known = Status(status)
    said = label or known.label
    return format_html('<span class="badge" data-status="{}">{}{}</span>', known, glyph(known), said)


@cache
def _symbol(name: str, css: str) -> SafeString:
    sprite = staticfiles_storage.url("portals/icons.svg")
    return format_html('<svg class="{}" aria-hidden="true"><use href="{}#{}"/></svg>\n', css, sprite, name)


@register.simple_tag
def menu(entries: Iterable[NavEntry]) -> SafeString:
    """Show the lines of the gestionnaires' menu."""
    return _menu(get_language() or "", tuple(entries))


# The same menu stands on each page that a person opens, until a count in it changes.
@lru_cache(maxsize=256)
def _menu(_language: str, entries: tuple[NavEntry, ...]) -> SafeString:
    line = get_template("components/nav_entry.html")
    return SafeString("".join([line.render({"item": entry}) for entry in entries]))


@register.inclusion_tag("components/gap.html")
def gap(minutes: int | None, suffix: str = "") -> dict[str, Any]:
    """Show a signed difference to the plan in minutes: «+15 min sur le prévu»; 0 is «Comme prévu»."""
    large = minutes is not None and abs(minutes) >= LARGE_GAP_MINUTES
    return {"minutes": minutes, "suffix": suffix, "large": large}


@register.inclusion_tag("components/gap.html")
def gap_km(value: Decimal | None, suffix: str = "") -> dict[str, Any]:
    """Show a signed difference in kilometres: «+3 km»."""
    return {"minutes": None, "kilometres": value, "suffix": suffix, "large": False}
