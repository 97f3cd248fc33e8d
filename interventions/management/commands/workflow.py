"""`manage.py workflow`: the transition table, printed from the code itself."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from interventions import workflow


class Command(BaseCommand):
    """Print the workflow as text, JSON (a list of objects) or a Mermaid state diagram."""

    help = "Print the transition table."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the format."""
        parser.add_argument("--format", choices=("text", "json", "mermaid"), default="text")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print it on standard output."""
        if options["format"] == "json":
            self.stdout.write(json.dumps(workflow.as_dicts(), ensure_ascii=False, indent=2))
        elif options["format"] == "mermaid":
            self.stdout.write(workflow.as_mermaid(), ending="")
        else:
            self.stdout.write(workflow.as_text(), ending="")
