"""Browsers, what they are answered, and all that an answer shows."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote
from zipfile import ZipFile

import pypdf
from django.test import Client
from django.utils.crypto import get_random_string

from interventions.models import User
from tests.portals.leaks.forms import Payload

KEPT_COOKIES = ("session", "csrftoken")
# What differs from one answer to the next without saying anything.
FRESH = re.compile(
    r'name="csrfmiddlewaretoken" value="\w+"|"X-CSRFToken": ?"\w+"|X-CSRFToken&quot;: ?&quot;\w+|nonce="[^"]+"'
    r'|nonce-[\w-]+|name="key" value="[0-9a-f-]{36}"'
)
ID = re.compile(r"[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}")


@dataclass
class Answer:
    """What came back: the status, where it leads, the headers and the text, in one."""

    status: int
    location: str
    shown: str

    def shows(self, secrets: set[str]) -> list[str]:
        """Return those of the secrets that it gives away."""
        shown = self.shown.casefold()
        return sorted(secret for secret in secrets if secret.casefold() in shown)

    def levelled(self) -> tuple[int, str]:
        """Return status and text without what is fresh each time, and without any id."""
        return self.status, ID.sub("ID", FRESH.sub("", self.shown))


def _text(answer: Any) -> str:
    """Return what an answer says; of a PDF, what stands on its pages, of a workbook, what lies in its parts."""
    content, kind = answer.getvalue(), answer.headers.get("Content-Type", "")
    if kind == "application/pdf" and content:
        return " ".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(content)).pages)
    if kind.endswith("spreadsheetml.sheet") and content:
        with ZipFile(io.BytesIO(content)) as archive:
            return " ".join(archive.read(name).decode() for name in archive.namelist())
    return str(content.decode())


class Browser:
    """Somebody's browser: signed in, with a CSRF secret of its own that the product checks."""

    def __init__(self, user: User | None) -> None:
        self._browser: Any = Client(enforce_csrf_checks=True)
        if user is not None:
            self._browser.force_login(user)
        self._secret = get_random_string(32)
        self._browser.cookies["csrftoken"] = self._secret

    def ask(self, method: str, url: str, payload: Payload | None = None) -> Answer:
        """Send a request; where a press leads to another page here, what that page says belongs to the answer."""
        data: Any = {**(payload or {}), "csrfmiddlewaretoken": self._secret} if method == "post" else None
        answer = self._browser.generic("HEAD", url) if method == "head" else getattr(self._browser, method)(url, data)
        location = answer.headers.get("Location", "")
        shown = f"{answer.headers}{unquote(location)}{_text(answer)}"
        if method == "post" and location.startswith("/") and not location.startswith("/compte/"):
            shown += self._browser.get(location).content.decode()
        for name in [name for name in self._browser.cookies if name not in KEPT_COOKIES]:
            del self._browser.cookies[name]
        return Answer(answer.status_code, location, shown)
