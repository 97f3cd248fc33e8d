"""Creating, changing and archiving a line of an agency's lists: each leaves an entry with what stood before."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import IntegrityError, models, transaction

from interventions.actor import Actor
from interventions.guards import Guard
from interventions.models import RegistryKind, RegistryStep
from interventions.operations import Refused
from interventions.registry.recording import columns_of, content, entries_of, kind_of, record
from interventions.states import Right, Role

__all__ = ["Taken", "archive", "change", "create", "entries_of", "kind_of", "may_create", "may_keep", "set_four_eyes"]

# Any one of these rights lets a gestionnaire change a list; lecture sees them all.
MAY_KEEP: dict[RegistryKind, frozenset[Right]] = {
    RegistryKind.CLIENT: frozenset({Right.MANAGE}),
    RegistryKind.INTERVENANT: frozenset({Right.MANAGE}),
    RegistryKind.CONTRAT: frozenset({Right.MANAGE}),
    RegistryKind.SECTEUR: frozenset({Right.MANAGE}),
    RegistryKind.PRESTATION: frozenset({Right.ADMINISTER}),
    RegistryKind.MOTIF: frozenset({Right.ADMINISTER}),
    RegistryKind.GROUNDS: frozenset({Right.ADMINISTER, Right.ARBITRATE}),
}


class Taken(Exception):
    """Another line of the agency already has this number or name; `fields` are the columns that must be its own."""

    def __init__(self, fields: tuple[str, ...]) -> None:
        super().__init__(", ".join(fields))
        self.fields = fields


def may_keep(kind: RegistryKind, actor: Actor) -> bool:
    """Return whether the actor may change this list."""
    return actor.role is Role.MANAGER and any(actor.has(right) for right in MAY_KEEP[kind])


def may_create(kind: RegistryKind, actor: Actor) -> bool:
    """Return whether the actor may add to this list; a secteur only who sees them all: it would not be theirs."""
    return may_keep(kind, actor) and (kind is not RegistryKind.SECTEUR or actor.secteur_ids is None)


def create(row: Any, actor: Actor, at: datetime) -> None:
    """Save a new line of the actor's agency. Raises Refused (Guard.RIGHT), or Taken for a number that is in use."""
    if not may_create(kind_of(row), actor):
        raise Refused(Guard.RIGHT)
    row.agence_id = actor.agence_id
    with transaction.atomic():
        _save(row, force_insert=True)
        record(row, RegistryStep.CREATED, actor, at, {}, content(row, columns_of(row)))


def change(row: Any, values: Mapping[str, Any], actor: Actor, at: datetime) -> list[str]:
    """Give a line these values (fields by name) and return the names that changed.

    The line is read anew under lock, so that the entry says what really stood before. Raises Refused, or Taken.
    """
    _permit(row, actor)
    with transaction.atomic():
        held = type(row)._default_manager.select_for_update(of=("self",)).get(pk=row.pk, agence_id=actor.agence_id)
        if getattr(held, "anonymised_at", None):
            raise Refused(Guard.RIGHT)
        changed = [name for name, value in values.items() if getattr(held, name) != value]
        if not changed:
            return []
        before = content(held, changed)
        for name in changed:
            setattr(held, name, values[name])
            setattr(row, name, values[name])
        _save(held, update_fields=changed)
        record(held, _step(changed, held), actor, at, before, content(held, changed))
    return changed


def archive(row: Any, archived: bool, actor: Actor, at: datetime) -> list[str]:
    """Put a line away, or take it back; what refers to it stays readable."""
    return change(row, {"archived_at": at if archived else None}, actor, at)


def set_four_eyes(actor: Actor, asked: bool, at: datetime) -> None:
    """Ask, or no longer, that who took part in a visit does not arbitrate it. Refuses who does not administer."""
    if actor.role is not Role.MANAGER or not actor.has(Right.ADMINISTER):
        raise Refused(Guard.RIGHT)
    with transaction.atomic():
        held = type(actor.agence).objects.select_for_update().get(pk=actor.agence_id)
        if held.four_eyes == asked:
            return
        held.four_eyes = actor.agence.four_eyes = asked
        held.save(update_fields=["four_eyes"])
        record(held, RegistryStep.CHANGED, actor, at, {"four_eyes": not asked}, {"four_eyes": asked})


def _permit(row: Any, actor: Actor) -> None:
    if not may_keep(kind_of(row), actor):
        raise Refused(Guard.RIGHT)


def _step(changed: list[str], row: Any) -> RegistryStep:
    if changed != ["archived_at"]:
        return RegistryStep.CHANGED
    return RegistryStep.ARCHIVED if row.archived_at else RegistryStep.RESTORED


def _save(row: Any, **options: Any) -> None:
    """Save, and name what is taken: two people may enter the same number at the same moment."""
    try:
        with transaction.atomic():
            row.save(**options)
    except IntegrityError as error:
        name = getattr(getattr(error.__cause__, "diag", None), "constraint_name", None)
        for constraint in row._meta.constraints:
            if isinstance(constraint, models.UniqueConstraint) and constraint.name == name:
                raise Taken(tuple(field for field in constraint.fields if field != "agence")) from error
        raise
