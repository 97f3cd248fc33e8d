"""What Python writes in the place of a template escapes like one."""

from __future__ import annotations

import pytest
from django import forms
from django.template import Context, Template
from django.utils.safestring import SafeString

from portals.manager.shared_menu import SharedMenu, Written
from portals.templatetags.many import board_visits
from portals.web.week import Slot

BAD = '<b>"Léa" & fils'
SAFE = "&lt;b&gt;&quot;Léa&quot; &amp; fils"


def menu(widget: forms.Select, value: str) -> str:
    form = forms.Form({"who": value})
    form.fields["who"] = forms.ChoiceField(choices=[("", "—"), ("1", BAD), ("2", "Zoé")], widget=widget, label="Qui")
    return Template("{{ form.who }}").render(Context({"form": form}))


@pytest.mark.parametrize("widget", [forms.Select(), SharedMenu(Written("—", [(1, BAD), (2, "Zoé")]))])
def test_the_options_of_a_menu(widget: forms.Select) -> None:
    chosen = [
        '<option value="">—</option>',
        f'<option value="1" selected>{SAFE}</option>',
        '<option value="2">Zoé</option>',
    ]
    shown = menu(widget, "1").replace("><option", ">\n<option").splitlines()
    assert [line for line in shown if line.startswith("<option")] == chosen


def test_a_value_that_is_none_of_theirs_is_not_shown() -> None:
    widget = SharedMenu(Written("—", [(1, "Léa")]))
    assert "selected" not in menu(widget, '3"><script>')
    assert "script" not in menu(widget, '3"><script>')


def test_a_group_of_options() -> None:
    field = forms.ChoiceField(choices=[(BAD, [("1", "Zoé")])])
    assert f'<optgroup label="{SAFE}">\n<option value="1">Zoé</option></optgroup>' in field.widget.render("who", "2")


def test_the_visits_of_the_board() -> None:
    printed = SafeString("/v/1/"), SafeString("done"), SafeString("9 h"), BAD, BAD, SafeString("Réalisé")
    [item] = str(board_visits([(Slot(9, 0, 12, 1), printed)])).splitlines()
    assert item == (
        '<li data-hour="9" data-step="0" data-steps="12" data-lane="1"><a class="board-visit" data-status="done" '
        'href="/v/1/"><b>9 h</b><svg class="glyph" aria-hidden="true"><use href="/static/portals/icons.svg#s-done"/>'
        f'</svg><span>{SAFE} <span class="board-what">{SAFE}</span><span class="visually-hidden">, Réalisé</span>'
        "</span></a></li>"
    )
