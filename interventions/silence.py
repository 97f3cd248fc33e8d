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
from interventions.querysets import InterventionQuerySet
from interventions.states import Action, Role, Status


def validate_tacitly(agence: Agence, now: datetime) -> int:
    """Validate what the client, asked and reminded, left without an answer, and return how many visits."""
    return _do(agence, Action.VALIDATE_TACITLY, now)


def escalate(agence: Agence, now: datetime) -> int:
    """Hand to a manager the modifications that the intervenant left without an answer; return how many visits."""
    return _do(agence, Action.ESCALATE, now)


def going(agence: Agence, action: Action, now: datetime) -> list[Change]:
    """Return what the job of this act (VALIDATE_TACITLY or ESCALATE) would do now by its guards; writes nothing."""
    changes = [Change(action, pk, version) for pk, version in _waiting(agence, action, now)]
    if not changes:
        return []
    answers = operations.preview(changes, actor=system(agence), at=now).answers
    return [change for change, answer in zip(changes, answers, strict=True) if answer.done]


def _waiting(agence: Agence, action: Action, now: datetime) -> Iterable[tuple[int, int]]:
    """Return what may go by then, with its version: more than the guards let through, never less."""
    chosen = agence.tacit_enabled if action is Action.VALIDATE_TACITLY else agence.escalate_enabled
    if not (agence.module_enabled and chosen):
        return ()
    found = _silent(agence, now) if action is Action.VALIDATE_TACITLY else _left(agence, now)
    return found.values_list("pk", "version")


def _silent(agence: Agence, now: datetime) -> InterventionQuerySet:
    reminded = MailLine.objects.filter(
        intervention=OuterRef("pk"), step=OuterRef("step"), role=Role.CLIENT, told=True, reminds=True
    )
    return Intervention.objects.filter(
        Exists(reminded),
        agence=agence,
        status=Status.DONE,
        declared_on_behalf=False,
        client__tacit_opt_out=False,
        done_at__lte=now - timedelta(days=agence.tacit_days),
    )


def _left(agence: Agence, now: datetime) -> InterventionQuerySet:
    return Intervention.objects.filter(
        agence=agence, status=Status.CONTESTED, last_at__lte=now - timedelta(days=agence.escalate_days)
    )


def _do(agence: Agence, action: Action, now: datetime) -> int:
    """Do the act where its guards let it: what they stop waits for another day, without a trace of being refused."""
    changes = going(agence, action, now)
    if not changes:
        return 0
    return len(operations.apply(changes, actor=system(agence), at=now, key=str(uuid.uuid4())).done)
