"""What must stand in no log: the tokens of the links in mails and of the carers' calendars, and who somebody is."""

from __future__ import annotations

import re
from collections.abc import MutableMapping
from typing import Any

# The key under which django-structlog says what was asked for.
REQUEST = "request"
# Where the links of mails lie (config.urls). The settings read this module, so it imports nothing of the product.
LINKS, CALENDARS = "/lien/", "/agenda/"
_TOKEN = re.compile(f"({LINKS}|{CALENDARS})" + r"[^/\s\"'?#]+")
# PostgreSQL quotes the row that it refuses.
_ROW = re.compile(r"^((?:\s*\|\s*)?DETAIL:).*$", re.MULTILINE)
_ADDRESS = re.compile(r"[\w.+%-]+@[\w-]+(?:\.[\w-]+)+")


def redacted(text: str) -> str:
    """Return the text with a dash for each token, mail address and row that the database quoted."""
    return _ADDRESS.sub("-", _ROW.sub(r"\1 -", _TOKEN.sub(r"\1-", text)))


def _path(request: str) -> str:
    """Return «GET /path?…» without what was asked for: a search holds names."""
    return request.partition("?")[0]


def without_tokens(logger: Any, method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Take the tokens and the people out of a log line (a structlog processor, to stand last before the renderer)."""
    for key, value in event.items():
        if isinstance(value, str):
            event[key] = redacted(_path(value) if key == REQUEST else value)
    return event
