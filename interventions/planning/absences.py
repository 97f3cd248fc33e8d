"""Absences: entered, corrected, removed; the visits inside are cancelled, given away or kept, by choice."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from interventions import operations
from interventions.actor import Actor
from interventions.guards import Guard
from interventions.models import Absence, Intervention
from interventions.operations import Change, Outcome
from interventions.operations.deciding import Refused, permit
from interventions.states import Action, Labelled, Status

STANDING = (Status.DRAFT, Status.PLANNED)


class Fate(Labelled):
    """What becomes of the visits inside an absence."""

    KEEP = "keep", _("Les garder comme elles sont")
    CANCEL = "cancel", _("Les annuler")
    UNASSIGN = "unassign", _("Retirer l’intervenant : elles attendent quelqu’un d’autre")


def inside(absence: Absence, actor: Actor, today: date) -> list[Intervention]:
    """Return the visits of an absence that nobody has declared, from today on, as far as the actor sees them."""
    mine: Any = Intervention.objects.visible_to(actor).filter(status__in=STANDING, declared_start__isnull=True)
    person = {"client": absence.client_id} if absence.client_id else {"intervenant": absence.intervenant_id}
    found = mine.filter(**person, day__gte=max(absence.starts_on, today))
    if absence.ends_on:
        found = found.filter(day__lte=absence.ends_on)
    return list(found.in_order().select_related("client", "intervenant", "prestation"))


def enter(
    absence: Absence,
    fate: Fate,
    *,
    motif_id: int | None = None,
    reason: str = "",
    actor: Actor,
    at: datetime,
    key: str,
) -> Outcome | None:
    """Save an absence, new or corrected, and do to its visits what was chosen, as one press.

    None where its visits are kept. Refuses (Refused, Guard.RIGHT) whoever may not plan, and Guard.REASON or
    Guard.MOTIF where what the choice needs is missing: nothing is saved then.
    """
    permit(Action.PLAN, actor)
    if fate is Fate.CANCEL and motif_id is None:
        raise Refused(Guard.MOTIF)
    if fate is Fate.UNASSIGN and not reason.strip():
        raise Refused(Guard.REASON)
    with transaction.atomic():
        absence.save()
        if fate is Fate.KEEP:
            return None
        changes = [_change(visit, fate, motif_id, reason) for visit in _concerned(absence, fate, actor, at)]
        return operations.apply(changes, actor=actor, at=at, key=key)


def _concerned(absence: Absence, fate: Fate, actor: Actor, at: datetime) -> list[Intervention]:
    found = inside(absence, actor, actor.today(at))
    return [visit for visit in found if fate is Fate.CANCEL or visit.status == Status.PLANNED]


def _change(visit: Intervention, fate: Fate, motif_id: int | None, reason: str) -> Change:
    if fate is Fate.CANCEL:
        return Change(Action.CANCEL, visit.pk, visit.version, motif_id=motif_id)
    return Change(Action.UNASSIGN, visit.pk, visit.version, reason=reason)


def remove(absence: Absence, actor: Actor) -> None:
    """Remove an absence that was entered by mistake; its visits stay as they are. Refused without the right."""
    permit(Action.PLAN, actor)
    absence.delete()
