"""Check every agency's journal against its chain of seals."""

from __future__ import annotations

from itertools import islice
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from interventions.models import Agence, JournalSeal
from interventions.sealing import verify
from interventions.tenancy import within

SHOWN = 20


class Command(BaseCommand):
    """Name the first entries that do not fit, and end with an error if there are any."""

    help = "Checks the journal of every agency (or one) against its chain of seals; names what does not fit."

    def add_arguments(self, parser: CommandParser) -> None:
        """Let one agency be named."""
        parser.add_argument("--agence", type=int, help="the key of one agency; all otherwise")

    def handle(self, *args: Any, **options: Any) -> None:
        """Check, and say for each agency that all holds, up to which seal, or what does not."""
        agences = Agence.objects.order_by("pk")
        if options["agence"]:
            agences = agences.filter(pk=options["agence"])
        wrong = [agence for agence in agences if not self._holds(agence)]
        if wrong:
            raise CommandError(f"The journal does not hold: {', '.join(agence.name for agence in wrong)}.")

    def _holds(self, agence: Agence) -> bool:
        with within(agence.pk):
            found = list(islice(verify.faults(agence), SHOWN))
            last = JournalSeal.objects.filter(agence=agence).order_by("number").last()
        for fault in found:
            self.stderr.write(f"{agence.name}\t{fault}")
        if not found:
            self.stdout.write(f"{agence.name}\t{f'{last.number}\t{bytes(last.digest).hex()}' if last else 'no seal'}")
        return not found
