"""A person's data, given to them on demand: a file and a paper; and who has looked at what is sensitive."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_safe

from interventions import accesses, personal
from interventions.models import Access, Client, Intervenant, Sensitive
from interventions.states import Right
from portals.manager import visible
from portals.web import format as fmt
from portals.web import paging
from portals.web.pages import page
from portals.web.papers import pdf, pdf_response
from portals.web.requests import ActorRequest

NOT_YOURS = gettext_lazy("Qui administre l’agence remet ses données à une personne.")


# Whose data: how the person is found, and what is kept of them.
PEOPLE: dict[str, tuple[Callable[..., Any], Callable[..., Any]]] = {
    "client": (visible.client, personal.of_client),
    "intervenant": (visible.intervenant, personal.of_intervenant),
}


@require_safe
def file(request: ActorRequest, public_id: UUID, kind: str) -> HttpResponse:
    """Give all that is kept of a person as JSON."""
    person, data = _given(request, public_id, kind)
    content = json.dumps({"agence": request.actor.agence.name} | data, ensure_ascii=False, indent=1)
    disposition = content_disposition_header(as_attachment=True, filename=f"donnees-{person.number}.json") or ""
    return HttpResponse(content, content_type="application/json", headers={"Content-Disposition": disposition})


@require_safe
def paper(request: ActorRequest, public_id: UUID, kind: str) -> HttpResponse:
    """Give all that is kept of a person as a PDF."""
    person, data = _given(request, public_id, kind)
    agence, today = request.actor.agence, request.actor.today(request.now)
    shown = {
        "title": _("Vos données"),
        "subtitle": person.full_name,
        "agence": {"name": agence.name, "lines": [part for part in (agence.address, agence.phone) if part]},
        "made": _("Établi le %(day)s") % {"day": fmt.date_words(today, dt.date.min)},
        "page_of": [_("Page"), _("sur")],
        "sections": [[name, [_line(line) for line in lines]] for name, lines in data.items() if lines],
    }
    return pdf_response(pdf("donnees.typ", shown), f"donnees-{person.number}.pdf")


@require_GET
def looks(request: ActorRequest) -> HttpResponse:
    """List who looked at what is sensitive, the latest first, 50 a page."""
    if not request.actor.has(Right.ADMINISTER):
        raise PermissionDenied(NOT_YOURS)
    found: Any = Access.objects.visible_to(request.actor)
    return page(request, "manager/accesses.html", {"cut": paging.cut(found, "-at", request.GET)}, fragment="rows")


def may_give(request: ActorRequest, person: Client | Intervenant) -> bool:
    """Whether the actor may give this person their data: an intervenant's tell of every secteur."""
    sees_all = isinstance(person, Client) or request.actor.secteur_ids is None
    return request.actor.has(Right.ADMINISTER) and sees_all and not person.anonymised_at


def _given(request: ActorRequest, public_id: UUID, kind: str) -> tuple[Client | Intervenant, dict[str, Any]]:
    """Return the person and their data, and note who takes them."""
    find, data_of = PEOPLE[kind]
    person: Client | Intervenant = find(request, public_id)
    if not request.actor.has(Right.ADMINISTER):
        raise PermissionDenied(NOT_YOURS)
    if not may_give(request, person):
        raise Http404
    accesses.note(request.actor, Sensitive.PERSON, person.full_name, person.public_id, request.now)
    return person, data_of(person)


def _line(line: Mapping[str, Any]) -> list[list[str]]:
    """Return a line as pairs of texts; what is empty is left out."""
    return [[name, _words(value)] for name, value in line.items() if value not in ("", None, [])]


def _words(value: Any) -> str:
    if isinstance(value, bool):
        return _("oui") if value else _("non")
    if isinstance(value, Mapping):
        return ", ".join(_words(part) for part in value.values())
    if isinstance(value, list):
        return " — ".join(_words(part) for part in value)
    return _instant(str(value))


def _instant(text: str) -> str:
    """Return an instant as a person reads it, on the agency's clock; any other text as it is."""
    try:
        moment = dt.datetime.fromisoformat(text)
    except ValueError:
        return text
    if "T" not in text:
        return fmt.date_words(moment.date(), dt.date.min)
    return _("%(day)s à %(hour)s") % {"day": f"{fmt.as_date(moment):%d/%m/%Y}", "hour": fmt.hour(moment)}
