"""`createcachetable`, as the owner of the tables."""

from typing import Any

from django.core.management.commands.createcachetable import Command as DjangoCreateCacheTable

from interventions.management.owner import owner_alias


class Command(DjangoCreateCacheTable):
    """Creates the table of the database cache."""

    def handle(self, *tablenames: Any, **options: Any) -> None:
        options["database"] = owner_alias(options["database"])
        super().handle(*tablenames, **options)
