"""Every act that the workflow tells somebody of has its text, and no text is for nobody."""

import re

import pytest

from interventions import workflow
from interventions.mails.texts import TEXTS
from interventions.states import Action, Role
from interventions.workflow import Told


def _told() -> set[tuple[Told, Action]]:
    """Everything that `workflow.told` can answer, and whose turn a step back can make it."""
    found = {
        (who, action)
        for action in Action
        for role in (workflow.TABLE[action].by if action in workflow.TABLE else (Role.MANAGER,))
        for who in workflow.told(action, role)
    }
    turns = {
        (Told(status.turn), action)
        for action in workflow.STEPS_BACK
        for status in workflow.TABLE[action].targets
        if status.turn
    }
    # Only the intervenant withdraws, and nobody is told of their own act.
    return (found | turns) - {(Told.INTERVENANT, Action.WITHDRAW)}


def _texts() -> set[tuple[Told, Action]]:
    return {(told, action) for told, texts in TEXTS.items() for action in texts}


def test_every_act_that_is_told_has_its_text() -> None:
    assert _told() == _texts()


@pytest.mark.parametrize("told", list(Told))
@pytest.mark.parametrize("count", [1, 3])
def test_each_text_says_its_count_and_leaves_no_hole(told: Told, count: int) -> None:
    names = {"count": count, "author": "A", "client": "B", "intervenant": "C"}
    for text in TEXTS[told].values():
        for sentence in (text.subject, text.title, text.said):
            said = sentence % names
            assert said
            assert not re.search(r"%\(|%s|%d", str(said))
        if text.right:
            assert "7" in str(text.right) % {"days": 7}
