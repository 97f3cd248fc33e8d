"""How Django's forms come out in our markup: settings.FORM_RENDERER names the class below."""

from typing import Any

from django.forms.renderers import TemplatesSetting
from django.http import HttpRequest

CHECKS = {"checkbox", "radio"}
UNSTYLED = {"hidden", "submit", "image", "reset", "button"}


class Renderer(TemplatesSetting):
    """Fields through components/field.html, and the class that each kind of control needs."""

    form_template_name = "components/form.html"
    field_template_name = "components/field.html"

    def render(self, template_name: str, context: dict[str, Any], request: HttpRequest | None = None) -> str:
        """Render a form, a field or a widget; a widget that names its own class keeps it."""
        widget = context.get("widget")
        if widget is not None:
            css = class_for(widget.get("type", ""))
            widget["attrs"] = {**({"class": css} if css else {}), **widget["attrs"]}
        return super().render(template_name, context, request)


def class_for(input_type: str) -> str:
    """Return the CSS class of a control by its input type (none for a select or textarea)."""
    if input_type in UNSTYLED:
        return ""
    return "check" if input_type in CHECKS else "input"
