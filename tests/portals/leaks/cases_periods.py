"""The months of the agency, closing and reopening them."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from django.urls import reverse

from interventions import hours, operations
from interventions.models import Period
from tests.factories import NOW
from tests.portals.leaks.cases import Case, words
from tests.portals.leaks.people import Stage
from tests.portals.leaks.world import TODAY

# Months are no rows of one agency: everybody's desk has its own of the same name.
OTHERS = frozenset({"a manager of another secteur", "manager of another agency"})
ELSEWHERE = frozenset({"manager of another agency"})


def a_month(_stage: Stage) -> Any:
    """Return the present month, by what its address says."""
    return SimpleNamespace(public_id=f"{TODAY:%Y-%m}")


def a_closed_month(stage: Stage) -> Any:
    """Return the present month, closed at the home agency."""
    world, month = stage.home.world, hours.month_of(TODAY)
    if not Period.objects.filter(agence=world.agence, month=month, closed_at__isnull=False).exists():
        operations.close_month(world.as_manager, month, NOW)
    return a_month(stage)


def the_month(stage: Stage, _url: str) -> str:
    """Return the page of the month, open."""
    return reverse("gestion:period", args=[a_month(stage).public_id])


def the_closed_month(stage: Stage, _url: str) -> str:
    """Return the page of the month, closed."""
    return reverse("gestion:period", args=[a_closed_month(stage).public_id])


CASES = [
    Case("gestion:periods", "manager", shows="", open_to=OTHERS),
    Case("gestion:period", "manager", a_month, shows="", open_to=OTHERS),
    Case(
        "gestion:period-close",
        "manager",
        a_month,
        acts=True,
        form=the_month,
        shows="",
        right="may_close",
        open_to=ELSEWHERE,
    ),
    Case(
        "gestion:period-reopen",
        "manager",
        a_closed_month,
        acts=True,
        form=the_closed_month,
        enter=words(reason="Une feuille retrouvée"),
        shows="",
        right="may_unlock",
        open_to=ELSEWHERE,
    ),
]
