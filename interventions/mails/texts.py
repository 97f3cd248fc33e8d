"""The table of texts: one for every act and everybody whom the workflow tells of it."""

from __future__ import annotations

from interventions.mails.for_client import FOR_CLIENT
from interventions.mails.for_intervenant import FOR_FORMER_INTERVENANT, FOR_INTERVENANT
from interventions.mails.for_manager import FOR_MANAGER
from interventions.mails.reading import Matter
from interventions.mails.text import Text
from interventions.states import Action, Status
from interventions.workflow import Told

TEXTS: dict[Told, dict[Action, Text]] = {
    Told.CLIENT: FOR_CLIENT,
    Told.INTERVENANT: FOR_INTERVENANT,
    Told.FORMER_INTERVENANT: FOR_FORMER_INTERVENANT,
    Told.MANAGER: FOR_MANAGER,
}


def text_of(matter: Matter) -> Text:
    """Return what this reader is told: of a visit moved to them, that it is new; of a modification, what it asked."""
    action = matter.action
    if matter.told is Told.INTERVENANT and action is Action.MOVE and "intervenant_id" in matter.entry.before:
        action = Action.ASSIGN
    if action is Action.REMIND_INTERVENANT and matter.visit.state is Status.CONTESTED:
        action = Action.CONTEST
    return TEXTS[matter.told][action]
