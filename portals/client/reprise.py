"""Reprendre: an answer of the client's side is taken back while nobody has acted on it."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from interventions.states import Action
from portals.client.presses import press, refused, see_other, settled
from portals.client.visits import find
from portals.web.requests import ActorRequest

LIST = "liste"


@require_POST
def reprise(request: ActorRequest, public_id: UUID) -> HttpResponse:
    """Take the answer back; lead to the list if the press came from there, else to the visit."""
    visit = find(request, public_id)
    row = press(request, visit, Action.RETRACT)
    if not row.done:
        return refused(request, visit, row)
    if request.POST.get("retour") == LIST:
        return settled(request, visit)
    messages.success(request, _("C’est repris. La visite attend de nouveau votre réponse."))
    return see_other(visit.at["visite"])
