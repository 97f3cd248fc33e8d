"""The mail to somebody to whom the agency's desk is opened."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.utils.translation import gettext as _

from interventions import notifications
from interventions.actor import Actor
from interventions.mails import letterhead
from interventions.mails.letterhead import Letterhead
from interventions.mails.rendering import Content, written
from interventions.models import Gestionnaire
from interventions.tasks import nudge


def tell(member: Gestionnaire, actor: Actor, at: datetime) -> None:
    """Write the mail that says who opened the desk, and how to sign in."""
    told = letter(member, actor.name, letterhead.of(actor.agence))
    notifications.queue_access(member.user, actor.agence, told.subject, told.text, told.html, at)
    nudge()


def letter(member: Gestionnaire, by: str, head: Letterhead) -> Content:
    """Return the mail."""
    names = {"agence": head.agence.name, "by": by}
    context = {
        "preview": _("%(by)s vous donne accès à la gestion de %(agence)s.") % names,
        "member": member,
        "url": f"{settings.BASE_URL}/compte/connexion/",
    }
    return written("access", _("Votre accès à la gestion de %(agence)s") % names, head, context)
