"""A form sent twice: what it said was checked the first time, and what that made must not stop the answer."""

from interventions.models import Batch
from portals.web.presses import key_of
from portals.web.requests import ActorRequest


def is_replay(request: ActorRequest) -> bool:
    """Whether this press has already been made: `apply` then answers the same and does nothing."""
    known = Batch.objects.filter(
        agence_id=request.actor.agence_id, actor_id=request.actor.user_id, key=key_of(request)
    )
    return known.exists()
