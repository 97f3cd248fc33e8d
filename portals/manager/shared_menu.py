"""A menu of the same people many times on one page: its options are written once."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Any

from django import forms
from django.utils.safestring import SafeString, mark_safe


class Written:
    """Options as a page shows them: keys and names, after a first that chooses nobody."""

    def __init__(self, empty: str, choices: Sequence[tuple[int, str]]) -> None:
        self.choices = [("", empty), *choices]
        self._text = "\n".join([f'<option value="{key}">{escape(name)}</option>' for key, name in self.choices])

    def selected(self, value: str) -> SafeString:
        """Return them with one of them chosen; a value that is none of theirs chooses the first."""
        tag = f'<option value="{escape(value)}"'
        return mark_safe(self._text.replace(f"{tag}>", f"{tag} selected>", 1))  # noqa: S308 - of escaped parts


class SharedMenu(forms.Select):
    """A menu of options that others show too."""

    def __init__(self, written: Written) -> None:
        super().__init__()
        self.written = written

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """Give the template what is written already in the place of a mapping for each option."""
        context = forms.Widget.get_context(self, name, value, attrs)
        context["widget"]["written"] = self.written.selected("" if value is None else str(value))
        return context
