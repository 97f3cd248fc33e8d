"""The key of a press: a form sent twice is one act."""

from uuid import uuid4

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from portals.web.presses import FIELD

register = template.Library()


@register.simple_tag
def press_key() -> SafeString:
    """Put a fresh idempotency key into a form; portals.web.presses.key_of reads it."""
    return format_html('<input type="hidden" name="{}" value="{}">', FIELD, uuid4())
