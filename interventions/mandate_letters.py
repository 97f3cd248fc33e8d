"""The mails of a mandate: to whoever is named, and when what they may do changes or ends."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from interventions import notifications
from interventions.actor import Actor
from interventions.mails import letterhead
from interventions.mails.letterhead import Letterhead
from interventions.mails.rendering import Content, written
from interventions.models import MandateStep, Proche, Topic
from interventions.states import Role
from interventions.tasks import nudge


@dataclass(frozen=True, slots=True)
class _Words:
    """What a step's mail says: its template, its subject, and who took the step, the client or the agency."""

    template: str
    subject: Promise
    by_client: Promise
    by_agence: Promise


_WORDS = {
    MandateStep.NAMED: _Words(
        "mandate",
        gettext_lazy("Vous pouvez agir pour %(client)s"),
        gettext_lazy("%(client)s vous a désigné pour suivre ses visites à domicile."),
        gettext_lazy("%(agence)s vous a enregistré pour suivre les visites à domicile de %(client)s."),
    ),
    MandateStep.CHANGED: _Words(
        "mandate_changed",
        gettext_lazy("Ce que vous pouvez faire pour %(client)s change"),
        gettext_lazy("%(client)s a changé ce que vous pouvez faire. Voici ce qui vaut maintenant."),
        gettext_lazy("%(agence)s a changé ce que vous pouvez faire pour %(client)s. Voici ce qui vaut maintenant."),
    ),
    MandateStep.ENDED: _Words(
        "mandate_ended",
        gettext_lazy("Vous n’agissez plus pour %(client)s"),
        gettext_lazy("%(client)s a mis fin à votre mandat."),
        gettext_lazy("%(agence)s a mis fin à votre mandat pour %(client)s."),
    ),
}


def tell(step: MandateStep, mandate: Proche, actor: Actor, at: datetime) -> None:
    """Write the mail that says who took this step and what holds from now on."""
    told = letter(step, mandate, letterhead.of(actor.agence), by_client=actor.role is Role.CLIENT)
    notifications.queue_mandate(mandate.user, actor.agence, told.subject, told.text, told.html, at)
    nudge()


def letter(step: MandateStep, mandate: Proche, head: Letterhead, *, by_client: bool) -> Content:
    """Return the mail that says who took this step, and what the person may do and how from now on."""
    words, names = _WORDS[step], {"client": mandate.client.full_name, "agence": head.agence.name}
    context = {
        "preview": (words.by_client if by_client else words.by_agence) % names,
        "mandate": mandate,
        "url": f"{settings.BASE_URL}/compte/connexion/",
        "sentence": head.sentence(Topic.MANDATE),
    }
    return written(words.template, words.subject % names, head, context)
