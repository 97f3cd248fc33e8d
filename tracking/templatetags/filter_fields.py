"""The fields of the filter, which write their markup themselves: a dozen, on the page that is opened the most."""

from __future__ import annotations

from collections.abc import Iterable

from django import template
from django.forms import BoundField
from django.template.loader import get_template
from django.utils.html import format_html
from django.utils.safestring import SafeString

register = template.Library()

_ALONE = '<div class="field">\n<label class="label" for="{}">{}</label>\n{}{}</div>\n'
# Boxes are a group.
_GROUP = '<fieldset class="choices choices-row filters-wide"><legend class="label">{}</legend>\n{}{}</fieldset>\n'


@register.simple_tag
def filter_fields(fields: Iterable[BoundField]) -> SafeString:
    """Write fields one after the other, each with its hint and its error; no line for what is not there."""
    return SafeString("".join([_field(field) for field in fields]))


def _field(field: BoundField) -> str:
    notes = ""
    if field.help_text or field.errors:
        notes = get_template("components/field_notes.html").render({"field": field})
    if field.use_fieldset:
        return format_html(_GROUP, field.label, field, notes)
    return format_html(_ALONE, field.id_for_label, field.label, field, notes)
