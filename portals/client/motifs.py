"""The agency's own reasons."""

from interventions.actor import Actor
from interventions.models import Motif, MotifKind


def motifs(actor: Actor, kind: MotifKind) -> list[Motif]:
    """Return the motifs of that list in the agency's order; archived ones are no longer offered."""
    return list(Motif.objects.filter(agence_id=actor.agence_id, kind=kind, archived_at__isnull=True))
