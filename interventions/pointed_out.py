"""From where on an agency has something pointed out to whoever declares: too far, another time than planned."""

from __future__ import annotations

from dataclasses import dataclass

from interventions import hours
from interventions.guards import Facts
from interventions.models import Agence


@dataclass(frozen=True, slots=True)
class Gap:
    """What was declared beside the plan, in minutes: how much longer (or shorter), how much later (or earlier)."""

    longer: int
    later: int


def is_far(facts: Facts, planned: Facts | None, agence: Agence) -> bool:
    """Return whether the kilometres exceed the agency's usual ones and are not the planned ones."""
    return facts.km > agence.usual_km and (planned is None or facts.km != planned.km)


def gap(facts: Facts, planned: Facts | None, agence: Agence) -> Gap | None:
    """Return the gap to the plan where length or start is beyond the agency's tolerance, else None."""
    if planned is None:
        return None
    longer = hours.elapsed_minutes(facts.start, facts.end) - hours.elapsed_minutes(planned.start, planned.end)
    later = hours.elapsed_minutes(planned.start, facts.start)
    beyond = max(abs(longer), abs(later)) > agence.tolerance_minutes
    return Gap(longer, later) if beyond else None
