"""`manage.py deliver_mails`: let what is due leave, or say what waits, for whoever has no worker."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from interventions import clock
from interventions.mails import waiting
from interventions.models import Agence
from interventions.tasks import deliver_due_mails, service_of
from interventions.tenancy import within


class Command(BaseCommand):
    """Deliver until nothing more leaves; `--show` only says how many mails wait, and for how long."""

    help = "Let the mails that are due leave, and print how many did."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take one service's name, or only show."""
        parser.add_argument("--mailer", default="", help="Only by this service of MAILERS.")
        parser.add_argument("--show", action="store_true", help="Deliver nothing: print what waits, agency by agency.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Deliver, or show."""
        if options["show"]:
            self._show()
            return
        total = 0
        while left := deliver_due_mails(options["mailer"]):
            total += left
        self.stdout.write(str(total))

    def _show(self) -> None:
        now = clock.now()
        for agence in Agence.objects.order_by("pk"):
            with within(agence.pk):
                queue = waiting.of(agence, now)
            age = f"{queue.minutes(now)} min" if queue.oldest else "-"
            self.stdout.write(f"{agence}\t{service_of(agence)}\t{queue.count}\t{age}")
