"""Clients and intervenants as records: their texts, and the account of their address."""

from collections.abc import Collection, Sequence
from typing import Any

from django.utils.translation import gettext_lazy

from interventions.models import Client, Intervenant

from . import clients, intervenants
from .accounts import account_ids, leave
from .columns import CellRefused, Layout
from .compare import Values

ANONYMISED = gettext_lazy("Cette personne a été anonymisée : donnez un autre numéro.")
COLUMNS = {
    "civility": "Civilité",
    "last_name": "Nom",
    "first_name": "Prénom",
    "email": "Email",
    "phone": "Téléphone",
    "address": "Adresse",
    "postal_code": "Code postal",
    "city": "Ville",
}


class People:
    """One of the two kinds of people of an agency."""

    def __init__(self, name: str, model: type[Any], layout: Layout[Any], agence_id: int) -> None:
        self.name = name
        self.layout = layout
        self.columns = {field: column for field, column in COLUMNS.items() if column in layout.columns}
        self._model = model
        self._agence_id = agence_id
        self._texts = [field for field in self.columns if field != "email"]

    def here(self, numbers: Collection[str]) -> dict[str, Any]:
        """The people of these numbers, locked, with their account."""
        rows = self._model.objects.filter(agence_id=self._agence_id, number__in=numbers).select_related("user")
        return {row.number: row for row in rows.select_for_update(no_key=True, of=("self",))}

    def values(self, line: Any, row: Any | None) -> Values:
        """A line's texts and address. Raises CellRefused for who was anonymised: a file brings nobody back."""
        if row is not None and row.anonymised_at:
            raise CellRefused(self.layout.identity[0], str(ANONYMISED), line.number)
        return {field: getattr(line, field) for field in self.columns}

    def values_here(self, row: Any) -> Values:
        """A person's texts and the address of their account."""
        return {field: getattr(row, field) for field in self._texts} | {"email": row.user.email if row.user else ""}

    def create(self, lines: Sequence[Any]) -> None:
        """Create these people, and the accounts of their addresses."""
        accounts = account_ids([line.email for line in lines])
        self._model.objects.bulk_create(
            self._model(
                agence_id=self._agence_id,
                number=line.number,
                user_id=accounts.get(line.email),
                **{field: getattr(line, field) for field in self._texts},
            )
            for line in lines
        )

    def update(self, changes: Sequence[tuple[Any, Any, tuple[str, ...]]]) -> None:
        """Write the named fields of these people; another address means its account, and the end of the former's."""
        accounts = account_ids([line.email for _, line, fields in changes if "email" in fields])
        leave({row.user_id for row, _, fields in changes if "email" in fields and row.user_id})
        for row, line, fields in changes:
            for field in fields:
                if field == "email":
                    row.user_id = accounts.get(line.email)
                else:
                    setattr(row, field, getattr(line, field))
        self._model.objects.bulk_update([row for row, _, _ in changes], [*self._texts, "user"], batch_size=500)


def client_records(agence_id: int) -> People:
    """The agency's clients."""
    return People("clients", Client, clients.LAYOUT, agence_id)


def intervenant_records(agence_id: int) -> People:
    """The agency's intervenants."""
    return People("intervenants", Intervenant, intervenants.LAYOUT, agence_id)
