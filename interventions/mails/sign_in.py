"""The mail of a sign-in code."""

from __future__ import annotations

from django.utils.translation import gettext as _

from interventions.mails.letterhead import Letterhead
from interventions.mails.rendering import Content, written
from interventions.models import Topic


def letter(code: str, head: Letterhead, minutes: int) -> Content:
    """Return the mail that tells a code, which serves for so many minutes; the code stands in no subject."""
    said = _("Il sert une fois, pendant %(minutes)d minutes.") % {"minutes": minutes}
    context = {"preview": said, "code": code, "minutes": minutes, "sentence": head.sentence(Topic.SIGN_IN)}
    return written("sign_in", _("Votre code de connexion"), head, context)
