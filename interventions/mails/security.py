"""The mail that says what changed in how somebody's account is protected."""

from __future__ import annotations

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from interventions.mails.letterhead import Letterhead
from interventions.mails.rendering import Content, written


def letter(said: str | Promise, head: Letterhead, further: str = "") -> Content:
    """Return the mail: what happened, in a sentence, and what follows from it, if anything does."""
    context = {"preview": said, "further": further, "url": f"{settings.BASE_URL}/compte/"}
    return written("security", _("La protection de votre compte a changé"), head, context)


def of_reset(head: Letterhead, by: str) -> Content:
    """Return the mail to whoever lost their second factor, which somebody took off their account."""
    said = _("%(by)s a réinitialisé votre deuxième facteur.") % {"by": by}
    further = _(
        "Vos appareils sont déconnectés. À la prochaine connexion, votre code par mail ou votre mot de passe suffit ; "
        "ajoutez ensuite un autre deuxième facteur depuis votre compte."
    )
    return letter(said, head, further)
