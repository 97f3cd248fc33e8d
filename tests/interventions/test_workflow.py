"""The table itself, the page that shows it, and what is printed of it."""

import json
from pathlib import Path

import pytest
from django.core.management import call_command

from interventions import workflow
from interventions.states import Action, Role, Status

DOCS = Path(__file__).resolve().parents[2] / "docs" / "domain.md"

# The table, written down a second time from the rules: action → ((from, to) pairs, who).
BY_HAND: dict[str, tuple[set[tuple[str, str]], set[str]]] = {
    "plan": ({("", "draft"), ("", "planned")}, {"manager", "system"}),
    "assign": ({("draft", "planned")}, {"manager", "system"}),
    "unassign": ({("planned", "draft")}, {"manager", "system"}),
    "complete": ({("planned", "done")}, {"intervenant"}),
    "complete_for_intervenant": ({("planned", "done")}, {"manager"}),
    "report": ({("", "done")}, {"intervenant"}),
    "report_unattached": ({("", "draft")}, {"intervenant"}),
    "admit": ({("draft", "done")}, {"manager"}),
    "cancel": ({("draft", "cancelled"), ("planned", "cancelled")}, {"intervenant", "manager"}),
    "correct": ({("done", "done")}, {"intervenant"}),
    "withdraw": (
        {("done", "planned"), ("cancelled", "planned"), ("done", "cancelled"), ("draft", "cancelled")},
        {"intervenant"},
    ),
    "send_back": ({("done", "planned"), ("done", "cancelled")}, {"manager"}),
    "validate": ({("done", "validated")}, {"client", "proche"}),
    "validate_for_client": ({("done", "validated")}, {"manager"}),
    "validate_tacitly": ({("done", "validated")}, {"system"}),
    "contest": ({("done", "contested")}, {"client", "proche", "manager"}),
    "cancel_by_client": ({("done", "cancelled")}, {"client", "proche", "manager"}),
    "retract": (
        {("contested", "done"), ("cancelled", "done"), ("validated", "done")},
        {"client", "proche", "manager"},
    ),
    "accept_change": ({("contested", "validated")}, {"intervenant"}),
    "refuse_change": ({("contested", "arbitration")}, {"intervenant"}),
    "escalate": ({("contested", "arbitration")}, {"manager", "system"}),
    "dispute_cancellation": ({("cancelled", "arbitration")}, {"intervenant", "client", "proche"}),
    "object": ({("validated", "arbitration")}, {"client", "proche"}),
    "arbitrate": ({("arbitration", "validated"), ("arbitration", "cancelled")}, {"manager"}),
    "reopen": (
        {(source, target) for source in ("validated", "cancelled") for target in ("draft", "planned", "done")},
        {"manager"},
    ),
}


def test_the_table_is_the_one_of_the_rules() -> None:
    coded = {
        str(row.action): ({(str(source or ""), str(target)) for source, target in row.pairs}, set(map(str, row.by)))
        for row in workflow.TABLE.values()
    }
    assert coded == BY_HAND


def test_every_action_is_in_the_table_a_change_of_facts_or_a_reminder() -> None:
    kinds = [set(workflow.TABLE), set(workflow.FACT_CHANGES), set(workflow.REMINDERS)]
    assert set.union(*kinds) == set(Action)
    assert sum(map(len, kinds)) == len(Action)


def test_what_is_whose_turn() -> None:
    assert {str(status): status.turn and str(status.turn) for status in Status} == {
        "draft": "manager",
        "planned": "intervenant",
        "done": "client",
        "contested": "intervenant",
        "arbitration": "manager",
        "validated": None,
        "cancelled": None,
    }
    assert [str(status.etat) for status in Status] == ["Brouillon", "N/B", *["Réalisé"] * 4, "Annulé"]


@pytest.mark.parametrize(
    ("status", "role", "actions"),
    [
        (Status.PLANNED, Role.INTERVENANT, ["complete", "cancel"]),
        (Status.DONE, Role.CLIENT, ["validate", "contest", "cancel_by_client"]),
        (Status.CONTESTED, Role.INTERVENANT, ["accept_change", "refuse_change"]),
        (Status.ARBITRATION, Role.MANAGER, ["arbitrate"]),
        (Status.DONE, Role.SYSTEM, ["validate_tacitly"]),
        (Status.ARBITRATION, Role.CLIENT, []),
    ],
)
def test_what_a_status_offers_to_a_role(status: Status, role: Role, actions: list[str]) -> None:
    assert [str(action) for action in workflow.actions_from(status, role)] == actions


def test_json_is_the_table(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("workflow", format="json")
    rows = json.loads(capsys.readouterr().out)
    assert [row["action"] for row in rows] == list(BY_HAND)
    for row in rows:
        pairs, by = BY_HAND[row["action"]]
        assert set(row["from"]) == {source for source, _ in pairs} - {""}
        assert set(row["to"]) == {target for _, target in pairs}
        assert set(row["by"]) == by


def test_the_page_shows_the_diagram_that_the_code_prints(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("workflow", format="mermaid")
    shown = DOCS.read_text().split("```mermaid\n")[1].split("```")[0]
    assert shown == capsys.readouterr().out


def test_text_has_a_line_an_action(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("workflow")
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == ["action", *BY_HAND]
