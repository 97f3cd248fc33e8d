"""A person's browser, as far as these tests need one: TLS, cookies, forms."""

from __future__ import annotations

import re
import ssl
from dataclasses import dataclass, field
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import (
    HTTPCookieProcessor,
    HTTPRedirectHandler,
    HTTPSHandler,
    OpenerDirector,
    Request,
    build_opener,
)

TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="(\w+)"')


@dataclass(frozen=True)
class Answer:
    """What came back, wherever the redirections led."""

    status: int
    url: str
    headers: Any
    text: str


class _Staying(HTTPRedirectHandler):
    def redirect_request(self, *_: Any, **__: Any) -> None:
        return None


@dataclass
class Browser:
    """Reaches one origin; `trusted` is the certificate of the authority that signed the site's.

    `plain`: behind the proxy, in its place; cookies are sent as over TLS, redirections are not followed.
    """

    origin: str
    trusted: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    follows: bool = True
    plain: bool = False

    def __post_init__(self) -> None:
        """Begin without cookies."""
        policy = DefaultCookiePolicy(secure_protocols=("http", "https") if self.plain else ("https",))
        self.cookies = CookieJar(policy)
        context = ssl.create_default_context(cafile=self.trusted or None)
        handlers: list[Any] = [HTTPCookieProcessor(self.cookies), HTTPSHandler(context=context)]
        handlers += [] if self.follows and not self.plain else [_Staying()]
        self.opener: OpenerDirector = build_opener(*handlers)

    def get(self, path: str) -> Answer:
        """Ask for a page."""
        return self._ask(Request(self._at(path), headers=self.headers))  # noqa: S310 - of ours

    def post(self, path: str, **fields: str) -> Answer:
        """Open the page of a form, fill it in and send it, with the token that stands in it."""
        return self.send(path, csrfmiddlewaretoken=self.token(path), **fields)

    def token(self, path: str) -> str:
        """Return the token of the first form on a page."""
        page = self.get(path)
        found = TOKEN.search(page.text)
        assert found is not None, f"{path}: {page.status}"
        return found[1]

    def send(self, path: str, **fields: str | list[str]) -> Answer:
        """Send a form."""
        headers = self.headers if self.plain else self.headers | {"Origin": self.origin}
        sent = urlencode(fields, doseq=True).encode()
        return self._ask(Request(self._at(path), data=sent, headers=headers))  # noqa: S310 - of ours

    def _at(self, path: str) -> str:
        return path if path.startswith("http") else self.origin + path

    def _ask(self, request: Request) -> Answer:
        try:
            answer = self.opener.open(request, timeout=30)
        except HTTPError as error:
            answer = error
        with answer:
            return Answer(answer.status, answer.url, answer.headers, answer.read().decode(errors="replace"))
