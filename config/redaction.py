"""What must stand in no log: the tokens of the links in mails and of the carers' calendars, parts of an address."""

from __future__ import annotations

import re
from collections.abc import MutableMapping
from typing import Any

# Where the links of mails lie (config.urls). The settings read this module, so it imports nothing of the product.
LINKS, CALENDARS = "/lien/", "/agenda/"
_TOKEN = re.compile(f"({LINKS}|{CALENDARS})" + r"[^/\s\"'?#]+")


def redacted(text: str) -> str:
    """Return the text with each token replaced by a dash; everything else stays."""
    return _TOKEN.sub(r"\1-", text)


def without_tokens(logger: Any, method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Take the tokens out of a log line (a structlog processor, to stand last before the renderer)."""
    for key, value in event.items():
        if isinstance(value, str):
            event[key] = redacted(value)
    return event
