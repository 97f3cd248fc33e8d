"""Anonymising a whole person of an agency: what tells of them goes for good, what counts stays.

All of it or nothing, in one transaction; once done it does nothing more, and nothing takes it back.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from interventions.actor import Actor
from interventions.erasure import accounts, words
from interventions.erasure.erasing import erasing
from interventions.erasure.obstacles import mandates_of, obstacles
from interventions.erasure.subjects import Fiche, Subject, subject_of
from interventions.guards import Guard
from interventions.models import (
    Absence,
    Attachment,
    Client,
    Gestionnaire,
    Intervenant,
    MandateEntry,
    MandateStep,
    Proche,
    RegistryStep,
)
from interventions.operations import Refused
from interventions.registry.recording import record
from interventions.sealing import seal
from interventions.states import Right, Role


class StillRunning(Exception):
    """Something of the person still runs; `obstacles` say what, in words."""

    def __init__(self, found: list[str]) -> None:
        super().__init__(" ".join(found))
        self.obstacles = found


@dataclass(frozen=True)
class Extent:
    """What an anonymisation would touch: how much goes, how much stays."""

    obstacles: list[str]
    texts: int
    mails: int
    scans: int
    absences: int
    mandates: int
    visits: int


def may(actor: Actor, row: Fiche) -> bool:
    """Return whether the actor may anonymise: administration, and all secteurs for who works in all of them."""
    one_secteur = isinstance(row, Client | Proche)
    return actor.role is Role.MANAGER and actor.has(Right.ADMINISTER) and (one_secteur or actor.secteur_ids is None)


def extent(row: Fiche, now: datetime) -> Extent:
    """Return what anonymising somebody would take away and leave, and what stands in its way."""
    subject = subject_of(row)
    is_client = isinstance(row, Client)
    whose = {"client" if is_client else "intervenant": row}
    has_visits = isinstance(row, Client | Intervenant)
    inside = subject.visits().values("pk")
    return Extent(
        obstacles(subject, now),
        subject.texts().exclude(salt=b"").count(),
        subject.mails().exclude(subject=words.erased()).count(),
        Attachment.objects.filter(**subject.own, intervention__in=inside).count() if is_client else 0,
        Absence.objects.filter(**subject.own, **whose).count() if has_visits else 0,
        len(mandates_of(row)) if isinstance(row, Client) else 0,
        subject.visits().filter(withdrawn=False).count(),
    )


def anonymise(row: Fiche, actor: Actor, at: datetime) -> bool:
    """Anonymise the person of a fiche that the actor may see; False where that was done before.

    Raises Refused (Guard.RIGHT) for who may not, StillRunning where something runs. The system may.
    """
    if actor.role is not Role.SYSTEM and not may(actor, row):
        raise Refused(Guard.RIGHT)
    with transaction.atomic():
        held: Any = (
            type(row)._default_manager.select_for_update(of=("self",)).get(pk=row.pk, agence_id=actor.agence_id)
        )
        if held.anonymised_at:
            return False
        found = obstacles(subject_of(held), at)
        if found:
            raise StillRunning(found)
        seal.hold(actor.agence_id)
        with erasing():
            if isinstance(held, Client):
                for mandate in mandates_of(held):
                    _mandate_goes(mandate, actor, at)
            _goes(held, actor, at)
    return True


def _mandate_goes(mandate: Proche, actor: Actor, at: datetime) -> None:
    """Let a mandate go with its client; one that still runs ends."""
    if not mandate.anonymised_at:
        mandate.ended_at = mandate.ended_at or at
        _goes(mandate, actor, at)


def _goes(row: Any, actor: Actor, at: datetime) -> None:
    subject = subject_of(row)
    words.of_texts(subject.texts())
    words.of_mails(subject.mails(), subject.accounts)
    words.of_visits(subject)
    words.of_presses(subject.presses())
    if isinstance(row, Client):
        words.of_presses(words.grounds_about(row))
    words.of_records(subject)
    _empty(row, at)
    _let_accounts_go(subject)
    _note(row, actor, at)


def _empty(row: Any, at: datetime) -> None:
    """Empty the columns of a fiche; its number stays, by which invoices and pay know it."""
    row.anonymised_at = at
    row.last_name, row.first_name = name(), ""
    if isinstance(row, Client | Intervenant):
        row.civility = row.phone = ""
        row.user = None
    if isinstance(row, Client):
        row.address = row.postal_code = row.city = row.access_code = ""
        row.gets_mails = False
    if isinstance(row, Intervenant):
        row.calendar_digest = row.calendar_since = row.weekly_minutes = None
    row.save()


def name() -> str:
    """Return what stands in the place of a name."""
    return _("Personne anonymisée")


def _let_accounts_go(subject: Subject) -> None:
    for user_id in subject.accounts:
        if not accounts.release(user_id):
            _leave_account(subject, user_id)


def _leave_account(subject: Subject, user_id: int) -> None:
    """Part a fiche from an account that goes on elsewhere."""
    row = subject.row
    if isinstance(row, Proche | Gestionnaire) and row.user_id == user_id:
        row.user = accounts.a_nobody()
        row.save(update_fields=["user"])
    others = (Client, Intervenant, Proche, Gestionnaire)
    if not any(one._base_manager.filter(agence_id=subject.agence_id, user=user_id).exists() for one in others):
        accounts.forget(user_id, agence_id=subject.agence_id)


def _note(row: Any, actor: Actor, at: datetime) -> None:
    """Put it on record, without a word of what went."""
    if not isinstance(row, Proche):
        record(row, RegistryStep.ANONYMISED, actor, at, {"anonymised_at": None}, {"anonymised_at": at})
        return
    MandateEntry.objects.create(
        agence_id=actor.agence_id,
        proche=row,
        step=MandateStep.ANONYMISED,
        at=at,
        actor_id_kept=actor.user_id,
        actor_name=actor.name,
        role=str(actor.role),
    )
