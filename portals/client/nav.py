"""The places of the client's portal, with how many visits wait there."""

from django.db.models import Count, Q
from django.urls import reverse
from django.utils.translation import gettext as _

from interventions.models import Intervention
from interventions.states import Role, Status
from portals.web.nav import NavEntry
from portals.web.requests import ActorRequest

UNDER_WAY = (Status.CONTESTED, Status.ARBITRATION)
AWAITING = tuple(status for status in Status if status.turn is Role.CLIENT)


def entries(request: ActorRequest) -> list[NavEntry]:
    """Return the places in order; both counts come from one statement."""
    # Those alone: years of settled visits are not counted to find none of them.
    open_ones = Intervention.objects.visible_to(request.actor).filter(status__in=AWAITING + UNDER_WAY)
    waiting = open_ones.aggregate(
        mine=Count("id", filter=Q(status__in=AWAITING)), asked=Count("id", filter=Q(status__in=UNDER_WAY))
    )
    return [
        _entry(request, "prestations", _("Mes prestations"), "list-check", waiting["mine"], _("visites à valider")),
        _entry(request, "planning", _("Mon planning"), "calendar"),
        _entry(request, "historique", _("Historique"), "history"),
        _entry(request, "demandes", _("Mes demandes"), "comment", waiting["asked"], _("demandes en cours")),
        *([_entry(request, "proches", _("Mes proches"), "users")] if request.actor.role is Role.CLIENT else []),
    ]


def _entry(
    request: ActorRequest, name: str, label: str, icon: str, count: int | None = None, counted: str = ""
) -> NavEntry:
    """Return one place; only what waits for this person's answer is marked as due."""
    url = reverse(f"client:{name}")
    return NavEntry(label, url, icon, count, counted, due=name == "prestations", current=request.path == url)
