"""How Django's forms come out in our markup: settings.FORM_RENDERER names the class below."""

from collections.abc import Iterable, Mapping
from html import escape
from typing import Any

from django.forms.renderers import TemplatesSetting
from django.http import HttpRequest
from django.utils.safestring import SafeString

CHECKS = {"checkbox", "radio"}
UNSTYLED = {"hidden", "submit", "image", "reset", "button"}
# Django's own templates of one-line controls, all of which are its input.html.
INPUTS = {
    f"django/forms/widgets/{kind}.html"
    for kind in ("input", "text", "number", "email", "url", "search", "tel", "password", "hidden", "date", "time")
}
MENU = "django/forms/widgets/select.html"


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
            # Written here, as those templates would: a filter has a dozen controls, a template each takes ten times as
            # long.
            if template_name in INPUTS:
                return _input(widget)
            if template_name == MENU:
                return _menu(widget)
        return super().render(template_name, context, request)


def class_for(input_type: str) -> str:
    """Return the CSS class of a control by its input type (none for a select or textarea)."""
    if input_type in UNSTYLED:
        return ""
    return "check" if input_type in CHECKS else "input"


def _input(widget: Mapping[str, Any]) -> SafeString:
    value = "" if widget["value"] is None else f' value="{_text(widget["value"])}"'
    attributes = _attributes(widget["attrs"].items())
    return SafeString(f'<input type="{_text(widget["type"])}" name="{_text(widget["name"])}"{value}{attributes}>')


def _menu(widget: Mapping[str, Any]) -> SafeString:
    """Write a menu; what it offers may be `written` already (portals.manager.shared_menu)."""
    offered = widget.get("written") or "".join(
        f'<optgroup label="{_text(name)}">{_options(options)}</optgroup>' if name else _options(options)
        for name, options, _place in widget["optgroups"]
    )
    attributes = _attributes(widget["attrs"].items())
    return SafeString(f'<select name="{_text(widget["name"])}"{attributes}>{offered}\n</select>')


def _options(options: Iterable[Mapping[str, Any]]) -> str:
    return "".join(
        [
            f'\n<option value="{_text(option["value"])}"{" selected" if option["selected"] else ""}>'
            f"{_text(option['label'])}</option>"
            for option in options
        ]
    )


def _attributes(attributes: Iterable[tuple[str, Any]]) -> str:
    """Write attributes as Django's attrs.html does: True stands alone, False does not stand at all."""
    return "".join(
        [
            f" {name}" if value is True else f' {name}="{_text(value)}"'
            for name, value in attributes
            if value is not False
        ]
    )


def _text(value: Any) -> str:
    """Escape what is not marked as safe, as a template does."""
    return str(value.__html__()) if hasattr(value, "__html__") else escape(str(value))
