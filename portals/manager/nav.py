"""The menu of the gestionnaires' portal, with what waits."""

from __future__ import annotations

from functools import cache

from django.urls import reverse
from django.utils.translation import gettext as _

from interventions.imports.asking import may_import
from interventions.registry.staff import may_keep as may_keep_staff
from interventions.states import Right
from portals.manager import waiting
from portals.web.nav import NavEntry
from portals.web.requests import ActorRequest

# Mounted beside this portal, which does not know it.
TRACKING = "/suivi/"
BOOKS = "/suivi/paie-et-facturation/"
# One key each (portals/static/portals/js/keys.js); what they open stands in the menu under the same words.
KEYS = {
    "home": "a",
    "deliberations": "d",
    "planning": "p",
    "for-whom": "n",
    "clients": "c",
    "intervenants": "i",
    "contrats": "t",
    "mails": "m",
}
TRACKING_KEY = "s"
# Their address begins those of other places.
EXACT = {"home", "planning"}


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
    if request.actor.has(Right.MANAGE):
        places.insert(3, ("for-whom", _("Créer une visite"), "plus", None, False))
    if request.actor.agence.first_day:
        places.insert(1, ("first-day", _("Mise en route"), "list-check", None, False))
    items = [_entry(request, *place) for place in places]
    return [
        *items,
        _lists(request),
        _analysis(request),
        *([_entry(request, "imports", _("Imports"), "import", None, False)] if may_import(request.actor) else []),
        _entry(request, "periods", _("Périodes"), "lock", None, False),
        *([_entry(request, "staff", _("Utilisateurs"), "key", None, False)] if may_keep_staff(request.actor) else []),
        _entry(request, "settings", _("Paramètres"), "settings", None, False),
    ]


def _entry(request: ActorRequest, name: str, label: str, icon: str, count: int | None, due: bool) -> NavEntry:
    url = _address(name)
    current = request.path == url or (name not in EXACT and request.path.startswith(url))
    return NavEntry(label, url, icon, count, _("en attente"), due, current, key=KEYS.get(name, ""))


@cache
def _address(name: str) -> str:
    return reverse(f"gestion:{name}")


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
    books = request.path.startswith(BOOKS)
    current = request.path.startswith(TRACKING) and not books
    leaf = NavEntry(_("Suivi des validations"), TRACKING, current=current, key=TRACKING_KEY)
    automatic = NavEntry(_("Interventions automatiques"), children=(leaf,))
    control = NavEntry(_("Contrôle des informations"), children=(automatic,))
    if request.actor.secteur_ids is not None:
        return NavEntry(_("Analyse"), icon="chart", children=(control,))
    # Of the whole agency: who is limited to secteurs has no way there.
    pay = NavEntry(_("Paie et facturation"), BOOKS, current=books)
    return NavEntry(_("Analyse"), icon="chart", children=(control, pay))
