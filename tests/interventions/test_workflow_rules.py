"""What each act requires and who hears of it: the table's other columns, written down a second time from the rules."""

from interventions import workflow
from interventions.states import Action, Role
from interventions.workflow import RULES, Transition

# action → (guards, needs, needs by role, who is told)
BY_HAND: dict[str, tuple[str, str, str, str]] = {
    "plan": ("", "facts", "", ""),
    "assign": ("intervenant nothing_declared", "", "", "intervenant"),
    "unassign": ("", "reason", "", "former_intervenant"),
    "complete": ("past billable facts", "", "", "client"),
    "complete_for_intervenant": ("past billable facts", "reason", "", "client intervenant"),
    "report": ("past own_client billable facts", "facts", "", "client"),
    "report_unattached": ("past own_client no_billable facts", "facts", "", "manager"),
    "admit": ("declared intervenant billable", "", "", "client intervenant"),
    "cancel": ("own_planned past", "", "manager: motif_annulation", "client"),
    "correct": ("facts", "facts", "", "client"),
    "withdraw": ("own_act undo_window", "", "", ""),
    "send_back": ("", "reason", "", "intervenant client"),
    "validate": ("may_validate", "", "", ""),
    "validate_for_client": ("no_answer", "ground", "", "client"),
    "validate_tacitly": ("tacit", "", "", "client"),
    "contest": ("may_contest changed facts", "motif_refus", "manager: ground", "intervenant"),
    "cancel_by_client": ("may_contest", "motif_annulation", "manager: ground", "intervenant manager"),
    "retract": ("may_contest retractable retract_window", "", "", "intervenant manager"),
    "accept_change": ("", "", "", "client"),
    "refuse_change": ("", "", "", "manager client"),
    "escalate": ("escalate_delay", "", "manager: reason", "manager intervenant client"),
    "dispute_cancellation": (
        "may_contest past disputable dispute_window",
        "comment",
        "",
        "manager intervenant client",
    ),
    "object": ("may_contest objectable object_window changed facts", "", "", "manager intervenant"),
    "arbitrate": ("may_arbitrate four_eyes version facts billable_once", "version reason", "", "intervenant client"),
    "reopen": ("not_withdrawn", "reason", "", "intervenant client"),
    "remind_client": ("open_portals reached not_asked_yet once_a_day", "", "", "client"),
    "remind_intervenant": ("past open_portals reached not_asked_yet once_a_day", "", "", "intervenant"),
}
# Where who acts decides who hears of it.
TOLD: list[tuple[Action, Role, str]] = [
    (Action.CANCEL, Role.MANAGER, "client intervenant"),
    (Action.CANCEL, Role.INTERVENANT, "client"),
    (Action.DISPUTE_CANCELLATION, Role.INTERVENANT, "manager client"),
    (Action.DISPUTE_CANCELLATION, Role.CLIENT, "manager intervenant"),
    (Action.DISPUTE_CANCELLATION, Role.PROCHE, "manager intervenant"),
    (Action.MOVE, Role.MANAGER, "intervenant former_intervenant client"),
    (Action.WITHDRAW, Role.INTERVENANT, "client manager"),
    (Action.ATTACH, Role.MANAGER, ""),
    (Action.COMPLETE, Role.INTERVENANT, "client"),
    (Action.REMIND_CLIENT, Role.MANAGER, "client"),
]


def _words(values: tuple[str, ...]) -> str:
    return " ".join(str(value) for value in values)


def _said(row: Transition) -> tuple[str, str, str, str]:
    by_role = "; ".join(f"{role}: {_words(needs)}" for role, needs in row.needs_by_role.items())
    return _words(row.guards), _words(row.needs), by_role, _words(row.tells)


def test_what_each_act_requires_and_who_hears_of_it_are_the_rules() -> None:
    assert {str(action): _said(row) for action, row in RULES.items()} == BY_HAND


def test_reminders_start_where_somebody_has_to_answer() -> None:
    reminders = {str(row.action): (list(row.pairs), row.by) for row in workflow.REMINDERS.values()}
    assert {
        action: ([(str(a), str(b)) for a, b in pairs], _words(by)) for action, (pairs, by) in reminders.items()
    } == {
        "remind_client": ([("done", "done")], "manager"),
        "remind_intervenant": ([("planned", "planned"), ("contested", "contested")], "manager"),
    }


def test_who_acts_decides_who_hears_of_it_and_an_import_tells_nobody() -> None:
    for action, role, expected in TOLD:
        assert _words(workflow.told(action, role)) == expected, (action, role)
        assert workflow.told(action, role, by_import=True) == ()


def test_what_must_be_entered_and_what_comes_from_nothing() -> None:
    asked = {
        (Action.CANCEL, Role.MANAGER): "motif_annulation",
        (Action.CANCEL, Role.INTERVENANT): "",
        (Action.CONTEST, Role.MANAGER): "motif_refus ground",
        (Action.CONTEST, Role.CLIENT): "motif_refus",
        (Action.ATTACH, Role.MANAGER): "",
    }
    assert {key: _words(workflow.needs(*key)) for key in asked} == asked
    born = [str(row.action) for row in RULES.values() if row.creates]
    assert born == ["plan", "report", "report_unattached"]
