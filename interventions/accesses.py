"""Noting who looked at what is sensitive."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from interventions.actor import Actor
from interventions.models import Access, Sensitive


def note(actor: Actor, what: Sensitive, about: str, about_id: UUID, now: datetime) -> None:
    """Write one line of the log, in the transaction that gives what was asked for: no look without its line."""
    Access.objects.create(
        agence_id=actor.agence_id,
        at=now,
        actor_id_kept=actor.user_id,
        actor_name=actor.name,
        role=actor.role,
        what=what,
        about=about[:250],
        about_id=about_id,
    )
