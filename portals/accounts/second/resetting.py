"""The operator takes a second factor off an account whose owner lost all of it."""

from __future__ import annotations

from django.db import transaction

from interventions import clock, notifications, tasks
from interventions.mails import letterhead, security
from interventions.models import Gestionnaire, User
from interventions.registry import staff
from interventions.states import Role
from interventions.tenancy import within
from portals.web import second_factor
from portals.web.actors import actors_of


@transaction.atomic
def reset(user: User) -> None:
    """Do it: every session ends, each agency whose desk the account opens has it on record, a mail says so.

    Whoever has no desk is told by the agency of their first role.
    """
    now = clock.now()
    actors = actors_of(user, now)
    second_factor.forget(user)
    desks = [actor for actor in actors if actor.role is Role.MANAGER]
    for actor in desks:
        with within(actor.agence_id):
            member = Gestionnaire.objects.select_related("agence", "user").get(user=user, agence=actor.agence)
            staff.note_reset_by_operator(member, now)
    if actors and not desks:
        agence = actors[0].agence
        with within(agence.pk):
            told = security.of_reset(letterhead.of(agence), str(staff.OPERATOR))
            notifications.queue_security(user, agence, told.subject, told.text, told.html, now)
        tasks.nudge()
