"""The domain's verbs. `apply` is the only place that writes a status."""

from interventions.operations.agences import choose, create_agence, set_module
from interventions.operations.applying import apply, replay
from interventions.operations.changes import Change, NewVisit, Outcome, RowOutcome
from interventions.operations.deciding import GROUNDS, Refused
from interventions.operations.judging import Preview, preview
from interventions.operations.periods import MonthBusy, close_month, reopen_month
from interventions.operations.possibilities import Possibility, possibilities
from interventions.operations.reading import own_clients
from interventions.operations.undoing import UNDOABLE, undo, undoing
from interventions.operations.working import LEASE, advance, agences_at_work, begin, broke_off, claim, stop
from interventions.querysets import among

__all__ = [
    "GROUNDS",
    "LEASE",
    "UNDOABLE",
    "Change",
    "MonthBusy",
    "NewVisit",
    "Outcome",
    "Possibility",
    "Preview",
    "Refused",
    "RowOutcome",
    "advance",
    "agences_at_work",
    "among",
    "apply",
    "begin",
    "broke_off",
    "choose",
    "claim",
    "close_month",
    "create_agence",
    "own_clients",
    "possibilities",
    "preview",
    "reopen_month",
    "replay",
    "set_module",
    "stop",
    "undo",
    "undoing",
]
