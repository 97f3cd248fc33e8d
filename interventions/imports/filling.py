"""What a planning file leaves empty: taken from the client's last visit before that day, as the base was."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from django.db import connection

from interventions.states import Status

type Wanted = tuple[int, date]

_LAST = """
    SELECT wanted.client, wanted.day, last.retained_start, last.retained_end, prestation.name, intervenant.number
    FROM unnest(%s::bigint[], %s::date[], %s::timestamptz[]) AS wanted(client, day, before)
    CROSS JOIN LATERAL (
        SELECT v.retained_start, v.retained_end, v.prestation_id, v.intervenant_id
        FROM interventions_intervention v
        WHERE v.agence_id = %s AND v.client_id = wanted.client AND v.day <= wanted.day
            AND v.retained_start < wanted.before AND v.status <> %s
        ORDER BY v.day DESC, v.retained_start DESC, v.id DESC LIMIT 1
    ) last
    JOIN interventions_prestation prestation ON prestation.id = last.prestation_id
    LEFT JOIN interventions_intervenant intervenant ON intervenant.id = last.intervenant_id
"""


@dataclass(frozen=True, slots=True)
class LastVisit:
    """A visit that empty cells are filled from; `intervenant` is empty for a draft."""

    start: datetime
    end: datetime
    prestation: str
    intervenant: str


def last_visits(agence_id: int, wanted: Iterable[Wanted], zone: ZoneInfo) -> dict[Wanted, LastVisit]:
    """For each (client's key, day), the client's last visit that starts before that day; cancelled ones aside.

    One query. A client without such a visit is missing from the answer.
    """
    pairs = sorted(set(wanted))
    if not pairs:
        return {}
    midnights = [datetime.combine(day, time(), zone) for _, day in pairs]
    clients, days = [client for client, _ in pairs], [day for _, day in pairs]
    with connection.cursor() as cursor:
        cursor.execute(_LAST, [clients, days, midnights, agence_id, str(Status.CANCELLED)])
        return {
            (client, day): LastVisit(start, end, prestation, intervenant or "")
            for client, day, start, end, prestation, intervenant in cursor.fetchall()
        }
