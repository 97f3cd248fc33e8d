"""The few questions that are asked across agencies: whose is this secret, who has work. The answer is an agency.

Each is a function of the database (migration 0039), which row level security does not bind; it gives no row.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import QuerySet

from interventions.models import Agence


def agence_of_calendar(public_id: UUID) -> int | None:
    """Return the key of the agency of the intervenant with this public id."""
    return _key("agence_of_calendar", public_id)


def agence_of_link(public_id: UUID) -> int | None:
    """Return the key of the agency of the link with this public id."""
    return _key("agence_of_link", public_id)


def agence_of_mail(public_id: UUID) -> int | None:
    """Return the key of the agency of the mail with this public id."""
    return _key("agence_of_mail", public_id)


def agence_of_provided_mail(name: str) -> int | None:
    """Return the key of the agency of the mail that a mail service knows by this name."""
    return _key("agence_of_provided_mail", name)


def with_things_of(user_id: int) -> QuerySet[Agence]:
    """Return the agencies that keep something of an account's own (choices, an invitation)."""
    return _agences("SELECT agences_of_account(%s)", user_id)


def with_batches() -> QuerySet[Agence]:
    """Return the agencies that have a batch to go on with."""
    return _agences("SELECT agences_with_batches()")


def with_imports() -> QuerySet[Agence]:
    """Return the agencies that have an import to go on with."""
    return _agences("SELECT agences_with_imports()")


def unsealed(above: int) -> QuerySet[Agence]:
    """Return the agencies that have entries above this key which no seal holds."""
    return _agences("SELECT agences_unsealed(%s)", above)


def last_entry() -> int:
    """Return the last key of all journals, 0 where there is none."""
    return _key("journal_last") or 0


def first_unsealed(above: int, up_to: int) -> int | None:
    """Return the first key of all journals between these two, the last included, that no seal holds."""
    return _key("journal_first_unsealed", above, up_to)


def _agences(question: str, *values: object) -> QuerySet[Agence]:
    return Agence.objects.filter(pk__in=[key for (key,) in _rows(question, values)])


def _key(name: str, *values: object) -> int | None:
    ((found,),) = _rows(f"SELECT {name}({', '.join(['%s'] * len(values))})", values)
    return found


def _rows(question: str, values: tuple[Any, ...]) -> list[tuple[int]]:
    with connection.cursor() as cursor:
        cursor.execute(question, values)
        return list(cursor.fetchall())
