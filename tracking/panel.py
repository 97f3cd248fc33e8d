"""One visit beside the table: what it was to be, what was declared, proposed, and who has signed."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from django.http import Http404, HttpResponse, QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from interventions.guards import Facts
from interventions.models import Intervention, MailLine, Proposition
from interventions.states import Settled
from portals.web import format as fmt
from portals.web.pages import page
from portals.web.requests import ActorRequest
from tracking.address import Address
from tracking.labels import SHORT

NAME = "visite"
AROUND = ("client", "intervenant", "prestation", "contrat", "motif")


@require_safe
def sheet(request: ActorRequest, public_id: UUID) -> HttpResponse:
    """Show a visit beside the table that asked for it, whose address then holds it too; else on a page of its own."""
    visit = _visit(request, public_id)
    if visit is None:
        raise Http404
    query = _table_query(request)
    query.pop(NAME, None)
    context = _facts(visit, f"{reverse('suivi:index')}?{query.urlencode()}") | {"taken": True}
    answer = page(request, "tracking/visit.html", context, fragment="detail")
    query[NAME] = str(public_id)
    answer["HX-Push-Url"] = f"{reverse('suivi:index')}?{query.urlencode()}"
    return answer


def beside(request: ActorRequest, address: Address) -> dict[str, Any]:
    """Return the visit that an address of the table opens beside it; nothing where it opens none that can be seen."""
    try:
        visit = _visit(request, UUID(request.GET.get(NAME, "")))
    except ValueError:
        visit = None
    if visit is None:
        return {"visit": None, "open": None, "status_label": "", "facts": [], "close_url": "", "taken": False}
    query = request.GET.copy()
    query.pop(NAME)
    return _facts(visit, f"?{query.urlencode() or address.query()}") | {"taken": False}


def _table_query(request: ActorRequest) -> QueryDict:
    """Return the query of the table on screen."""
    here = urlsplit(request.htmx.current_url_abs_path or "")
    return QueryDict(here.query if here.path == reverse("suivi:index") else "", mutable=True)


def _visit(request: ActorRequest, public_id: UUID) -> Any:
    found = Intervention.objects.visible_to(request.actor).filter(public_id=public_id)
    return found.select_related(*AROUND).first()


def _facts(visit: Any, close_url: str) -> dict[str, Any]:
    proposed = Proposition.objects.filter(agence=visit.agence_id, intervention=visit.pk, closed_at=None).first()
    pairs = [
        (_("Prévu"), _words(visit.planned)),
        (_("Déclaré"), _words(visit.declared)),
        (_("Proposé"), _proposed(proposed) if proposed else ""),
        (_("Retenu"), "" if visit.retained in (visit.planned, visit.declared) else _words(visit.retained)),
        (_("Motif"), str(visit.motif or "")),
        (_("Contrat"), visit.contrat.number if visit.contrat else _("aucun")),
        (_("Validée"), str(Settled(visit.settled_by).label) if visit.settled_by else ""),
        (_("Mail"), _mail(visit)),
    ]
    return {
        "visit": visit,
        "open": visit.public_id,
        "status_label": str(SHORT[visit.state]),
        "facts": [pair for pair in pairs if pair[1]],
        "close_url": close_url,
    }


def _words(facts: Facts | None) -> str:
    return f"{fmt.time_range(facts.start, facts.end)}\u00a0· {fmt.km(facts.km)}" if facts else ""


def _proposed(proposition: Any) -> str:
    if proposition.start is None:
        return _("n’a pas eu lieu")
    return f"{fmt.time_range(proposition.start, proposition.end)}\u00a0· {fmt.km(proposition.km)}"


def _mail(visit: Any) -> str:
    """Say what became of the latest mail about where the visit stands."""
    about = MailLine.objects.filter(agence=visit.agence_id, intervention=visit.pk, step=visit.step)
    line = about.select_related("mail").order_by("-mail__created_at", "-pk").first()
    return str(line.mail.get_fate_display()) if line else _("aucun sur cette étape")
