"""`manage.py run_jobs`: what the system does by itself, now, for whoever has no scheduler."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from interventions import clock
from interventions.jobs import run_due


class Command(BaseCommand):
    """Run every job whose time has come today, and say what each did."""

    help = "Run the daily jobs that are due (from 9 to 20 h on each agency's clock, once a day)."

    def handle(self, *args: Any, **options: Any) -> None:
        """Run and print one line a run."""
        for run in run_due(clock.now()):
            whose = str(run.agence) if run.agence else "-"
            self.stdout.write(f"{whose}\t{run.name}\t{run.done}\t{run.error or 'ok'}")
