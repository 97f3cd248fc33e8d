"""For whom something is to be created: ?q= searches the clients, each leads to their own form."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils.functional import Promise

from interventions.models import Client
from portals.web.pages import page
from portals.web.requests import ActorRequest

LISTED = 20


@dataclass(frozen=True)
class Asked:
    """What is asked: the heading, what is created, the place where one comes from, the form (an address name)."""

    title: Promise
    what: Promise
    place: str
    place_label: Promise
    form: str

    @property
    def place_url(self) -> str:
        """Where one comes from."""
        return reverse(self.place)


def ask(request: ActorRequest, asked: Asked, carried: str = "") -> HttpResponse:
    """Show the clients in use that answer what was typed; `carried` ends the address of each form."""
    typed = request.GET.get("q", "").strip()
    found: Any = Client.objects.visible_to(request.actor).current().found_by(typed).by_name()
    clients = [(one, reverse(asked.form, args=[one.public_id]) + carried) for one in found[:LISTED]]
    context = {"asked": asked, "typed": typed, "clients": clients}
    return page(request, "manager/for_whom.html", context, fragment="rows")
