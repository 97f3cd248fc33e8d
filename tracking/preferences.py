"""How a person wants the table: their columns, and the view that it opens on."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import OuterRef, Subquery

from interventions.actor import Actor
from tracking import columns
from tracking.models import TableChoice
from tracking.saved_views import visible_to


@dataclass(frozen=True)
class Kept:
    """What one person has kept: columns (none are the usual ones), and the query of the view to open on."""

    columns: tuple[str, ...] = ()
    query: str = ""

    def shown(self, asked: str) -> tuple[str, ...]:
        """Return the columns to show: those of the address, else the person's own, else the usual ones."""
        return columns.known(asked.split(",") if asked else self.columns or columns.USUAL)


def of(actor: Actor) -> Kept:
    """Return what the person has kept, in one statement; a view that they no longer see opens nothing."""
    mine = TableChoice.objects.filter(agence_id=actor.agence_id, user=actor.user_id)
    seen = visible_to(actor).filter(pk=OuterRef("view"))
    row = mine.values_list("columns", Subquery(seen.order_by().values("query")[:1])).first()
    return Kept(tuple(row[0]), row[1] or "") if row else Kept()


def keep_columns(actor: Actor, names: Iterable[str]) -> tuple[str, ...]:
    """Keep which columns the person wants, and return them; the usual ones are kept as none in particular."""
    wanted = columns.known(names)
    kept = [] if wanted == columns.USUAL else list(wanted)
    mine = {"agence_id": actor.agence_id, "user_id": actor.user_id}
    TableChoice.objects.update_or_create(**mine, defaults={"columns": kept})  # type: ignore[arg-type]
    return wanted
