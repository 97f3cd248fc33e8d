"""`migrate`, as the owner of the tables."""

from typing import Any

from django.core.management import call_command
from django.core.management.commands.migrate import Command as DjangoMigrate
from django.db import DEFAULT_DB_ALIAS, connections

from interventions.management.owner import owner_alias

ORDINARY_RIGHTS = (
    "SELECT, INSERT, UPDATE, DELETE ON TABLES",
    "USAGE, SELECT, UPDATE ON SEQUENCES",
)


class Command(DjangoMigrate):
    """Migrates as the owner, and gives the role app its rights on what will be created.

    The rights are defaults for tables to come, not a grant on all tables afterwards: what a migration
    takes away from app (changing the journal) stays away.
    """

    def handle(self, *args: Any, **options: Any) -> str | None:
        options["database"] = owner_alias(options["database"])
        grant_defaults(options["database"])
        outcome = super().handle(*args, **options)
        call_command("createcachetable", database=options["database"], verbosity=0)
        return outcome


def grant_defaults(alias: str) -> None:
    """Let app read and write the tables that the owner creates from now on. Does nothing where both are one role."""
    owner, app = (connections[name].settings_dict["USER"] for name in (alias, DEFAULT_DB_ALIAS))
    if owner == app:
        return
    with connections[alias].cursor() as cursor:
        for rights in ORDINARY_RIGHTS:
            role = connections[alias].ops.quote_name(app)
            cursor.execute(f"ALTER DEFAULT PRIVILEGES GRANT {rights} TO {role}")
