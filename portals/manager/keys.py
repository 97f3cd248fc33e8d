"""The keys of the agency's pages, on a page of their own and in a dialog over any other."""

from __future__ import annotations

from collections.abc import Iterable

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from portals.manager import nav
from portals.web.nav import NavEntry
from portals.web.pages import page
from portals.web.requests import ActorRequest


@require_safe
def index(request: ActorRequest) -> HttpResponse:
    """List the keys and what each does; the menu's words name the places."""
    places = [(entry.key, entry.label) for entry in _leaves(nav.entries(request)) if entry.key]
    moves = [
        ("/", _("Rechercher")),
        ("j", _("Page, jour ou visite d’après")),
        ("k", _("Page, jour ou visite d’avant")),
        ("1 … 9", _("Dans la fenêtre d’une visite : ses actions, dans leur ordre")),
        ("?", _("Cette liste")),
    ]
    return page(request, "manager/keys.html", {"groups": [moves, places]}, fragment="keys")


def _leaves(entries: Iterable[NavEntry]) -> Iterable[NavEntry]:
    for entry in entries:
        yield from _leaves(entry.children) if entry.children else [entry]
