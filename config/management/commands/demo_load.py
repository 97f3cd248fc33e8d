"""`manage.py demo_load`: the two agencies of the demo."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from django.core.mail.backends.dummy import EmailBackend
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from config.demo_agence.cast import create_cast
from config.demo_agence.planning import plan
from config.demo_agence.story import Story
from interventions.mails import leaving
from interventions.mails.carrier import Carrier
from interventions.models import Agence

# (name, domain of its addresses, clients, carers)
AGENCES = (("Agence Rivage", "rivage.example", 10, 5), ("Agence Colline", "colline.example", 5, 2))
UNDO_MINUTES = 1


class Command(BaseCommand):
    """Create Agence Rivage and Agence Colline, their accounts and six weeks of visits around today."""

    help = "Load the demo's two agencies into an empty database."

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        """Load them both or nothing; refuse if one is there."""
        if Agence.objects.filter(name__in=[name for name, *_ in AGENCES]).exists():
            raise CommandError("The demo's agencies are there already: `make demo-reset` starts over.")
        for name, domain, clients, carers in AGENCES:
            self._load(name, domain, clients, carers)

    def _load(self, name: str, domain: str, clients: int, carers: int) -> None:
        now = datetime.now(UTC)
        cast = create_cast(name, domain, now.date(), clients, carers)
        today = now.astimezone(cast.agence.zone).date()
        plan(cast, today, now - timedelta(days=40))
        # The past's mails left in the past, for the outbox alone: none of them is sent to anybody now.
        mailbox = Carrier(EmailBackend(alias="demo"))
        Story(cast, today).tell(lambda at: leaving.sweep(cast.agence, mailbox, lambda: at))
        # The demo's window is short enough to watch a mail leave.
        Agence.objects.filter(pk=cast.agence.pk).update(undo_minutes=UNDO_MINUTES)
