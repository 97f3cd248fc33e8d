"""`flush`, as the owner of the tables: TRUNCATE is not app's to do."""

from typing import Any

from django.core.management.commands.flush import Command as DjangoFlush

from interventions.management.owner import brief_connection, owner_alias


class Command(DjangoFlush):
    """Empties every table, journal included; for tests and a new demo."""

    def handle(self, **options: Any) -> None:
        with brief_connection(owner_alias(options["database"])) as once:
            super().handle(**options | {"database": once})
