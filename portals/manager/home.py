"""Accueil: what waits for a human, by age, each count leading to exactly those rows."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.views.decorators.http import require_GET

from portals.manager import hits, inbox, waiting
from portals.manager.first_day import views as first_day
from portals.manager.waiting import Subject
from portals.web import paging
from portals.web.pages import page
from portals.web.requests import ActorRequest

OF_EACH = 10
SEEN = 8


@require_GET
def home(request: ActorRequest) -> HttpResponse:
    """Show what waits by age; ?sujet= lists the visits of one subject (of one client, one intervenant), 50 a page.

    ?sujet=toutes lists those of all subjects.
    """
    asked = request.GET.get("sujet", "")
    subject = next((one for one in Subject if one == asked), None)
    counts = waiting.counts(request)
    context: dict[str, Any] = {
        "totals": inbox.totals(counts, asked),
        "total": sum(counts.values()),
        "subject": subject,
        "first_name": request.actor.name.partition(" ")[0],
        "today": request.actor.today(request.now),
        "long_ago": request.actor.today(request.now) - timedelta(days=365),
        "cut": None,
        "more": [],
        "seen": hits.recently_seen(request.actor, SEEN),
    }
    if request.actor.agence.first_day and not asked:
        context["standing"] = first_day.standing(request)
    context |= _one_by_one(request, subject) if subject or asked == inbox.EVERY else _everything(request, counts)
    return page(request, "manager/home.html", context)


def _everything(request: ActorRequest, counts: dict[str, int]) -> dict[str, Any]:
    """Return the longest waits of every subject that has any, so that many of one kind do not hide the others."""
    today = request.actor.today(request.now)
    waits = [one for one in Subject if counts[one.name]]
    by_subject = {one: list(waiting.groups(request.actor, today, one)[: OF_EACH + 1]) for one in waits}
    rows = [row for found in by_subject.values() for row in found[:OF_EACH]]
    items = inbox.grouped_items(sorted(rows, key=lambda row: row["oldest"]), request.now)
    more = [
        inbox.Total(str(one.label), 0, inbox.list_url(one)) for one, found in by_subject.items() if found[OF_EACH:]
    ]
    return {"groups": inbox.by_age(items, request.now), "more": more}


def _one_by_one(request: ActorRequest, subject: Subject | None) -> dict[str, Any]:
    found = waiting.visits(request.actor, request.actor.today(request.now), subject)
    for name in ("client", "intervenant"):
        asked = _uuid(request.GET.get(name))
        if asked:
            found = found.filter(**{f"{name}__public_id": asked})
    if request.GET.get("intervenant") == inbox.NOBODY:
        found = found.filter(intervenant=None)
    cut = paging.cut(found, "since", request.GET)
    items = [inbox.item(visit, request.now) for visit in cut.rows]
    return {"groups": inbox.by_age(items, request.now), "cut": cut}


def _uuid(text: str | None) -> UUID | None:
    try:
        return UUID(text or "")
    except ValueError:
        return None
