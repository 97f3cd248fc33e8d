"""Contrats as records: client, prestation, état, dates."""

from collections.abc import Collection, Sequence
from datetime import date

from django.utils.translation import gettext as _

from interventions.models import Contrat, ContratState

from . import contrats
from .base import Directory, Prestations
from .columns import CellRefused
from .compare import Values
from .contrats import ContratLine

STATES = dict(
    zip(
        contrats.ETATS,
        (ContratState.DRAFT, ContratState.VALID, ContratState.SIGNED, ContratState.TERMINATED),
        strict=True,
    )
)
ETATS = {state: etat for etat, state in STATES.items()}


class Contrats:
    """The contrats of an agency, once its clients are loaded."""

    name = "contrats"
    layout = contrats.LAYOUT
    # Both dates change as one, so that a kept one and a new one never make a contrat that ends before it starts.
    columns = {
        "client": "N° client",
        "prestation": "Prestation",
        "etat": "État",
        "dates": "Début",
        "billable": "Facturable",
    }

    def __init__(self, agence_id: int, clients: Directory, prestations: Prestations) -> None:
        self._agence_id = agence_id
        self._clients = clients
        self._prestations = prestations

    def here(self, numbers: Collection[str]) -> dict[str, Contrat]:
        """The contrats of these numbers, locked, with their prestation."""
        rows = Contrat.objects.filter(agence_id=self._agence_id, number__in=numbers).select_related("prestation")
        return {row.number: row for row in rows.select_for_update(no_key=True, of=("self",))}

    def values(self, line: ContratLine, row: Contrat | None) -> Values:
        """A line's values. Refuses an unknown client, and another client than the contrat has here."""
        if line.client not in self._clients.ids:
            raise CellRefused("N° client", _("Client inconnu."), line.client)
        if row is not None and row.client_id != self._clients.ids[line.client]:
            raise CellRefused("N° client", _("Ce contrat est celui d’un autre client."), line.client)
        return {
            "client": line.client,
            "prestation": self._prestations.name(line.prestation),
            "etat": line.etat,
            "dates": _span(line.starts_on, line.ends_on),
            "billable": _yes_or_no(line.billable),
        }

    def values_here(self, row: Contrat) -> Values:
        """A contrat's values."""
        return {
            "client": self._clients.numbers[row.client_id],
            "prestation": row.prestation.name,
            "etat": ETATS[ContratState(row.state)],
            "dates": _span(row.starts_on, row.ends_on),
            "billable": _yes_or_no(row.billable),
        }

    def create(self, lines: Sequence[ContratLine]) -> None:
        """Create these contrats, and the kinds of service that are new."""
        Contrat.objects.bulk_create(
            Contrat(
                agence_id=self._agence_id,
                number=line.number,
                client_id=self._clients.ids[line.client],
                prestation_id=self._prestations.id(line.prestation),
                state=STATES[line.etat],
                starts_on=line.starts_on,
                ends_on=line.ends_on,
                billable=line.billable,
            )
            for line in lines
        )

    def update(self, changes: Sequence[tuple[Contrat, ContratLine, tuple[str, ...]]]) -> None:
        """Write the named fields of these contrats."""
        for row, line, fields in changes:
            if "prestation" in fields:
                row.prestation_id = self._prestations.id(line.prestation)
            if "etat" in fields:
                row.state = STATES[line.etat]
            if "dates" in fields:
                row.starts_on, row.ends_on = line.starts_on, line.ends_on
            if "billable" in fields:
                row.billable = line.billable
        written = ["prestation", "state", "starts_on", "ends_on", "billable"]
        Contrat.objects.bulk_update([row for row, _, _ in changes], written, batch_size=500)


def _span(first: date, last: date | None) -> str:
    return f"{first:%d/%m/%Y} – {last:%d/%m/%Y}" if last else f"{first:%d/%m/%Y} –"


def _yes_or_no(answer: bool) -> str:
    return "Oui" if answer else "Non"
