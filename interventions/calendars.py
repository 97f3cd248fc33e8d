"""The private address of an intervenant's calendar: made, replaced, stopped, recognised.

Only a digest of the secret is kept, bound to the user: an intervenant's row that passes to another address, or loses
its own, ends the calendar with it. A lost address is replaced, never shown again.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable
from datetime import datetime
from hmac import compare_digest
from typing import cast
from uuid import UUID

from interventions import across
from interventions.actor import Actor
from interventions.models import Intervenant
from interventions.tenancy import within

PUBLIC_ID_LENGTH = 32


def open_calendar(actor: Actor, at: datetime) -> str:
    """Give the intervenant a new address and return its token; the former one ends."""
    row = _row(actor)
    secret = secrets.token_urlsafe(32)
    row.calendar_digest, row.calendar_since = _digest(secret, row), at
    row.save(update_fields=["calendar_digest", "calendar_since"])
    return f"{row.public_id.hex}{secret}"


def close_calendar(actor: Actor) -> None:
    """End the address; whoever still asks there finds nothing."""
    row = _row(actor)
    row.calendar_digest = row.calendar_since = None
    row.save(update_fields=["calendar_digest", "calendar_since"])


def calendar_since(actor: Actor) -> datetime | None:
    """Return since when the present address is valid, None where there is none."""
    row = _row(actor)
    return row.calendar_since if row.calendar_digest and row.user_id else None


def calendar_of(token: str) -> Intervenant | None:
    """Return whose calendar this token opens, with user and agency; None for any that opens nothing (any more)."""
    try:
        public_id = UUID(hex=token[:PUBLIC_ID_LENGTH])
    except ValueError:
        return None
    row = _current(public_id)
    if row is None or row.calendar_digest is None:
        return None
    return row if compare_digest(row.calendar_digest, _digest(token[PUBLIC_ID_LENGTH:], row)) else None


def _current(public_id: UUID) -> Intervenant | None:
    found = Intervenant.objects.filter(public_id=public_id, archived_at__isnull=True, user__is_active=True)
    agence_id = across.agence_of_calendar(public_id)
    if agence_id is None:
        return None
    with within(agence_id):
        return next(iter(cast("Iterable[Intervenant]", found.select_related("user", "agence"))), None)


def _row(actor: Actor) -> Intervenant:
    return Intervenant.objects.get(agence_id=actor.agence_id, pk=actor.intervenant_id or 0)


def _digest(secret: str, row: Intervenant) -> str:
    # A secret of 256 bits needs no slow hash.
    return hashlib.sha256(f"{row.pk}:{row.user_id}:{secret}".encode()).hexdigest()
