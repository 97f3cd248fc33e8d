"""The cases of all portals."""

from tests.portals.leaks import (
    cases_client,
    cases_first_day,
    cases_imports,
    cases_intervenant,
    cases_manager,
    cases_periods,
    cases_planning,
)
from tests.portals.leaks.cases import Case

CASES: list[Case] = [
    *cases_client.CASES,
    *cases_first_day.CASES,
    *cases_imports.CASES,
    *cases_intervenant.CASES,
    *cases_manager.CASES,
    *cases_periods.CASES,
    *cases_planning.CASES,
]
