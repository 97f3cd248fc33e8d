"""What the table counts of one visit, as tracking.conditions says it in SQL."""

from __future__ import annotations

import datetime as dt
from typing import Any

from interventions.states import Status


def length_of(visit: Any) -> dt.timedelta:
    """Return the elapsed time that a visit counts: as retained, none once cancelled."""
    return dt.timedelta(0) if visit.status == Status.CANCELLED else visit.retained_end - visit.retained_start


def gap_of(visit: Any) -> dt.timedelta | None:
    """Return by how much what was declared is longer than the plan; None where one of them is missing."""
    if visit.declared_start is None or visit.planned_start is None:
        return None
    gap: dt.timedelta = (visit.declared_end - visit.declared_start) - (visit.planned_end - visit.planned_start)
    return gap


def since_of(visit: Any) -> dt.datetime | None:
    """Return since when it is somebody's turn, past or to come; None when it is nobody's."""
    since: dt.datetime | None = {
        Status.DONE: visit.done_at,
        Status.CONTESTED: visit.last_at,
        Status.ARBITRATION: visit.last_at,
        Status.PLANNED: visit.retained_end,
        Status.DRAFT: visit.declared_at or visit.retained_end,
    }.get(visit.status)
    return since
