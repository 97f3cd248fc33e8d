"""The clock and the mails of a story: a real mail server that keeps what leaves, and a clock that can be moved on."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from interventions import clock
from interventions.tasks import deliver_due_mails
from tests.interventions.mails.sink import Sink, text_of

CODE = re.compile(r"^(\d{6})\s*$", re.MULTILINE)


def put_clock(settings: Any, at: datetime) -> None:
    """Put the product's one clock, which the live server shares, at that instant; it runs on from there."""
    settings.CLOCK_OFFSET_SECONDS = (at - datetime.now(UTC)).total_seconds()


class Post:
    """What has left so far, by addressee; the worker's task delivers when told to."""

    def __init__(self, settings: Any, sink: Sink, folder: Path) -> None:
        self.settings, self.sink, self.folder = settings, sink, folder

    def after(self, minutes: int) -> int:
        """Let that much time pass from the begun minute on, deliver what is due, and return how many mails left.

        The seconds that the machine itself took are forgotten: a slow one tells the same story.
        """
        put_clock(self.settings, clock.now().replace(second=0, microsecond=0) + timedelta(minutes=minutes))
        return deliver_due_mails()

    def to(self, address: str) -> list[EmailMessage]:
        """Return the mails about visits that this person has got, oldest first."""
        mails = [mail for mail in self.sink.mails if mail["To"] == address]
        return [mail for mail in mails if "code" not in str(mail["Subject"])]

    def code_for(self, address: str) -> str:
        """Return the code of the last sign-in mail to this person."""
        deliver_due_mails()
        found = CODE.search(text_of([mail for mail in self.sink.mails if mail["To"] == address][-1]))
        assert found is not None
        return found.group(1)

    def as_file(self, mail: EmailMessage) -> str:
        """Return the address of a mail's HTML, as its reader's window would open it."""
        body = mail.get_body(("html",))
        assert body is not None
        file = self.folder / "mail.html"
        file.write_text(str(body.get_content()), encoding="utf-8")
        return file.as_uri()
