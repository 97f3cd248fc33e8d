"""What a person's browser sends from a page of the portal: every field as the page has it, then what they change."""

from __future__ import annotations

import re
import uuid
from html import unescape
from html.parser import HTMLParser
from typing import Any

from interventions.models import Intervention

KEY = "key"


class Fields(HTMLParser):
    """The fields of every form of a page that post, with the values that a browser would send."""

    def __init__(self) -> None:
        super().__init__()
        self.data: dict[str, str] = {}
        self._area = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note inputs as they stand; a textarea's text follows its tag."""
        found = dict(attrs)
        name = found.get("name") or ""
        if tag == "textarea":
            self._area = name
            self.data[name] = ""
        if tag != "input" or not name:
            return
        if found.get("type") in ("radio", "checkbox") and "checked" not in found:
            return
        self.data[name] = found.get("value") or ""

    def handle_endtag(self, tag: str) -> None:
        """Leave a textarea."""
        if tag == "textarea":
            self._area = ""

    def handle_data(self, data: str) -> None:
        """Read a textarea's text."""
        if self._area:
            self.data[self._area] += unescape(data).strip("\n")


def form_of(html: str, action: str) -> dict[str, str]:
    """Return the fields of the form that posts to `action`, as the page shows them."""
    body = re.search(rf'<form[^>]*action="{re.escape(action)}"[^>]*>(.*?)</form>', html, re.DOTALL)
    assert body, f"no form posts to {action}"
    fields = Fields()
    fields.feed(body[1])
    return fields.data


def entered(visit: Intervention, **fields: Any) -> dict[str, str]:
    """Return what was typed on a visit's card: state, start, end, km, comment."""
    return {f"{visit.public_id.hex}-{name}": str(value) for name, value in fields.items()}


def a_key() -> dict[str, str]:
    """Return the hidden key of a press."""
    return {KEY: str(uuid.uuid4())}
