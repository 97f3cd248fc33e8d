"""The record of the lists: who changed which columns of a line, and what stood in them before.

What stood in a person's columns lies apart from the entry, which is never changed, so that it can be erased.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models

from interventions.actor import Actor
from interventions.models import RegistryEntry, RegistryKind, RegistryStep, RegistryValues

PEOPLE = frozenset({RegistryKind.CLIENT, RegistryKind.INTERVENANT, RegistryKind.GESTIONNAIRE})
# What somebody may do in the agency's name has to be told for as long as their acts are.
RIGHTS = ("may_manage", "may_arbitrate", "may_close", "may_unlock", "may_administer", "all_secteurs", "secteurs")
# Of a person only this says nothing about them.
_OF_NOBODY = frozenset({"archived_at", "ended_at", "anonymised_at", *RIGHTS})


def kind_of(row: models.Model | type[models.Model]) -> RegistryKind:
    """Return which list a row belongs to."""
    return RegistryKind(str(row._meta.model_name))


def columns_of(row: models.Model) -> list[str]:
    """Return the columns that somebody enters of a line."""
    entered = (one for one in row._meta.concrete_fields if one.editable and not one.generated)
    return [one.name for one in entered if one.name not in ("id", "agence")]


def content(row: Any, names: Iterable[str]) -> dict[str, Any]:
    """Return columns as the record holds them: a row that is referred to by its key, an account by its address."""
    found = {name: getattr(row, row._meta.get_field(name).attname) for name in names}
    if found.get("user") is not None:
        found["user"] = row.user.email
    return found


def record(
    row: Any, step: RegistryStep, actor: Actor, at: datetime, before: Mapping[str, Any], after: Mapping[str, Any]
) -> None:
    """Write down what one press did to a line; `before` and `after` are its `content`."""
    kind = kind_of(row)
    apart = [name for name in after if name not in _OF_NOBODY] if kind in PEOPLE else []
    values = RegistryValues(agence_id=actor.agence_id, before=_only(before, apart), after=_only(after, apart))
    values.salt = secrets.token_bytes(16) if apart else b""
    values.entry = RegistryEntry.objects.create(
        agence_id=actor.agence_id,
        kind=kind,
        row_id=row.pk,
        step=step,
        at=at,
        actor_id_kept=actor.user_id,
        actor_name=actor.name,
        role=str(actor.role),
        before={name: value for name, value in before.items() if name not in apart},
        after={name: value for name, value in after.items() if name not in apart},
        fields=apart,
        values_hash=values_hash(values) if apart else b"",
    )
    if apart:
        values.save(force_insert=True)


def values_hash(values: RegistryValues) -> bytes:
    """Return the hash that an entry keeps of a person's values: SHA-256 of the salt and both sides as JSON."""
    sides = json.dumps([values.before, values.after], ensure_ascii=False, sort_keys=True, cls=DjangoJSONEncoder)
    return hashlib.sha256(bytes(values.salt) + sides.encode()).digest()


def entries_of(row: Any) -> models.QuerySet[RegistryEntry]:
    """Return what happened to a line, the latest first, each with a person's values where they are still there."""
    mine = RegistryEntry.objects.filter(agence_id=row.agence_id, kind=kind_of(row), row_id=row.pk)
    return mine.select_related("kept_apart").order_by("-at", "-id")


def _only(side: Mapping[str, Any], names: Iterable[str]) -> dict[str, Any]:
    return {name: side[name] for name in names if name in side}
