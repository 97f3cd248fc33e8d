"""`manage.py restore`: a backup, into a new and empty database."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management import BaseCommand, CommandError
from django.db import DEFAULT_DB_ALIAS

from config import backups
from interventions.management.owner import owner_alias


class Command(BaseCommand):
    """Fills database and attachments from a folder that `backup` wrote, and counts what is there afterwards."""

    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("backup", type=Path, help="the backup's folder")
        parser.add_argument("--check", action="store_true", help="only say whether the backup is whole")

    def handle(self, *args: Any, **options: Any) -> None:
        folder: Path = options["backup"]
        try:
            manifest = backups.checked(folder)
            wrong = [] if options["check"] else backups.put_back(folder, owner_alias(DEFAULT_DB_ALIAS))
        except (backups.Unusable, OSError) as error:
            raise CommandError(str(error)) from error
        if wrong:
            raise CommandError("Not all is as it was backed up:\n" + "\n".join(wrong))
        rows = sum(manifest["rows"].values())
        self.stdout.write(f"{folder.name} of {manifest['at']}: {len(manifest['rows'])} tables, {rows} rows, whole.")
