"""The block of a visit, in the client's portal and behind the link of a mail."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django import template
from django.template import Context
from django.utils.functional import Promise
from django.utils.safestring import SafeString

from portals.client import blocks
from portals.client.together import Block
from portals.client.visits import Visit
from portals.client.weeks import Week
from portals.templatetags.press import press_key

register = template.Library()


@register.simple_tag
def facts(visit: Visit, listed: bool) -> SafeString:
    """Show who came, when, and how that compares with the plan."""
    return blocks.facts(visit, listed=listed)


@register.simple_tag(takes_context=True)
def answers(context: Context, visit: Visit) -> SafeString:
    """Show the answers, or why there are none, on a page of its own."""
    return blocks.answers(visit, str(context["csrf_token"]), press_key(), in_list=context["in_list"], common=())


@register.simple_tag(takes_context=True)
def countersign(
    context: Context, visit: Visit, focused: bool, common: Collection[object] = (), refusal: str | Promise = ""
) -> SafeString:
    """Show a visit with its answers; `common` are the reasons said above, `refusal` why a press did not go."""
    after = SafeString() if visit.is_awaiting else _rendered(context, "client/pieces/after.html", visit=visit)
    return blocks.countersign(
        visit,
        str(context["csrf_token"]),
        press_key(),
        in_list=bool(context["in_list"]),
        common=common,
        focused=bool(focused),
        refusal=refusal,
        after=after,
    )


@register.simple_tag(takes_context=True)
def listed(context: Context, visit: Visit, focused: bool) -> SafeString:
    """Show a visit of the list, to be answered or just answered."""
    if visit.is_awaiting:
        return countersign(context, visit, focused, context["listing"].common_reasons)
    return _rendered(context, "client/pieces/answered.html", visit=visit, focused=focused)


@register.simple_tag(takes_context=True)
def week_head(context: Context, week: Week, swap: bool) -> SafeString:
    """Show a week's name and its one press for all; `swap`: over the one that is shown."""
    return blocks.week_head(week, str(context["csrf_token"]), press_key(), swap=swap)


@register.simple_tag(takes_context=True)
def week_blocks(context: Context, week: Week) -> SafeString:
    """Show the visits of a week, those of several carers at the same moment as one block."""
    return SafeString("\n".join([_block(context, block) for block in week.blocks]))


def _block(context: Context, block: Block) -> str:
    if block.is_together:
        return _rendered(context, "client/pieces/together.html", block=block)
    return listed(context, block.visits[0], focused=False)


def _rendered(context: Context, name: str, **values: Any) -> SafeString:
    with context.push(**values):
        return context.template.engine.get_template(name).render(context)  # type: ignore[union-attr]
