"""What stands in the tables of the domain, in one statement: any row made, changed or removed shows."""

from __future__ import annotations

from django.apps import apps
from django.db import connection

DOMAIN = ("interventions", "tracking")


def _tables() -> list[str]:
    return sorted(model._meta.db_table for label in DOMAIN for model in apps.get_app_config(label).get_models())


def fingerprint() -> dict[str, tuple[int, int]]:
    """Return, by table, how many rows there are and a sum over all that they hold and who wrote them (xmin)."""
    one = "SELECT '{0}', count(*), coalesce(sum(hashtextextended(t::text || t.xmin::text, 0)), 0) FROM {0} t"
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(one.format(table) for table in _tables()))
        return {name: (int(count), int(total)) for name, count, total in cursor.fetchall()}


def changed(before: dict[str, tuple[int, int]], after: dict[str, tuple[int, int]]) -> list[str]:
    """Name the tables that are not as they were."""
    return [table for table in before if before[table] != after[table]]
