"""`manage.py backup`: database and attachments, while everybody works on."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management import BaseCommand, CommandError
from django.db import DEFAULT_DB_ALIAS

from config import backups
from interventions import clock
from interventions.management.owner import owner_alias


class Command(BaseCommand):
    """Writes DIR/contreseing-<moment>/ and prints its path; needs the owner's address, as `migrate` does."""

    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("dir", type=Path, help="where the backups lie")
        parser.add_argument("--keep", type=int, default=0, help="remove all but the last so many (default: none)")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            made = backups.take(options["dir"], owner_alias(DEFAULT_DB_ALIAS), clock.now())
        except (backups.Unusable, OSError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(str(made))
        if options["keep"] > 0:
            for gone in backups.keep_last(options["dir"], options["keep"]):
                self.stderr.write(f"removed {gone}")
