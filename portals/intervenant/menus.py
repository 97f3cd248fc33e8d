"""The menus Client and Prestation that narrow Mes interventions, as the reference page has them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlencode
from uuid import UUID

from interventions.querysets import InterventionQuerySet

_READ = (
    "client__public_id",
    "client__civility",
    "client__first_name",
    "client__last_name",
    "client__sort_name",
    "prestation__public_id",
    "prestation__name",
)


@dataclass(slots=True)
class Menus:
    """What can be chosen, from the visits that wait, and what is chosen; `total` counts them all."""

    clients: dict[UUID, str] = field(default_factory=dict)
    prestations: dict[UUID, str] = field(default_factory=dict)
    client: UUID | None = None
    prestation: UUID | None = None
    total: int = 0

    @property
    def query(self) -> str:
        """The choice as an address carries it: «?client=…», or nothing."""
        chosen = {"client": self.client, "prestation": self.prestation}
        kept = urlencode({name: str(value) for name, value in chosen.items() if value})
        return f"?{kept}" if kept else ""

    @property
    def narrowed(self) -> bool:
        """Whether anything is chosen."""
        return bool(self.client or self.prestation)

    def narrow(self, visits: InterventionQuerySet) -> InterventionQuerySet:
        """Return the visits of the client and of the prestation that are chosen."""
        if self.client:
            visits = visits.filter(client__public_id=self.client)
        return visits.filter(prestation__public_id=self.prestation) if self.prestation else visits


def menus(visits: InterventionQuerySet, query: Mapping[str, str]) -> Menus:
    """Read what can be chosen, in one statement; a choice that no waiting visit has any more is dropped."""
    made = Menus()
    rows = sorted(visits.values_list(*_READ), key=lambda row: row[4])
    for client_id, civility, first, last, _key, prestation_id, prestation in rows:
        made.clients[client_id] = " ".join(part for part in (civility, first, last) if part)
        made.prestations[prestation_id] = prestation
    made.prestations = dict(sorted(made.prestations.items(), key=lambda item: item[1].casefold()))
    made.total = len(rows)
    made.client = _known(query.get("client", ""), made.clients)
    made.prestation = _known(query.get("prestation", ""), made.prestations)
    return made


def _known(text: str, among: Mapping[UUID, str]) -> UUID | None:
    return next((key for key in among if str(key) == text), None)
