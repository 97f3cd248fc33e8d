"""An agency is opened on an installation: its name, its sender, and the person who administers it first.

This is the operator's; whoever is named here does the rest in the product. It is on record as the system's act.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils.translation import gettext as _

from interventions import letterheads, operations
from interventions.actor import system
from interventions.models import Agence, Gestionnaire
from interventions.registry import staff
from interventions.tenancy import set_agence


class Refused(Exception):
    """An agency that is not opened; its text is French and fit for the screen."""


@dataclass(frozen=True, slots=True)
class Opening:
    """What the operator says: the agency's name and its first administrator, with what may be said beside.

    `fields` are those of `Agence`, `sender` those of `letterheads.TEXTS`; what is not named has its default.
    """

    name: str
    email: str
    last_name: str
    first_name: str = ""
    fields: Mapping[str, str] = field(default_factory=dict)
    sender: Mapping[str, str] = field(default_factory=dict)

    @property
    def address(self) -> str:
        """The administrator's address as accounts have it."""
        return self.email.strip().lower()


def open_agence(said: Opening, at: datetime) -> Gestionnaire | None:
    """Open the agency with the module off, invite who administers it, and return them; None where all of it stands.

    An agency that is there (by its name, case aside) and that nobody administers, an imported one say, only gets its
    administrator. Raises Refused where somebody else administers it already, ValidationError for values that are none.
    """
    validate_email(said.address)
    with transaction.atomic():
        known = Agence.objects.select_for_update(no_key=True).filter(name__iexact=said.name.strip()).first()
        agence = known or _made(said, at)
        set_agence(agence.pk)
        if known is not None and not _waits(known, said):
            return None
        return _administrator(agence, said, at)


def _made(said: Opening, at: datetime) -> Agence:
    # Nobody is asked anything before the agency says so: its own people switch the module on.
    agence = operations.create_agence(said.name.strip(), module_enabled=False, **_given(said.fields))
    if sender := _given(said.sender):
        set_agence(agence.pk)
        letterheads.begin(agence, sender, at)
    return agence


def _waits(known: Agence, said: Opening) -> bool:
    """Return whether an agency that is there waits for its administrator; False if this one has it."""
    running = Gestionnaire.objects.filter(agence=known, may_administer=True, all_secteurs=True, ended_at=None)
    held = set(running.filter(user__is_active=True).values_list("user__email", flat=True))
    if held and said.address not in held:
        raise Refused(
            _(
                "L’agence « %(name)s » existe déjà et quelqu’un d’autre l’administre. Ses utilisateurs s’invitent "
                "dans Gestion › Utilisateurs et droits."
            )
            % {"name": known.name}
        )
    if _given(said.fields) or _given(said.sender):
        raise Refused(
            _("L’agence « %(name)s » existe déjà : son nom et ses coordonnées se changent dans Paramètres.")
            % {"name": known.name}
        )
    return not held


def _administrator(agence: Agence, said: Opening, at: datetime) -> Gestionnaire:
    values: dict[str, Any] = {"last_name": said.last_name.strip(), "first_name": said.first_name.strip()}
    if not values["last_name"]:
        raise ValidationError(_("Indiquez le nom de la personne qui administre l’agence."))
    try:
        return staff.admit_first(system(agence), said.address, values, at)
    except staff.Refused as refused:
        raise Refused(str(refused)) from refused


def _given(values: Mapping[str, str]) -> dict[str, str]:
    return {name: value.strip() for name, value in values.items() if value.strip()}
