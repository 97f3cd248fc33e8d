"""Invitations to the portals: who is still to be invited, who is not and why, and the press that invites them.

A person is invited once by an agency, whatever they are there; what the mail says is made when it leaves, from what
they then are (`mails.invitation`). It is never due at night.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Case, CharField, Exists, OuterRef, Q, Value, When
from django.utils.translation import gettext_lazy as _

from interventions import rhythms
from interventions.actor import Actor
from interventions.models import (
    Agence,
    Client,
    Gestionnaire,
    Intervenant,
    Invitation,
    Mail,
    MailKind,
    MailPreference,
    Rhythm,
    columns,
)
from interventions.notifications import message_id
from interventions.states import Labelled, Right, Role
from interventions.tasks import nudge


class Group(Labelled):
    """Who is invited together; the value stands in addresses."""

    INTERVENANTS = "intervenants", _("Intervenants")
    CLIENTS = "clients", _("Clients")
    GESTIONNAIRES = "gestionnaires", _("Gestionnaires")


class Standing(Labelled):
    """Where somebody is with their invitation; the value stands in addresses."""

    TO_INVITE = "a-inviter", _("À inviter")
    INVITED = "invites", _("Déjà invités")
    NO_ADDRESS = "sans-adresse", _("Sans adresse e-mail")
    NO_MAILS = "sans-mails", _("Sans mails")


class NotAllowed(Exception):
    """The actor may not invite these people."""


def may(actor: Actor, group: Group) -> bool:
    """Whether the actor invites such people: clients and intervenants take gestion, gestionnaires administration."""
    right = Right.ADMINISTER if group is Group.GESTIONNAIRES else Right.MANAGE
    return actor.role is Role.MANAGER and actor.has(right)


def people(actor: Actor, group: Group) -> Any:
    """Return those of a group who are there and whom the actor sees, each with `standing`."""
    models: dict[Group, Any] = {
        Group.INTERVENANTS: Intervenant.objects,
        Group.CLIENTS: Client.objects,
        Group.GESTIONNAIRES: Gestionnaire.objects,
    }
    found = models[group].visible_to(actor)
    if group is Group.GESTIONNAIRES:
        found = found.filter(ended_at=None).exclude(pk=actor.gestionnaire_id)
    else:
        found = found.current()
    return found.annotate(standing=_standing(group))


def _standing(group: Group) -> Case:
    invited = Q(Exists(Invitation.objects.filter(agence=OuterRef("agence"), user=OuterRef("user"))))
    choices = MailPreference.objects.filter(agence=OuterRef("agence"), user=OuterRef("user"))
    refuses = Q(Exists(choices.filter(Q(rhythm=Rhythm.NONE) | Q(refused_address=OuterRef("user__email")))))
    unwilling = refuses | Q(user__is_active=False)
    if group is Group.CLIENTS:
        unwilling |= Q(gets_mails=False)
    if group is Group.GESTIONNAIRES:
        # Who has signed in has found the way.
        invited |= Q(user__last_login__isnull=False)
    return Case(
        When(user=None, then=Value(Standing.NO_ADDRESS)),
        When(invited, then=Value(Standing.INVITED)),
        When(unwilling, then=Value(Standing.NO_MAILS)),
        default=Value(Standing.TO_INVITE),
        output_field=CharField(),
    )


def invite(actor: Actor, groups: Collection[Group], at: datetime) -> int:
    """Invite those of these groups who are to be invited, and return how many; a constant number of statements.

    Two presses at once invite nobody twice. Raises NotAllowed for a group that the actor does not invite.
    """
    if not all(may(actor, group) for group in groups):
        raise NotAllowed
    with transaction.atomic():
        Agence.objects.select_for_update(no_key=True).get(pk=actor.agence_id)
        users: dict[int, str] = {}
        for group in groups:
            found = people(actor, group).filter(standing=Standing.TO_INVITE)
            users |= dict(found.order_by("pk").values_list("user_id", "user__email"))
        if users:
            _write(actor, users, at)
    return len(users)


def note(actor: Actor, user_id: int, at: datetime) -> None:
    """Put on record that another mail has told somebody how to come in."""
    Invitation.objects.get_or_create(
        agence_id=actor.agence_id,
        user_id=user_id,
        defaults={"at": at, "actor_id_kept": actor.user_id},
    )


def _write(actor: Actor, users: dict[int, str], at: datetime) -> None:
    choices, zone = rhythms.read(actor.agence_id, users), actor.zone
    ready = rhythms.by_day(at, zone)
    due = [rhythms.after_quiet(choices[user], ready, zone) if user in choices else ready for user in users]
    columns.insert(
        Mail,
        {
            "agence_id": [actor.agence_id],
            "kind": [str(MailKind.INVITATION)],
            "user_id": list(users),
            "to": list(users.values()),
            "message_id": [message_id() for _user in users],
            "created_at": [at],
            "due_at": due,
        },
    )
    columns.insert(
        Invitation,
        {
            "agence_id": [actor.agence_id],
            "user_id": list(users),
            "at": [at],
            "actor_id_kept": [actor.user_id],
        },
    )
    nudge()
