"""The fiches and visits that a person opened last: theirs alone, a dozen of them, and only what they still may see."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from django.db import connection

from interventions.actor import Actor
from interventions.models import Client, Intervenant, Intervention, RecentlySeen

KEPT = 12
KINDS: dict[str, Any] = {"client": Client, "intervenant": Intervenant, "intervention": Intervention}
_NOTE = """
INSERT INTO interventions_recentlyseen AS old (agence_id, user_id, seen) VALUES (%(agence)s, %(user)s, ARRAY[%(what)s])
ON CONFLICT (agence_id, user_id)
DO UPDATE SET seen = (ARRAY[%(what)s] || array_remove(old.seen, %(what)s))[1:%(kept)s]
WHERE old.seen[1] IS DISTINCT FROM %(what)s
"""


def note(actor: Actor, row: Client | Intervenant | Intervention) -> None:
    """Put what the actor has just opened before what they opened earlier; one statement, which keeps `KEPT`."""
    what = f"{row._meta.model_name}:{row.pk}"
    with connection.cursor() as cursor:
        cursor.execute(_NOTE, {"agence": actor.agence_id, "user": actor.user_id, "what": what, "kept": KEPT})


def seen(actor: Actor) -> list[Client | Intervenant | Intervention]:
    """Return what the actor opened last, the latest first, as far as they may see it; four statements at most."""
    mine = RecentlySeen.objects.filter(agence_id=actor.agence_id, user_id=actor.user_id or 0)
    noted = [one.partition(":") for one in mine.values_list("seen", flat=True).first() or []]
    keys: defaultdict[str, list[int]] = defaultdict(list)
    for kind, _colon, key in noted:
        keys[kind].append(int(key))
    found = {kind: _rows(kind, some, actor) for kind, some in keys.items()}
    return [found[kind][int(key)] for kind, _colon, key in noted if int(key) in found[kind]]


def _rows(kind: str, keys: list[int], actor: Actor) -> dict[int, Any]:
    rows = KINDS[kind].objects.visible_to(actor)
    if kind == "intervention":
        rows = rows.select_related("client", "intervenant")
    return dict(rows.in_bulk(keys))
