"""The menu of the gestionnaires' portal, with what waits."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _

from portals.manager import waiting
from portals.web.nav import NavEntry
from portals.web.requests import ActorRequest

# Mounted beside this portal, which does not know it.
TRACKING = "/suivi/"


def entries(request: ActorRequest) -> list[NavEntry]:
    """Return the places of this portal, the one that `request` is in marked."""
    counts = waiting.counts(request)
    places = [
        ("home", _("Accueil"), "home", sum(counts.values()), False),
        ("deliberations", _("À délibérer"), "scale", counts[waiting.Subject.ARBITRATION.name], True),
        ("planning", _("Planning"), "calendar", None, False),
        ("clients", _("Clients"), "users", None, False),
        ("intervenants", _("Intervenants"), "user", None, False),
        ("contrats", _("Contrats"), "contract", None, False),
        ("mails", _("Boîte d’envoi"), "mail", counts["MAILS"], False),
    ]
    items = [_entry(request, *place) for place in places]
    return [
        *items,
        _lists(request),
        _analysis(request),
        _entry(request, "settings", _("Paramètres"), "settings", None, False),
    ]


def _entry(request: ActorRequest, name: str, label: str, icon: str, count: int | None, due: bool) -> NavEntry:
    url = reverse(f"gestion:{name}")
    current = request.path == url or (name != "home" and request.path.startswith(url))
    return NavEntry(label, url, icon, count, _("en attente"), due, current)


def _lists(request: ActorRequest) -> NavEntry:
    """Return the short lists that the agency keeps."""
    places = (
        ("prestation-list", _("Prestations")),
        ("motif-list", _("Motifs")),
        ("motivation-list", _("Motivations types")),
        ("secteur-list", _("Secteurs")),
    )
    return NavEntry(
        _("Listes"), icon="list-check", children=tuple(_entry(request, *one, "", None, False) for one in places)
    )


def _analysis(request: ActorRequest) -> NavEntry:
    """Return the branch that the reference page names, down to the tracking of validations."""
    current = request.path.startswith(TRACKING)
    leaf = NavEntry(_("Suivi des validations"), TRACKING, current=current)
    automatic = NavEntry(_("Interventions automatiques"), children=(leaf,))
    control = NavEntry(_("Contrôle des informations"), children=(automatic,))
    return NavEntry(_("Analyse"), icon="chart", children=(control,))
