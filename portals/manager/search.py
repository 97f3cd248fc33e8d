"""The search in the head of every page, and its page, which works without a script."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_safe

from portals.manager import hits
from portals.web.pages import is_partial, page
from portals.web.requests import ActorRequest

SUGGESTED, SHOWN = 5, 20
LONGEST = 100


@require_safe
def index(request: ActorRequest) -> HttpResponse:
    """Show what ?q= may mean, by kind; nothing typed: what this person opened last. htmx takes the list of the head.

    What can mean one thing only is opened at once.
    """
    typed = request.GET.get("q", "").replace("\0", "").strip()[:LONGEST]
    partial = is_partial(request)
    groups = hits.search(request.actor, typed, SUGGESTED if partial else SHOWN)
    if not partial and len(groups) == 1 and len(groups[0].hits) == 1:
        return HttpResponseRedirect(groups[0].hits[0].url)
    context: dict[str, Any] = {
        "typed": typed,
        "groups": groups,
        "seen": [] if typed else hits.recently_seen(request.actor),
        "more": any(group.more for group in groups),
    }
    return page(request, "manager/find.html", context, fragment="options")
