"""Mise en route: the steps, and the invitations."""

from __future__ import annotations

from tests.portals.leaks.cases import Case
from tests.portals.leaks.cases_registry import ADMINISTERS, BESIDE, ELSEWHERE
from tests.portals.leaks.world import AGENCE

EVERYBODY = frozenset({BESIDE, ELSEWHERE})
CASES = [
    Case(
        "gestion:first-day",
        acts=True,
        enter=lambda _stage, _form: {"montrer": "oui"},
        shows=AGENCE,
        open_to=EVERYBODY,
        **ADMINISTERS,
    ),
    Case(
        "gestion:invitations",
        "manager",
        acts=True,
        enter=lambda _stage, _form: {"qui": ["clients"]},
        shows=AGENCE,
        right="may_manage",
        open_to=EVERYBODY,
    ),
]
