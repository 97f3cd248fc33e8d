"""For every address of the product: strangers of every kind get nothing, reading or acting."""

from __future__ import annotations

import pytest

from tests.portals.leaks.cases import Case
from tests.portals.leaks.every import CASES
from tests.portals.leaks.people import Stage, Stranger, falls
from tests.portals.leaks.trying import filled, leaks_after, leaks_to, owner_acts, owner_reads
from tests.portals.leaks.urls import BY_SECRET, BY_TOKEN, OPERATOR, OWN_ACCOUNT, PUBLIC, patterns

every_case = pytest.mark.parametrize("case", CASES, ids=[case.id for case in CASES])


def strangers(stage: Stage, case: Case) -> list[Stranger]:
    """Return everybody but those whose page this is."""
    return [one for one in stage.strangers if not (one.name == f"the {one.role}" and one.role in case.owners)]


def test_every_address_has_a_case() -> None:
    names = {name for name, route, _pattern in patterns() if not route.startswith(OPERATOR)}
    known = {case.name for case in CASES}
    assert names - known - PUBLIC - OWN_ACCOUNT - BY_TOKEN - BY_SECRET == set(), "an address without a case here"
    assert known - names == set(), "a case without an address"


@every_case
def test_nobody_gets_what_is_not_theirs(stage: Stage, case: Case) -> None:
    """The owner reads and acts; with the very same payload every stranger gets and does nothing."""
    if case.shows:
        owner_reads(stage, case, case.owner)
    payload = None
    if case.acts:
        _form, payload = filled(stage, case, case.owner)
        owner_acts(stage, case, case.owner, payload)
    found: list[str] = []
    for stranger in strangers(stage, case):
        found += leaks_to(stranger, stage, case, payload)
    assert found == []


@every_case
def test_a_role_that_has_ended_or_a_right_that_is_gone_gives_nothing(stage: Stage, case: Case) -> None:
    found: list[str] = []
    for role, right in case.owners.items():
        payload = None
        if case.acts:
            _form, payload = filled(stage, case, role)
            if role != case.owner:
                owner_acts(stage, case, role, payload)
        for fall in falls(role, right):
            if not fall.reads or (case.acts and not case.own):
                found += leaks_after(fall, stage, case, role, payload)
    assert found == []
