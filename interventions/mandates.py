"""Mandates: who may act for a client. Naming, changing and ending them; each step is on record.

The client names proches, from their portal; the agency names anybody, with a paper in hand. Ending takes effect with
the transaction: who may act is read anew at each request, and the links in mails end here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from interventions import links, mandate_letters
from interventions.actor import Actor
from interventions.models import Client, MandateEntry, MandateStep, Proche, ProcheKind, User
from interventions.states import Right, Role

# What one client's side may write in a day: a naming or a change sends a mail to an address that somebody typed.
NAMINGS_A_DAY = 10

NOT_YOURS = gettext_lazy("Seuls le client et l’agence désignent qui agit pour lui.")
BY_THE_AGENCY = gettext_lazy("L’agence désigne les mandataires et les tuteurs : appelez-la.")
NO_PAPER = gettext_lazy("Dites quel document vous avez vu.")
ALREADY = gettext_lazy("Cette adresse agit déjà pour ce client : modifiez son mandat.")
OVER = gettext_lazy("Ce mandat est terminé : donnez-en un nouveau.")
TOO_MANY = gettext_lazy("Trop de désignations aujourd’hui : recommencez demain, ou appelez l’agence.")
TOO_MANY_CHANGES = gettext_lazy("Trop de changements aujourd’hui : recommencez demain, ou appelez l’agence.")
NOBODY = gettext_lazy("Ce client a été anonymisé.")
BACKWARDS = gettext_lazy("Le mandat finit avant de commencer.")


class Refused(Exception):
    """A step that does not go; its text is French and fit for the screen."""

    def __init__(self, words: Promise | str) -> None:
        super().__init__(str(words))


@dataclass(frozen=True, slots=True)
class Person:
    """Whom a mandate names."""

    email: str
    last_name: str
    first_name: str = ""


@dataclass(frozen=True, slots=True)
class Terms:
    """What a mandate allows, and when; both dates included. To see is what every mandate allows."""

    starts_on: date
    ends_on: date | None = None
    kind: ProcheKind = ProcheKind.PROCHE
    may_validate: bool = True
    may_contest: bool = True
    gets_mails: bool = False


def may_name(actor: Actor) -> bool:
    """Return whether the actor names who acts for their client: the client in person, or the agency."""
    if actor.role is Role.CLIENT:
        return actor.may_act
    return actor.role is Role.MANAGER and actor.has(Right.MANAGE)


def may_change(actor: Actor, mandate: Proche) -> bool:
    """Return whether the actor changes or ends that mandate; what the agency gave, the agency takes back."""
    if mandate.ended_at is not None or not may_name(actor):
        return False
    return actor.role is Role.MANAGER or mandate.kind == ProcheKind.PROCHE


def name(actor: Actor, client: Client, person: Person, terms: Terms, *, at: datetime, paper: str = "") -> Proche:
    """Give a mandate and tell the person by mail how to sign in; an unknown address gets its account.

    `client` is one that the actor may see. Refuses in words (Refused) who may not, a second running mandate of the
    same person, dates that run backwards, and for the agency a missing paper.
    """
    with transaction.atomic():
        held: Any = Client.objects.select_for_update().get(pk=client.pk, agence_id=actor.agence_id)
        if held.anonymised_at:
            raise Refused(NOBODY)
        _check(actor, terms, paper)
        user = _account(person.email)
        if _running(client, user, actor.today(at)).exists():
            raise Refused(ALREADY)
        if actor.role is Role.CLIENT and _written_lately(client, at) >= NAMINGS_A_DAY:
            raise Refused(TOO_MANY)
        made = Proche.objects.create(
            agence_id=actor.agence_id,
            client=client,
            user=user,
            last_name=person.last_name,
            first_name=person.first_name,
            **asdict(terms),
        )
        _record(made, MandateStep.NAMED, actor, terms, paper, at)
        mandate_letters.tell(MandateStep.NAMED, made, actor, at)
    return made


def change(actor: Actor, mandate: Proche, terms: Terms, *, at: datetime, paper: str = "") -> None:
    """Change what a mandate allows, from this moment on, and tell the person by mail. Refuses like `name`.

    Where the terms stay as they are nobody is told: a further paper concerns the agency's record only.
    """
    with transaction.atomic():
        held = _held(actor, mandate)
        _check(actor, terms, paper)
        changes = {field: value for field, value in asdict(terms).items() if getattr(held, field) != value}
        if changes and actor.role is Role.CLIENT and _written_lately(held.client, at) >= NAMINGS_A_DAY:
            raise Refused(TOO_MANY_CHANGES)
        for field, value in changes.items():
            setattr(held, field, value)
        held.save()
        _record(held, MandateStep.CHANGED, actor, terms, paper, at)
        if changes:
            mandate_letters.tell(MandateStep.CHANGED, held, actor, at)


def end(actor: Actor, mandate: Proche, *, at: datetime, paper: str = "") -> None:
    """End a mandate at once, the links in mails included, and tell the person by mail. Refuses in words who may not.

    Whose mandate had run out by its own date is not told again.
    """
    with transaction.atomic():
        held = _held(actor, mandate)
        held.ended_at = at
        held.save(update_fields=["ended_at"])
        links.end([held.user_id], held.client_id, at)
        _record(held, MandateStep.ENDED, actor, None, paper, at)
        if held.ends_on is None or held.ends_on >= actor.today(at):
            mandate_letters.tell(MandateStep.ENDED, held, actor, at)


def _held(actor: Actor, mandate: Proche) -> Proche:
    held = Proche.objects.select_for_update().get(pk=mandate.pk, agence_id=actor.agence_id)
    if held.ended_at is not None:
        raise Refused(OVER)
    if not may_change(actor, held):
        raise Refused(BY_THE_AGENCY if may_name(actor) else NOT_YOURS)
    return held


def _check(actor: Actor, terms: Terms, paper: str) -> None:
    if not may_name(actor):
        raise Refused(NOT_YOURS)
    if actor.role is not Role.MANAGER and terms.kind != ProcheKind.PROCHE:
        raise Refused(BY_THE_AGENCY)
    if actor.role is Role.MANAGER and not paper.strip():
        raise Refused(NO_PAPER)
    if terms.ends_on is not None and terms.ends_on < terms.starts_on:
        raise Refused(BACKWARDS)


def _account(email: str) -> User:
    address = email.strip().lower()
    return User.objects.filter(email=address).first() or User.objects.create_user(address)


def _running(client: Client, user: User, today: date) -> Any:
    not_over = Q(ends_on__isnull=True) | Q(ends_on__gte=today)
    return Proche.objects.filter(not_over, client=client, user=user, ended_at=None)


def _written_lately(client: Client, at: datetime) -> int:
    """Count what this client's side has had written to others in the last day; ending is never held up."""
    writing = (MandateStep.NAMED, MandateStep.CHANGED)
    named = MandateEntry.objects.filter(step__in=writing, role=Role.CLIENT, at__gt=at - timedelta(days=1))
    return named.filter(agence_id=client.agence_id, proche__client=client).count()


def _record(mandate: Proche, step: MandateStep, actor: Actor, terms: Terms | None, paper: str, at: datetime) -> None:
    MandateEntry.objects.create(
        agence_id=actor.agence_id,
        proche=mandate,
        step=step,
        at=at,
        actor_id_kept=actor.user_id,
        actor_name=actor.name,
        role=str(actor.role),
        paper=paper.strip(),
        after=_as_json(asdict(terms)) if terms else {},
    )


def _as_json(values: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value.isoformat() if isinstance(value, date) else value for key, value in values.items()}
