"""One press on many visits: done within the request where they are few, in the background where they are many."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from interventions import operations
from interventions.actor import Actor
from interventions.models import Batch
from interventions.operations import Change
from tracking import tasks


def press(
    changes: Iterable[Change], count: int, *, actor: Actor, at: dt.datetime, key: str, **said: Any
) -> tuple[Batch, bool]:
    """Do what `changes` say and return the lot, and whether this press had been made before.

    Beyond the agency's limit (`background_from`) the lot is only written down: a worker does it, part by part, with
    the same functions. `said` is what `operations.apply` takes of a press beside this.
    """
    if count > actor.agence.background_from:
        batch, known = operations.begin(changes, actor=actor, at=at, key=key, **said)
        if not known:
            tasks.nudge()
        return batch, known
    outcome = operations.apply(list(changes), actor=actor, at=at, key=key, **said)
    return outcome.batch, outcome.replayed
