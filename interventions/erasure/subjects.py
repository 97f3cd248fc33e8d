"""Whom an anonymisation is about: one fiche of an agency, and what there tells of that person.

The person of a fiche is not their address: two clients may share one, and one address may have other roles.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from interventions.models import (
    Batch,
    Client,
    Gestionnaire,
    Intervenant,
    Intervention,
    JournalText,
    Mail,
    MailLine,
    Proche,
    RegistryEntry,
    RegistryValues,
    User,
)
from interventions.states import Role

type Fiche = Client | Intervenant | Proche | Gestionnaire

ROLES: dict[type[Any], Role] = {
    Client: Role.CLIENT,
    Intervenant: Role.INTERVENANT,
    Proche: Role.PROCHE,
    Gestionnaire: Role.MANAGER,
}


@dataclass(frozen=True)
class Subject:
    """A fiche, and the accounts through which that person entered: the present one and those of former addresses."""

    row: Fiche
    accounts: list[int]

    @property
    def agence_id(self) -> int:
        """The agency's key."""
        return self.row.agence_id

    @property
    def role(self) -> Role:
        """In what role the person of such a fiche acts."""
        return ROLES[type(self.row)]

    @property
    def own(self) -> dict[str, Any]:
        """The condition of what is of the agency."""
        return {"agence_id": self.agence_id}

    def visits(self) -> QuerySet[Intervention]:
        """Return the visits at this client, or of this intervenant; none for anybody else."""
        if isinstance(self.row, Client):
            return Intervention.objects.filter(**self.own, client=self.row)
        if isinstance(self.row, Intervenant):
            return Intervention.objects.filter(**self.own, intervenant=self.row)
        return Intervention.objects.none()

    def presses(self) -> QuerySet[Batch]:
        """Return what the person pressed in this role."""
        pressed = Batch.objects.filter(**self.own, role=self.role)
        if isinstance(self.row, Client):
            return pressed.filter(for_client=self.row)
        if isinstance(self.row, Proche):
            pressed = pressed.filter(for_client=self.row.client_id)
        return pressed.filter(actor__in=self.accounts)

    def texts(self) -> QuerySet[JournalText]:
        """Return the words of the journal: all that were written of a client's visits, else those of the person.

        What a gestionnaire wrote as the agency's reason stays with the visit that it is the reason of.
        """
        texts = JournalText.objects.filter(**self.own)
        if isinstance(self.row, Client):
            return texts.filter(entry__intervention__client=self.row)
        if isinstance(self.row, Gestionnaire):
            return texts.none()
        return texts.filter(entry__batch__in=self.presses())

    def mails(self) -> QuerySet[Mail]:
        """Return the mails that tell of the person: about their visits, to them in this role, or of no visit.

        Kinds that are each found by an index, put together: asked as one condition with "or", they are looked for in
        every mail of the agency, for each of its visits where the database misjudges their number.
        """
        lines = MailLine.objects.filter(**self.own)
        mine = lines.filter(mail__user__in=self.accounts)
        # Codes, mandates, access; and those that left their lines to another.
        of_no_visit = Mail.objects.filter(**self.own, user__in=self.accounts, lines=None).order_by()
        if isinstance(self.row, Client):
            told = [lines.filter(intervention__client=self.row)]
        elif isinstance(self.row, Intervenant):
            told = [lines.filter(intervention__intervenant=self.row), mine.filter(role=self.role)]
        elif isinstance(self.row, Proche):
            told = [mine.filter(intervention__client=self.row.client_id)]
        else:
            told = [mine.filter(role=self.role)]
        keys = of_no_visit.values("pk").union(*(some.order_by().values("mail_id") for some in told))
        return Mail.objects.filter(**self.own, pk__in=keys)

    def values(self) -> QuerySet[RegistryValues]:
        """Return what stood in the person's columns before and after each change."""
        return RegistryValues.objects.filter(entry__in=_entries(self.row))


def subject_of(row: Fiche) -> Subject:
    """Return whom a fiche is about; two statements."""
    accounts = {row.user_id} if row.user_id else set()
    addresses = {
        side.get("user")
        for both in RegistryValues.objects.filter(entry__in=_entries(row)).values_list("before", "after")
        for side in both
    }
    accounts.update(User.objects.filter(email__in=addresses - {None, ""}).values_list("pk", flat=True))
    return Subject(row, sorted(accounts))


def _entries(row: Fiche) -> QuerySet[RegistryEntry]:
    kind = str(row._meta.model_name)
    return RegistryEntry.objects.filter(agence_id=row.agence_id, kind=kind, row_id=row.pk)
