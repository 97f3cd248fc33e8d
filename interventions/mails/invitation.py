"""The invitation to an agency's portals: one mail for all that a person is there, made when it leaves."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from interventions.mails import letterhead
from interventions.mails.rendering import Content, written
from interventions.models import Client, Gestionnaire, Intervenant, Mail


def letter(mail: Mail) -> Content | None:
    """Return what the invitation says to what its reader is by now; None to who has no part there any more."""
    mine = {"agence_id": mail.agence_id, "user_id": mail.user_id}
    carer = Intervenant.objects.filter(archived_at=None, **mine).first()
    found: Any = Client.objects.filter(archived_at=None, **mine)
    clients: list[Client] = list(found.order_by("sort_name", "id"))
    member = Gestionnaire.objects.filter(ended_at=None, **mine).first()
    offers = [
        *([_("Vous y voyez votre planning, et vous y validez vos interventions une fois faites.")] if carer else []),
        *(_for_client(client, len(clients)) for client in clients),
        *([_("Vous y entrez dans la gestion de l’agence.")] if member else []),
    ]
    if not offers:
        return None
    head = letterhead.of(mail.agence)
    first = carer or member or clients[0]
    context = {
        "preview": _("%(agence)s vous ouvre un espace en ligne.") % {"agence": head.agence.name},
        "name": first.full_name if isinstance(first, Client) else str(first),
        "offers": offers,
        "email": mail.user.email,
        "url": f"{settings.BASE_URL}/compte/connexion/",
    }
    subject = _("Votre espace en ligne chez %(agence)s") % {"agence": head.agence.name}
    return written("invitation", subject, head, context)


def _for_client(client: Client, count: int) -> str:
    if count == 1:
        return _("Vous y voyez les visites prévues chez vous, et vous dites si elles ont bien eu lieu.")
    return _("Vous y voyez les visites prévues chez %(client)s, et vous dites si elles ont bien eu lieu.") % {
        "client": client.full_name
    }
