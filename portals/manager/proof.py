"""The proof of a visit, to give to somebody: a paper to read, and the file that a script checks without us."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from interventions import accesses
from interventions.models import Intervention, JournalSeal, Sensitive
from interventions.sealing import proof
from interventions.states import Status
from portals.manager import acts, versions, visible
from portals.web import format as fmt
from portals.web import journal
from portals.web.papers import pdf, pdf_response
from portals.web.requests import ActorRequest

# Letters enough to compare with the file by eye.
SHOWN = 16
MAILS = ("mail", "mail-back")


@require_safe
def paper(request: ActorRequest, public_id: UUID) -> HttpResponse:
    """Give the proof as a PDF."""
    visit = _visit(request, public_id)
    return pdf_response(pdf("preuve.typ", paper_data(request, visit)), f"preuve-{visit.day}.pdf")


@require_safe
def file(request: ActorRequest, public_id: UUID) -> HttpResponse:
    """Give the proof as JSON, to keep."""
    visit = _visit(request, public_id)
    content = json.dumps(proof.of(visit, request.now), ensure_ascii=False, indent=1)
    disposition = content_disposition_header(as_attachment=True, filename=f"preuve-{visit.day}.json") or ""
    return HttpResponse(content, content_type="application/json", headers={"Content-Disposition": disposition})


def _visit(request: ActorRequest, public_id: UUID) -> Intervention:
    """Return the visit, and note who takes its proof."""
    visit = visible.visit(request, public_id)
    visit.agence = request.actor.agence
    accesses.note(request.actor, Sensitive.PROOF, visit.client.full_name, visit.public_id, request.now)
    return visit


def paper_data(request: ActorRequest, visit: Intervention) -> dict[str, Any]:
    """Return what the paper shows, texts only."""
    agence, today = request.actor.agence, request.actor.today(request.now)
    happened = journal.lines(visit, request.actor)
    return {
        "title": _("Preuve d’une visite"),
        "subtitle": _("%(client)s, %(day)s")
        % {
            "client": visit.client.full_name,
            "day": fmt.date_words(visit.day, dt.date.min),
        },
        "agence": {"name": agence.name, "lines": [part for part in (agence.address, agence.phone) if part]},
        "made": _("Établi le %(day)s") % {"day": fmt.date_words(today, dt.date.min)},
        "page_of": [_("Page"), _("sur")],
        "facts": _facts(visit),
        "versions_title": _("Les versions"),
        "versions_head": [_("Version"), _("Heures"), _("Durée et kilomètres")],
        "versions": [_version(one) for one in versions.of(visit, acts.possible(request, visit).row)],
        "journal_title": _("Ce qui s’est passé"),
        "journal_head": [_("Quoi"), _("Qui et quand"), _("Précisions")],
        "journal": [[line.title, line.by, "\n".join(_said(line))] for line in happened if line.icon not in MAILS],
        "mails_title": _("Les mails"),
        "mails_head": [_("Quoi"), _("Quand")],
        "mails": [[line.title, line.by] for line in happened if line.icon in MAILS],
        "seals_title": _("Ce qui le rend certain"),
        "seals": _seals(visit),
        "how": _(
            "Chaque acte est scellé dans une chaîne d’empreintes que personne ne peut changer sans que cela se voie. "
            "Le fichier JSON de cette preuve se vérifie sans Contreseing, avec le script verify_proof.py. "
            "Les mails et leur sort n’y sont pas scellés."
        ),
    }


def _facts(visit: Intervention) -> list[list[str]]:
    carer = visit.intervenant.full_name if visit.intervenant else _("personne")
    return [
        [_("Intervenant"), carer],
        [_("Prestation"), visit.prestation.name],
        [_("État"), str(Status(visit.status).label)],
        [_("Numéro"), visit.number or str(visit.public_id)],
    ]


def _version(one: versions.Version) -> list[str]:
    if one.cancelled:
        return [str(one.title), _("annulée"), ""]
    return [str(one.title), _("%(start)s – %(end)s") % {"start": one.start, "end": one.end}, one.detail]


def _said(line: journal.Line) -> list[str]:
    quoted = [_("« %(words)s »") % {"words": line.quote}] if line.quote else []
    return [*line.details, *quoted]


def _seals(visit: Intervention) -> list[str]:
    """Return a line for each seal that holds an act of the visit, and one for what none holds yet."""
    entries = visit.journal.order_by("version").values_list("sealed__seal", flat=True)
    sealed = [pk for pk in entries if pk]
    lines = [
        _("Sceau n° %(number)s du %(at)s : %(digest)s…")
        % {"number": one.number, "at": journal.moment(one.sealed_at), "digest": bytes(one.digest).hex()[:SHOWN]}
        for one in JournalSeal.objects.filter(agence_id=visit.agence_id, pk__in=sealed).order_by("number")
    ]
    if len(sealed) < len(entries):
        lines.append(_("Les actes des dernières minutes seront scellés sous peu."))
    return lines
