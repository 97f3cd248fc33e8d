"""The forms of a page as a browser would send them."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urlsplit

type Attrs = dict[str, str]
type Payload = dict[str, list[str]]

MENUS = ("select", "radio", "checkbox")


@dataclass
class Form:
    """A form: where it goes, what it holds as shown, what can be chosen in it, and its buttons."""

    action: str
    method: str
    fields: list[tuple[str, str]] = field(default_factory=list)
    offered: dict[str, list[str]] = field(default_factory=dict)
    buttons: list[tuple[str, str]] = field(default_factory=list)
    elsewhere: list[str] = field(default_factory=list)  # where buttons of its own lead

    def payload(self) -> Payload:
        """Return what the form sends untouched, a select without a choice sending its first option."""
        sent: Payload = {}
        for name, value in self.fields:
            sent.setdefault(name, []).append(value)
        return sent


class Reader(HTMLParser):
    """Reads every form of a page, with the inputs that stand outside and name theirs."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self._by_id: dict[str, Form] = {}
        self._open: Form | None = None
        self._outside: list[tuple[str, str, Attrs]] = []
        self._area: tuple[Form, str] | None = None
        self._select: tuple[Form, str, bool] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a form, or a field in one."""
        found = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._open = Form(found.get("action", ""), found.get("method", "get").lower())
            self.forms.append(self._open)
            self._by_id[found.get("id", "")] = self._open
        elif tag == "option" and self._select:
            self._option(found)
        elif "form" in found and tag == "input":
            self._outside.append((tag, found["form"], found))
        elif self._open is not None and "formaction" in found:
            self._open.elsewhere.append(found["formaction"])
        elif self._open is not None and found.get("name") and "disabled" not in found:
            self._field(self._open, tag, found)

    def _field(self, form: Form, tag: str, found: Attrs) -> None:
        name, value = found["name"], found.get("value", "")
        kind = tag if tag != "input" else found.get("type", "text")
        if kind in ("button", "submit"):
            form.buttons.append((name, value))
        elif kind == "textarea":
            form.fields.append((name, ""))
            self._area = (form, name)
        elif kind == "select":
            form.offered.setdefault(name, [])
            self._select = (form, name, False)
        elif kind in MENUS:
            form.offered.setdefault(name, []).append(value or "on")
            if "checked" in found:
                form.fields.append((name, value or "on"))
        elif tag == "input":
            form.fields.append((name, value))

    def _option(self, found: Attrs) -> None:
        form, name, _chosen = self._select or (Form("", ""), "", False)
        form.offered[name].append(found.get("value", ""))
        if "selected" in found:
            form.fields.append((name, found.get("value", "")))
            self._select = (form, name, True)

    def handle_endtag(self, tag: str) -> None:
        """Leave a form, a text or a menu."""
        if tag == "form":
            self._open = None
        elif tag == "textarea":
            self._area = None
        elif tag == "select" and self._select:
            form, name, chosen = self._select
            if not chosen and form.offered[name]:
                form.fields.append((name, form.offered[name][0]))
            self._select = None

    def handle_data(self, data: str) -> None:
        """Take what stands in a text field."""
        if self._area:
            form, name = self._area
            _name, before = form.fields[-1]
            form.fields[-1] = (name, before + (data if before else data.removeprefix("\n")))

    def read(self, html: str) -> list[Form]:
        """Return the forms of a page."""
        self.feed(html)
        for tag, form_id, found in self._outside:
            if form_id in self._by_id and found.get("name"):
                self._field(self._by_id[form_id], tag, found)
        return self.forms


def form_to(html: str, url: str, page_url: str) -> Form:
    """Return the first form of a page that posts to `url`; its own address is where an empty action goes."""
    wanted = urlsplit(url).path
    for form in Reader().read(html):
        ways = {urlsplit(way).path for way in (form.action or page_url, *form.elsewhere)}
        if form.method == "post" and wanted in ways:
            return form
    raise AssertionError(f"no form of {page_url} posts to {wanted}")
