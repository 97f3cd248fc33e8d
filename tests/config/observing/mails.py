"""A mail as it lies in the outbox."""

from datetime import datetime
from typing import Any

from interventions import clock
from interventions.models import Agence, Mail
from tests import factories


def a_mail(agence: Agence, *, due_at: datetime, **fields: Any) -> Mail:
    """Write a mail of an agency, due at `due_at`, queued unless `fate` says otherwise."""
    user = factories.a_user()
    named = {"created_at": clock.now(), "message_id": f"<{factories.key()}@contreseing.example>"} | fields
    return Mail.objects.create(agence=agence, user=user, to=user.email, due_at=due_at, **named)
