"""Clients: the list, and the fiche with its tabs."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from interventions import recent
from interventions.models import Client, Contrat
from interventions.querysets import InterventionQuerySet
from interventions.states import Right
from portals.manager import absences, acts, personal, visible, waiting
from portals.manager.registry import words
from portals.manager.series import going_on
from portals.web import paging, planning, rhythm
from portals.web.pages import page
from portals.web.requests import ActorRequest

NO_ADDRESS = "sans"
ARCHIVED = "archives"
PLANNING = "planning"


@require_GET
def index(request: ActorRequest) -> HttpResponse:
    """List the clients by name, 50 a page; ?q= searches, ?etat=archives shows who is put away.

    ?adresse=sans keeps those whom no mail reaches, those who were entered first before the others, as on Accueil.
    """
    typed = request.GET.get("q", "").strip()
    no_address = request.GET.get("adresse") == NO_ADDRESS
    today = request.actor.today(request.now)
    archived = request.GET.get("etat") == ARCHIVED
    found: Any = Client.objects.visible_to(request.actor).filter(archived_at__isnull=not archived)
    if no_address:
        found = waiting.clients_without_mails(request.actor, today)
    key = "id" if no_address else "sort_name"
    cut = paging.cut(found.found_by(typed).select_related("secteur", "user"), key, request.GET)
    context = {"cut": cut, "typed": typed, "no_address": no_address, "archived": archived}
    context["may_manage"] = request.actor.has(Right.MANAGE)
    return page(request, "manager/clients.html", context, fragment="rows")


@require_GET
def sheet(request: ActorRequest, public_id: UUID) -> HttpResponse:
    """Show a client: who they are, or (?onglet=planning) what is planned and done."""
    client = visible.client(request, public_id)
    recent.note(request.actor, client)
    context: dict[str, Any] = {"client": client, "tab": request.GET.get("onglet", "")}
    context["may_manage"] = request.actor.has(Right.MANAGE) and not client.anonymised_at
    context["may_give_data"] = personal.may_give(request, client)
    context |= _planning(request, client) if context["tab"] == PLANNING else _identity(request, client)
    return page(request, "manager/client.html", context)


def _identity(request: ActorRequest, client: Client) -> dict[str, Any]:
    today = request.actor.today(request.now)
    contrats = Contrat.objects.visible_to(request.actor).filter(client_id=client.pk).select_related("prestation")
    proches = client.proches.filter(agence_id=request.actor.agence_id).select_related("user")
    waits = waiting.clients_without_mails(request.actor, today).filter(pk=client.pk).exists()
    return {
        "facts": _facts(client),
        "contrats": contrats.order_by("-starts_on", "-id"),
        "proches": proches.order_by("starts_on", "id"),
        "today": today,
        "no_mails": waits,
        "absences": absences.listed(request, client=client.pk),
        "record": words.record(client),
    }


def _facts(client: Client) -> list[tuple[str, str]]:
    town = f"{client.postal_code} {client.city}".strip()
    rows = [
        (_("Numéro"), client.number),
        (_("Adresse"), ", ".join(part for part in (client.address, town) if part)),
        (_("Téléphone"), client.phone),
        (_("Code d’accès"), client.access_code),
        (_("Secteur"), str(client.secteur or "")),
        (_("Adresse e-mail"), client.user.email if client.user else ""),
        (_("Mails"), _("reçoit les mails") if client.gets_mails else _("ne souhaite pas de mail")),
        (_("Rythme choisi"), rhythm.words(client.agence_id, client.user)),
    ]
    if client.tacit_opt_out:
        rows.append((_("Validation sans réponse"), _("refusée")))
    return [(name, value or "—") for name, value in rows]


def _planning(request: ActorRequest, client: Client) -> dict[str, Any]:
    today = request.actor.today(request.now)
    shown = planning.asked(request.GET, today)
    visits: InterventionQuerySet = client.interventions.visible_to(request.actor).filter(withdrawn=False)
    return {
        "planning": planning.build(visits, request.actor, shown, today, acts.visit_url, who=carer),
        "series": going_on(request, client),
    }


def carer(visit: Any) -> str:
    """Name the intervenant to the agency, in full."""
    return visit.intervenant.full_name if visit.intervenant else _("Intervenant à désigner")


def client_url(client: Client) -> str:
    """Return the address of a client's fiche."""
    return reverse("gestion:client", args=[client.public_id])
