"""A link that opens nothing: why, in words, and what to do instead."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from interventions.models import MailLink
from portals.client.link.opening import RENEWABLE, Closed

NOT_FOUND, GONE, UNAVAILABLE = 404, 410, 503

WORDS: dict[Closed, tuple[Promise, Promise]] = {
    Closed.UNKNOWN: (
        _("Ce lien n’est pas valable"),
        _("Il est peut-être incomplet. Ouvrez-le depuis le message reçu, ou connectez-vous."),
    ),
    Closed.GONE: (
        _("Ce lien ne sert plus"),
        _("L’adresse ou le mandat auquel il était lié a changé. Connectez-vous, ou appelez l’agence."),
    ),
    Closed.REPLACED: (
        _("Un lien plus récent existe"),
        _("Ouvrez le dernier message reçu. Si vous ne le trouvez pas, demandez un nouveau lien."),
    ),
    Closed.EXPIRED: (
        _("Ce lien a expiré"),
        _("Demandez un nouveau lien : il vous sera envoyé par mail, à la même adresse."),
    ),
    Closed.MODULE: (
        _("La validation est suspendue"),
        _("L’agence a suspendu la validation depuis le portail. Rien ne vous est demandé pour l’instant."),
    ),
    Closed.DONE: (
        _("Vous n’avez plus rien à faire ici"),
        _("Les visites de ce message ont toutes reçu leur réponse. Connectez-vous pour les revoir."),
    ),
}
STATUSES = {Closed.UNKNOWN: NOT_FOUND, Closed.MODULE: UNAVAILABLE}


def closed_page(request: HttpRequest, why: Closed, token: str, link: MailLink | None) -> HttpResponse:
    """Say why; a link that has expired or was replaced offers a new one."""
    title, text = WORDS[why]
    context = {
        "title": title,
        "text": text,
        "token": token,
        "renewable": why in RENEWABLE,
        "agence": link.agence if link else None,
    }
    return render(request, "client/link/closed.html", context, status=STATUSES.get(why, GONE))
