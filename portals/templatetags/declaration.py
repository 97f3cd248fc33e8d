"""A card of Mes interventions."""

from django import template
from django.utils.safestring import SafeString

from portals.intervenant import written
from portals.intervenant.cards import Card

register = template.Library()


@register.simple_tag
def declaration(card: Card, module_off: str) -> SafeString:
    """Show a visit to validate; `module_off` says why none can be, or nothing."""
    return written.declaration(card, module_off=bool(module_off))
