"""The policy by which the database shows a table's rows to their own agency alone, for the migration that makes it.

The setting stands in a query of its own, so that it is read once a statement; rows then come by the same indexes.
"""

from __future__ import annotations

from django.db import migrations

AGENCE = "(SELECT nullif(current_setting('app.agence', true), '')::bigint)"


def walled(table: str, within: str = f"agence_id = {AGENCE}") -> migrations.RunSQL:
    """Return what puts a table, by its name in the database, behind the wall; `within` says which rows are seen."""
    return migrations.RunSQL(
        f"DROP POLICY IF EXISTS agence ON {table}; CREATE POLICY agence ON {table} USING ({within}); "
        f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY",
        f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY; DROP POLICY agence ON {table}",
    )
