"""What a view starts from: one row that its actor may see, else 404."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.shortcuts import get_object_or_404

from interventions.models import Client, Intervenant, Intervention
from portals.web.requests import ActorRequest

AROUND = ("client", "intervenant", "prestation", "contrat__prestation", "motif", "series")


def visit(request: ActorRequest, public_id: UUID) -> Intervention:
    """Return the visit with what stands around it, in one statement."""
    found: Any = Intervention.objects.visible_to(request.actor).select_related(*AROUND)
    return get_object_or_404(found, public_id=public_id)


def by_key(request: ActorRequest, key: int | None) -> Intervention:
    """Return a visit that this request has just made."""
    found: Any = Intervention.objects.visible_to(request.actor)
    return get_object_or_404(found, pk=key)


def client(request: ActorRequest, public_id: UUID) -> Client:
    """Return the client with secteur and address."""
    found: Any = Client.objects.visible_to(request.actor).select_related("secteur", "user")
    return get_object_or_404(found, public_id=public_id)


def intervenant(request: ActorRequest, public_id: UUID) -> Intervenant:
    """Return the intervenant with address."""
    found: Any = Intervenant.objects.visible_to(request.actor).select_related("user")
    return get_object_or_404(found, public_id=public_id)
