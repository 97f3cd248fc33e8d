"""The mails of a mandate: to whoever is named, and when what they may do changes or ends."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.utils.translation import gettext as _

from interventions import notifications
from interventions.actor import Actor
from interventions.mails import letterhead
from interventions.mails.letterhead import Letterhead
from interventions.mails.rendering import Content, written
from interventions.models import Client, MandateStep, Proche, Topic
from interventions.states import Role
from interventions.tasks import nudge


def tell(step: MandateStep, mandate: Proche, actor: Actor, at: datetime) -> None:
    """Write the mail that says who took this step and what holds from now on."""
    head, by_client = letterhead.of(actor.agence), actor.role is Role.CLIENT
    write = {MandateStep.NAMED: named, MandateStep.CHANGED: changed, MandateStep.ENDED: ended}[step]
    told = write(mandate, mandate.client, head, by_client=by_client)
    notifications.queue_mandate(mandate.user, actor.agence, told.subject, told.text, told.html, at)
    nudge()


def named(mandate: Proche, client: Client, head: Letterhead, *, by_client: bool) -> Content:
    """Return the mail that says what the person may do, and how to sign in."""
    if by_client:
        said = _("%(client)s vous a désigné pour suivre ses visites à domicile.")
    else:
        said = _("%(agence)s vous a enregistré pour suivre les visites à domicile de %(client)s.")
    subject = _("Vous pouvez agir pour %(client)s")
    return _written("mandate", subject, said, mandate, client, head)


def changed(mandate: Proche, client: Client, head: Letterhead, *, by_client: bool) -> Content:
    """Return the mail that says what the person may do from now on."""
    if by_client:
        said = _("%(client)s a changé ce que vous pouvez faire. Voici ce qui vaut maintenant.")
    else:
        said = _("%(agence)s a changé ce que vous pouvez faire pour %(client)s. Voici ce qui vaut maintenant.")
    subject = _("Ce que vous pouvez faire pour %(client)s change")
    return _written("mandate_changed", subject, said, mandate, client, head)


def ended(mandate: Proche, client: Client, head: Letterhead, *, by_client: bool) -> Content:
    """Return the mail that says that the person sees and does nothing for this client any more."""
    if by_client:
        said = _("%(client)s a mis fin à votre mandat.")
    else:
        said = _("%(agence)s a mis fin à votre mandat pour %(client)s.")
    subject = _("Vous n’agissez plus pour %(client)s")
    return _written("mandate_ended", subject, said, mandate, client, head)


def _written(template: str, subject: str, said: str, mandate: Proche, client: Client, head: Letterhead) -> Content:
    names = {"client": client.full_name, "agence": head.agence.name}
    context = {
        "preview": said % names,
        "mandate": mandate,
        "url": f"{settings.BASE_URL}/compte/connexion/",
        "sentence": head.sentence(Topic.MANDATE),
    }
    return written(template, subject % names, head, context)
