"""What follows from nobody answering: validated as declared, or handed to a manager, where the agency chose so."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef

from interventions import operations
from interventions.actor import system
from interventions.models import Agence, Intervention, MailLine
from interventions.operations import Change
from interventions.states import Action, Role, Status


def validate_tacitly(agence: Agence, now: datetime) -> int:
    """Validate what the client, asked and reminded, left without an answer, and return how many visits."""
    if not (agence.module_enabled and agence.tacit_enabled):
        return 0
    reminded = MailLine.objects.filter(
        intervention=OuterRef("pk"), step=OuterRef("step"), role=Role.CLIENT, told=True, reminds=True
    )
    silent = Intervention.objects.filter(
        Exists(reminded),
        agence=agence,
        status=Status.DONE,
        declared_on_behalf=False,
        client__tacit_opt_out=False,
        done_at__lte=now - timedelta(days=agence.tacit_days),
    )
    return _do(agence, Action.VALIDATE_TACITLY, silent.values_list("pk", "version"), now)


def escalate(agence: Agence, now: datetime) -> int:
    """Hand to a manager the modifications that the intervenant left without an answer; return how many visits."""
    if not (agence.module_enabled and agence.escalate_enabled):
        return 0
    waiting = Intervention.objects.filter(
        agence=agence, status=Status.CONTESTED, last_at__lte=now - timedelta(days=agence.escalate_days)
    )
    return _do(agence, Action.ESCALATE, waiting.values_list("pk", "version"), now)


def _do(agence: Agence, action: Action, seen: Iterable[tuple[int, int]], now: datetime) -> int:
    """Do the act where its guards let it: what they stop waits for another day, without a trace of being refused."""
    actor = system(agence)
    changes = [Change(action, pk, version) for pk, version in seen]
    if not changes:
        return 0
    answers = operations.preview(changes, actor=actor, at=now).answers
    going = [change for change, answer in zip(changes, answers, strict=True) if answer.done]
    if not going:
        return 0
    return len(operations.apply(going, actor=actor, at=now, key=str(uuid.uuid4())).done)
