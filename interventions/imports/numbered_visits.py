"""interventions.csv as a source of visits: known by number, everything it points to has to exist."""

from collections.abc import Collection

from django.utils.translation import gettext as _

from interventions.models import Intervention

from . import interventions
from .base import Base
from .columns import CellRefused
from .interventions import InterventionLine
from .memory import Remembered
from .parse import Parsed
from .visits import Visit, comparable


class NumberedVisits:
    """The visits of interventions.csv."""

    name = "interventions"
    layout = interventions.LAYOUT
    columns = {
        "contrat": "N° contrat",
        "intervenant": "Matricule",
        "prestation": "Prestation",
        "hours": "Heure de début",
        "km": "Kilomètres",
        "ordre_de_mission": "Ordre de mission",
    }

    def __init__(self, base: Base) -> None:
        self._base = base

    def identity(self, parsed: Parsed[InterventionLine]) -> str:
        """The number, whatever became of the line."""
        return parsed.identity[0] if parsed.identity else ""

    def here(
        self, agence_id: int, _before: dict[str, Remembered], identities: Collection[str]
    ) -> dict[str, Intervention]:
        """The visits of these numbers."""
        numbers = [number for number in identities if number]
        return {row.number: row for row in Intervention.objects.filter(agence_id=agence_id, number__in=numbers)}

    def wanted(self, line: InterventionLine, identity: str, _before: Remembered | None) -> Visit:
        """The visit of a line. Refuses an unknown client, intervenant or contrat, and a contrat of another client."""
        self._check(line)
        prestation = self._base.prestations.name(line.prestation)
        if not prestation:
            prestation = self._base.contrats[line.contrat].prestation
        facts = (line.start, line.end, line.km, line.ordre_de_mission)
        values = comparable(line.client, line.contrat, line.matricule, prestation, *facts)
        return Visit(
            line.line,
            identity,
            line.number,
            line.client,
            line.matricule,
            prestation,
            line.contrat,
            *facts,
            written=values,
            resolved=values,
        )

    def _check(self, line: InterventionLine) -> None:
        if line.client not in self._base.clients.ids:
            raise CellRefused("N° client", _("Client inconnu."), line.client)
        if line.matricule and line.matricule not in self._base.intervenants.ids:
            raise CellRefused("Matricule", _("Intervenant inconnu."), line.matricule)
        if not line.contrat:
            return
        contrat = self._base.contrats.get(line.contrat)
        if contrat is None:
            raise CellRefused("N° contrat", _("Contrat inconnu."), line.contrat)
        if contrat.terms.client_id != self._base.clients.ids[line.client]:
            raise CellRefused("N° contrat", _("Ce contrat est celui d’un autre client."), line.contrat)
