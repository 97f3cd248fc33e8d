"""A mail server on loopback that keeps what it takes, refuses when told to, and can break the line after taking."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller
from django.conf import settings


class Sink:
    """What came in; `answer` is what it says to each mail, `keeps` whether it keeps it all the same.

    `breaks` cuts the line after a mail has been taken, before saying so.
    """

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.answer = "250 OK"
        self.keeps = True
        self.breaks = False
        self.refused: set[str] = set()

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:  # noqa: N802
        """Refuse the addresses that do not exist here."""
        if address in self.refused:
            return "550 No such user"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        """Take a mail."""
        if self.keeps:
            message = message_from_bytes(envelope.content, policy=policy.default)
            assert isinstance(message, EmailMessage)
            self.mails.append(message)
        if self.breaks:
            server.transport.abort()
        return self.answer

    @property
    def to(self) -> list[str]:
        """The addressees, in order."""
        return [str(mail["To"]) for mail in self.mails]


def free_port() -> int:
    """Return a port of the loopback that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def listening(sink: Sink, port: int) -> Iterator[None]:
    """Serve the sink on that port."""
    controller = Controller(sink, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield
    finally:
        controller.stop()


def mailers(port: int) -> dict[str, Any]:
    """Return the setting MAILERS that sends to that port."""
    options = {"host": "127.0.0.1", "port": port, "timeout": 5}
    return {
        **settings.MAILERS,
        "default": {"BACKEND": "django.core.mail.backends.smtp.EmailBackend", "OPTIONS": options},
    }


def text_of(mail: EmailMessage) -> str:
    """Return a mail's text with plain spaces."""
    body = mail.get_body(("plain",))
    assert body is not None
    return str(body.get_content()).replace("\u202f", " ").replace("\u00a0", " ")
