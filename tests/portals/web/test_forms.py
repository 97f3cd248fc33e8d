"""Controls are written here as Django's own templates write them."""

from typing import Any

import pytest
from django import forms
from django.forms.renderers import TemplatesSetting
from django.utils.safestring import mark_safe

from portals.web.forms import MENU, Renderer

HOSTILE = '"><script>&amp;'


class Plain(Renderer):
    """The same, but through the templates."""

    def render(self, template_name: str, context: dict[str, Any], request: Any = None) -> str:
        """Render as Django does, once the class is given."""
        if template_name != MENU:
            context["widget"]["attrs"] = {"class": "input", **context["widget"]["attrs"]}
        return TemplatesSetting().render(template_name, context, request)


@pytest.mark.parametrize(
    "widget",
    [
        forms.TextInput({"maxlength": 40, "required": True, "disabled": False, "title": HOSTILE}),
        forms.NumberInput({"min": 0}),
        forms.EmailInput(),
        forms.PasswordInput(render_value=True),
        forms.DateInput({"type": "date"}),
        forms.TimeInput(),
    ],
)
@pytest.mark.parametrize("value", [None, "", "12", HOSTILE, mark_safe("&amp;")])
def test_an_input_is_what_its_template_writes(widget: forms.Widget, value: str | None) -> None:
    assert widget.render("a", value, {"id": "b"}, Renderer()) == widget.render("a", value, {"id": "b"}, Plain())


def test_a_menu_holds_its_options_in_order_with_the_chosen_one() -> None:
    choices = [("", "Tous"), ("Groupe <1>", [(1, HOSTILE), (2, "deux")]), (3, "trois")]
    shown = forms.Select({"required": True}, choices=choices).render("a", 2, {"id": "b"}, Renderer())
    assert shown == (
        '<select name="a" class="input" required id="b">\n<option value="">Tous</option>'
        '<optgroup label="Groupe &lt;1&gt;">'
        '\n<option value="1">&quot;&gt;&lt;script&gt;&amp;amp;</option>'
        '\n<option value="2" selected>deux</option></optgroup>'
        '\n<option value="3">trois</option>\n</select>'
    )
