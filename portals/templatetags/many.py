"""Tags for what a page has hundreds of: written by Python at once, since a template costs ten times more for each."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from typing import Any, Protocol

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from portals.templatetags.contreseing import badge, glyph
from portals.web.week import Slot

register = template.Library()

# What is printed of a visit: address, status and hours, of which nobody typed anything; client, prestation, status.
type Printed = tuple[str, str, str, str, str, str]


class Left(Protocol):
    """What is printed of a visit that somebody leaves behind; an empty status is not shown."""

    url: str
    when: str
    who: str
    status: str


class Cell(Protocol):
    """What is printed of a day of the planning of everybody."""

    label: str
    chips: Sequence[Any]
    absences: Sequence[Any]

    @property
    def printed(self) -> Iterable[tuple[Slot | None, Printed]]:
        """Its visits."""


@register.simple_tag
def board_cell(cell: Cell) -> SafeString:
    """Show a day of one row of the planning of everybody (a week has a hundred)."""
    away = "".join(format_html('<p class="board-away">{}</p>', one.get_kind_display()) for one in cell.absences)
    visits = f'<ul role="list">{board_visits(cell.printed)}</ul>' if cell.chips else ""
    css = "" if visits or away else ' class="board-free"'
    label = escape(cell.label)
    return mark_safe(f'<td{css}><span class="board-date">{label}</span>{away}{visits}</td>')  # noqa: S308 - each is escaped


@register.simple_tag
def board_visits(visits: Iterable[tuple[Slot | None, Printed]]) -> SafeString:
    """Show visits of the planning of everybody, each at its place along the hours, if it has one."""
    glyphs: dict[str, str] = {}
    return mark_safe("".join([_visit(slot, printed, glyphs) for slot, printed in visits]))  # noqa: S308 - each is escaped


def _visit(slot: Slot | None, printed: Printed, glyphs: dict[str, str]) -> str:
    url, status, hours, who, what, said = printed
    if status not in glyphs:
        glyphs[status] = glyph(status).strip()
    place = ""
    if slot:
        place = f' data-hour="{slot.hour}" data-step="{slot.step}" data-steps="{slot.steps}" data-lane="{slot.lane}"'
    return (
        f'<li{place}><a class="board-visit" data-status="{status}" href="{url}"><b>{hours}</b>{glyphs[status]}'
        f'<span>{escape(who)} <span class="board-what">{escape(what)}</span>'
        f'<span class="visually-hidden">, {escape(said)}</span></span></a></li>'
    )


@register.simple_tag
def left_visits(visits: Iterable[Left]) -> SafeString:
    """Show visits that somebody leaves behind, a line each."""
    return mark_safe("".join([_left(one) for one in visits]))  # noqa: S308 - each is escaped


def _left(one: Left) -> str:
    status = badge(one.status) if one.status else ""
    return (
        f'<li class="cluster gap-tight"><a href="{one.url}">{escape(one.when)}</a> <span>{escape(one.who)}</span>'
        f"{status}</li>"
    )
