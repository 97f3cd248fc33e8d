"""Clients and intervenants: entered and changed at the desk, with the account of their address.

Another address means another account: the sessions of the former end, and with it the links in mails of a client.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from interventions import links
from interventions.actor import Actor
from interventions.guards import Guard
from interventions.imports.accounts import account_ids, leave
from interventions.models import Client, Intervenant, Proche, User
from interventions.operations import Refused
from interventions.registry import keeping

type Person = Client | Intervenant


def held(person: Person, actor: Actor) -> Any:
    """Return a person whom the actor may see, locked and read anew."""
    mine: Any = type(person).objects.visible_to(actor).select_related("user")
    return mine.select_for_update(of=("self",)).get(pk=person.pk)


def create(person: Person, email: str, actor: Actor, at: datetime) -> None:
    """Save a new person of the actor's agency, and the account of their address (empty: none); no mail is sent.

    Raises Refused (Guard.RIGHT) for who may not, or who gives a client a secteur that is not theirs; Taken.
    """
    _check_secteur(person, getattr(person, "secteur", None), actor)
    with transaction.atomic():
        person.user = _account(email)
        keeping.create(person, actor, at)


def change(person: Person, values: Mapping[str, Any], email: str, actor: Actor, at: datetime) -> list[str]:
    """Give a person these values (columns by name) and this address; return the columns that changed.

    Raises like `create`.
    """
    _check_secteur(person, values.get("secteur"), actor)
    with transaction.atomic():
        former = held(person, actor).user_id
        changed = keeping.change(person, {**values, "user": _account(email)}, actor, at)
        if "user" in changed and former is not None:
            part([former], person, at)
    return changed


def part(user_ids: list[int], person: Person, at: datetime) -> None:
    """End what accounts still have open of a person: their sessions, and the links in mails of a client."""
    leave(user_ids)
    if isinstance(person, Client):
        links.end(user_ids, person.pk, at)


def accounts_of(person: Person) -> list[int]:
    """Return the accounts that act as a person: their own, and of a client those of the proches."""
    own = [person.user_id] if person.user_id else []
    if isinstance(person, Client):
        own += Proche.objects.filter(agence_id=person.agence_id, client=person).values_list("user_id", flat=True)
    return own


def _account(email: str) -> User | None:
    return User.objects.get(pk=account_ids([email])[email]) if email else None


def _check_secteur(person: Person, secteur: Any, actor: Actor) -> None:
    """Refuse a client whom the actor would not see: of no secteur, or of one that is not theirs."""
    limit = actor.secteur_ids
    if isinstance(person, Client) and limit is not None and getattr(secteur, "pk", None) not in limit:
        raise Refused(Guard.RIGHT)
