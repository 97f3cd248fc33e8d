"""The key of a press: a form sent twice is one act."""

from uuid import uuid4

from django import template
from django.template import Context
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from portals.web.kept import FIELD as KEPT_FIELD
from portals.web.phone import door_of
from portals.web.presses import FIELD

register = template.Library()


@register.simple_tag
def press_key() -> SafeString:
    """Put a fresh idempotency key into a form; portals.web.presses.key_of reads it."""
    return mark_safe(f'<input type="hidden" name="{FIELD}" value="{uuid4()}">')  # noqa: S308 - of our own making


@register.simple_tag(takes_context=True)
def for_whom(context: Context) -> SafeString:
    """Say in a form for whom it was shown, so that what is typed survives a session that ends (portals.web.kept)."""
    return format_html('<input type="hidden" name="{}" value="{}">', KEPT_FIELD, door_of(context["request"].actor))
