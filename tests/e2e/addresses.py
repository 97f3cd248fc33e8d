"""Every address of the product that a person can open, found by walking the URLconf, each with rows of the demo."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from allauth.mfa.models import Authenticator
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from interventions import clock, operations
from interventions.actor import Actor
from interventions.models import (
    Absence,
    Batch,
    Client,
    Contrat,
    Gestionnaire,
    GroundsTemplate,
    ImportRequest,
    Intervenant,
    Intervention,
    Mail,
    Motif,
    Period,
    Prestation,
    Proche,
    ProcheKind,
    Secteur,
    Series,
)
from interventions.states import Action, Status
from tracking.models import Export, SavedView, Selection

# The acts that a page is for, where its name does not say: it is opened on visits on which they are possible.
PURPOSES = {
    "modification": [Action.CONTEST],
    "annulation": [Action.CANCEL_BY_CLIENT],
    "contestation": [Action.OBJECT, Action.DISPUTE_CANCELLATION],
    "deliberation": [Action.ARBITRATE],
}
# No pages, with tests of their own: a mail in its frame, a scan, what a script asks who is signed in, a file,
# the head of the table, which the table's own page shows; what only an application has (test_second_factor.py).
NO_PAGES = {
    "agence_logo",
    "mfa_deactivate_totp",
    "gestion:import-refused",
    "gestion:mail-html",
    "gestion:mail-preview",
    "gestion:mail-trial",
    "gestion:scan",
    "intervenant:phone",
    "suivi:charts-small",
    "suivi:export-csv",
    "suivi:export-xlsx",
    "suivi:lot-fates",
    "suivi:book-file",
    "suivi:selection-export-file",
    "suivi:books-preview-file",
}
# What a page shows by its query, beside what it shows without.
QUERIES = {
    "client:planning": ["?vue=jour", "?vue=mois"],
    "gestion:client": ["?onglet=planning", "?onglet=planning&vue=mois"],
    "gestion:clients": ["?q=qu", "?q=personne", "?adresse=sans", "?etat=archives"],
    "gestion:intervenants": ["?etat=archives"],
    "gestion:attaching": ["?groupe=prevues", "?q=personne"],
    "gestion:contrats": ["?etat=draft", "?q=personne"],
    "gestion:motif-list": ["?etat=archives"],
    "gestion:motif-new": ["?liste=annulation"],
    "gestion:invitations": ["?groupe=clients&etat=a-inviter"],
    "gestion:home": ["?sujet=passees", "?sujet=toutes"],
    "gestion:intervenant": ["?onglet=planning"],
    "gestion:search": ["?q=qu", "?q=in0000", "?q=personne"],
    "gestion:planning": ["?vue=jour", "?vue=mois", "?q=personne"],
    "gestion:mails": ["?sort=queued"],
    "gestion:staff": ["?etat=partis"],
    "intervenant:planning": ["?vue=jour", "?vue=mois"],
    "suivi:index": ["?statut=done", "?du=2026-13-45", "?du=2020-01-01&au=2020-01-02", "?client-nom=e", "?attente=2"],
    "suivi:charts": ["?du=2020-01-01&au=2020-01-02"],
    "suivi:books": ["?type=billing"],
    "suivi:clients": ["?client-nom=e"],
    "suivi:views": ["?statut=done"],
}


def pages(space: str, actor: Actor) -> list[str]:
    """Return the addresses of a portal, or of those outside them all (an empty space), with this person's rows."""
    found = []
    for name, route in sorted(set(_names(get_resolver().url_patterns, space))):
        if name in NO_PAGES or not _is_page(route):
            continue
        if "<" in route:
            bare = [reverse(name, args=[key]) for key in _keys(route, name.partition(":")[2], actor)]
        else:
            bare = [reverse(name)]
        found += bare + [address + query for query in QUERIES.get(name, []) for address in bare[:1]]
    return found


def _is_page(route: str) -> bool:
    """Tell a page from a file, from what a secret opens (tests/e2e/test_link.py), and from what machines call."""
    return "<str:token>" not in route and "." not in route and not route.startswith("courrier/")


def _names(patterns: Iterable[Any], space: str, before: str = "", inside: str = "") -> Iterator[tuple[str, str]]:
    for one in patterns:
        route = before + str(one.pattern)
        if isinstance(one, URLResolver) and one.app_name != "admin":
            yield from _names(one.url_patterns, space, route, one.namespace or inside)
        elif isinstance(one, URLPattern) and one.name and inside == space:
            yield (f"{inside}:{one.name}" if inside else one.name), route


def _keys(route: str, page: str, actor: Actor) -> list[Any]:
    """Return the public ids of the rows on which a page is opened: visits mostly, else what its address names."""
    kind, agence = route.split("/")[1], actor.agence_id
    if kind == "deuxieme-facteur":
        return list(Authenticator.objects.filter(user=actor.user_id, type="webauthn").values_list("pk", flat=True))
    rows: dict[str, Any] = {
        "absences": Absence.objects,
        "clients": Client.objects,
        "contrats": Contrat.objects,
        "prestations": Prestation.objects,
        "motifs": Motif.objects,
        "motivations": GroundsTemplate.objects,
        "secteurs": Secteur.objects,
        "utilisateurs": Gestionnaire.objects.order_by("pk"),
        "imports": ImportRequest.objects,
        "intervenants": Intervenant.objects,
        "envois": Mail.objects.exclude(html=""),
        # A client changes those mandates only that they gave themselves.
        "proches": Proche.objects.filter(client=actor.client_id, kind=ProcheKind.PROCHE)
        if actor.client_id
        else Proche.objects,
        "selections": Selection.objects.filter(user=actor.user_id),
        "series": Series.objects,
        "visites": Intervention.objects.filter(status=Status.DONE),
        "vues": SavedView.objects,
        "paie-et-facturation": Export.objects,
        "lots": Batch.objects.filter(work__isnull=False, work__finished_at=None)
        if page == "lot-progress"
        else Batch.objects.exclude(ground=""),
    }
    if kind == "periodes":
        closed = Period.objects.filter(agence=agence, closed_at__isnull=False).values_list("month", flat=True)
        return [f"{month:%Y-%m}" for month in (actor.today(clock.now()), *closed)]
    if page == "import":
        # One at each stage: each of them is another page.
        return list(ImportRequest.objects.filter(agence=agence).values_list("public_id", flat=True))
    if kind != "interventions":
        return list(rows[kind].filter(agence=agence).values_list("public_id", flat=True)[:1])
    visits = Intervention.objects.visible_to(actor).in_order()
    return [visit.public_id for visit in _fitting(visits, page, actor)]


def _fitting(visits: Any, page: str, actor: Actor) -> list[Intervention]:
    """Return visits on which the page's act is possible; one of each status where it is for none in particular."""
    actions = PURPOSES.get(page) or [action for action in Action if action.value == page]
    if not actions:
        return [visit for status in Status if (visit := visits.filter(status=status).first())]
    possible = operations.possibilities(list(visits.values_list("pk", flat=True)), actor, clock.now())
    keys = [[pk for pk, one in possible.items() if action in one.actions][:1] for action in actions]
    return list(visits.filter(pk__in=[pk for some in keys for pk in some])) or list(visits[:1])
