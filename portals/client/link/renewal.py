"""A new link in the place of one that has expired, by mail, to the address that got the first."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from interventions import clock, links
from interventions.models import MailLink
from interventions.tasks import nudge
from interventions.tenancy import within
from portals.client.link.closed import closed_page
from portals.client.link.opening import RENEWABLE, Closed, actors_for, opened, why_closed
from portals.client.presses import see_other


@require_POST
@never_cache
def renew(request: HttpRequest, token: str) -> HttpResponse:
    """Write the mail if there is anything to write; say the same whatever came of it."""
    link = links.find(token)
    if link is None:
        return closed_page(request, Closed.UNKNOWN, token, None)
    _write(link)
    said = _(
        "C’est noté. Si des visites attendent encore votre réponse, un nouveau lien part à votre adresse. "
        "Pour revenir sur une réponse déjà donnée, connectez-vous, ou appelez l’agence."
    )
    messages.info(request, said)
    return see_other(reverse("link_prestations", args=[token]))


def _write(link: MailLink) -> None:
    now = clock.now()
    with within(link.agence_id):
        actors = actors_for(link, now)
        if actors and why_closed(opened(link, actors), now) in RENEWABLE and links.renew(link, now):
            nudge()
