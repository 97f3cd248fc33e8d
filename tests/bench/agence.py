"""The one agency of a measured database, said to it for as long as this process is connected."""

from __future__ import annotations

from django.db import connection


def works_for(agence_id: int) -> None:
    """Tell the database, until the connection ends, whose rows this process reads and writes."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('app.agence', %s, false)", [str(agence_id)])
