"""The agency of a transaction, told to the database, where row level security can read it."""

from __future__ import annotations

from django.db import connection


def set_agence(agence_id: int) -> None:
    """Tell the database, for the rest of this transaction, which agency it works for (`app.agence`)."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('app.agence', %s, true)", [str(agence_id)])
