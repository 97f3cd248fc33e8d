"""The tabs of the portal, with what waits behind each."""

from django.db.models import Count, Q
from django.urls import reverse
from django.utils.translation import gettext as _

from interventions.states import Status
from portals.intervenant import visits
from portals.web.nav import NavEntry
from portals.web.requests import ActorRequest


def entries(request: ActorRequest) -> list[NavEntry]:
    """Return the tabs; their two counts cost one statement."""
    waiting = visits.waiting(request.actor, request.now).values("pk")
    # Those alone: years of settled visits are not counted to find none of them.
    counts = (
        visits.mine(request.actor)
        .filter(status__in=(Status.PLANNED, Status.CONTESTED))
        .aggregate(
            waiting=Count("pk", filter=Q(pk__in=waiting)),
            contested=Count("pk", filter=Q(status=Status.CONTESTED)),
        )
    )
    here = request.path
    planning, interventions, refusals, history = (
        reverse(f"intervenant:{name}") for name in ("planning", "interventions", "refusals", "history")
    )
    return [
        NavEntry(_("Mon planning"), planning, "calendar", current=here == planning),
        NavEntry(
            _("Mes interventions"),
            interventions,
            "list-check",
            counts["waiting"],
            _("à valider"),
            current=here.startswith((interventions, reverse("intervenant:validations"))),
        ),
        NavEntry(
            _("Refusées"),
            refusals,
            "refused",
            counts["contested"],
            _("à traiter"),
            due=True,
            current=here.startswith(refusals),
        ),
        NavEntry(_("Historique"), history, "history", current=here.startswith(history)),
    ]
