"""An agency comes into being, and its module goes on and off."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from interventions.actor import Actor
from interventions.guards import Guard
from interventions.models import Agence, Motif, MotifKind, SettingEntry
from interventions.operations.deciding import Refused
from interventions.states import Right
from interventions.tasks import nudge
from interventions.tenancy import within

# (label, opens hours, opens kilometres)
REFUS = (
    ("L’heure d’arrivée n’est pas la bonne", True, False),
    ("L’heure de départ n’est pas la bonne", True, False),
    ("La durée n’est pas la bonne", True, False),
    ("Les kilomètres ne sont pas les bons", False, True),
    ("Les heures et les kilomètres ne sont pas les bons", True, True),
)
# (label, billed, paid)
ANNULATION = (
    ("La visite n’a pas eu lieu", False, False),
    ("Client absent, hospitalisé ou parti", False, False),
    ("Client absent sans prévenir", True, True),
    ("Annulée par le client dans les délais", False, False),
    ("Annulée par le client hors délai", True, True),
    ("Intervenant absent ou empêché", False, False),
)


@transaction.atomic
def create_agence(name: str, **fields: Any) -> Agence:
    """Create an agency with a sensible first list of motifs, led through its first day; `fields` are its fields."""
    agence = Agence(name=name, **({"first_day": True} | fields))
    agence.full_clean(exclude=["public_id"])
    agence.save()
    with within(agence.pk):
        Motif.objects.bulk_create(_first_motifs(agence))
    return agence


def _first_motifs(agence: Agence) -> list[Motif]:
    refus = [
        Motif(agence=agence, kind=MotifKind.REFUS, label=label, opens_hours=hours, opens_km=km, position=place)
        for place, (label, hours, km) in enumerate(REFUS)
    ]
    annulation = [
        Motif(agence=agence, kind=MotifKind.ANNULATION, label=label, billed=billed, paid=paid, position=place)
        for place, (label, billed, paid) in enumerate(ANNULATION)
    ]
    return refus + annulation


@transaction.atomic
def choose(actor: Actor, values: Mapping[str, Any], at: datetime) -> list[str]:
    """Give fields of the agency these values, each already valid for its field; return the names that changed.

    What changed is one SettingEntry, with what stood before. Refuses (Refused, Guard.RIGHT) anybody without the right
    of administration.
    """
    if not actor.has(Right.ADMINISTER):
        raise Refused(Guard.RIGHT)
    agence = Agence.objects.select_for_update().get(pk=actor.agence_id)
    before = {name: getattr(agence, name) for name, value in values.items() if getattr(agence, name) != value}
    if not before:
        return []
    after = {name: values[name] for name in before}
    for name, value in after.items():
        setattr(agence, name, value)
        setattr(actor.agence, name, value)
    agence.save(update_fields=[*after])
    SettingEntry.objects.create(
        agence=agence,
        at=at,
        actor_id_kept=actor.user_id,
        actor_name=actor.name,
        role=actor.role,
        before=before,
        after=after,
    )
    return [*after]


def set_module(actor: Actor, enabled: bool, at: datetime) -> None:
    """Switch "Validation des interventions depuis le portail" on or off for the agency.

    Off, portals only show, the clock stops, mails that ask are held; on again, the days of silence count from `at`.
    Refuses (Refused, Guard.RIGHT) anybody without the right of administration.
    """
    if not choose(actor, {"module_enabled": enabled}, at):
        return
    if enabled:
        actor.agence.module_enabled_at = at
        Agence.objects.filter(pk=actor.agence_id).update(module_enabled_at=at)
    nudge()
