"""The desk's planning: series and absences."""

from __future__ import annotations

from typing import Any

from interventions.models import Absence, Series
from tests.portals.leaks.cases import Case, words
from tests.portals.leaks.cases_manager import MANAGES, chosen
from tests.portals.leaks.forms import Form
from tests.portals.leaks.people import Stage
from tests.portals.leaks.world import CARER


def a_series(stage: Stage) -> Series:
    """Return the series of the home side's client."""
    return Series.objects.get(client=stage.home.world.client)


def every_tuesday(stage: Stage, _form: Form) -> dict[str, Any]:
    """Plan a series that meets nothing."""
    world = stage.home.world
    what = {"prestation": world.prestation.pk, "contrat": world.contrat.pk, "intervenant": world.intervenant.pk}
    return what | {"weekdays": ["1"], "starts_on": "2026-12-01", "start": "21:00", "end": "22:00"}


def later(_stage: Stage, _form: Form) -> dict[str, Any]:
    """Give a series other hours."""
    return {"start": "06:00", "end": "07:00", "reason": "À la demande du client."}


def an_absence(stage: Stage) -> Absence:
    """Return the absence of the home side's client."""
    return Absence.objects.get(client=stage.home.world.client)


def cancelled(stage: Stage, _form: Form) -> dict[str, Any]:
    """Be away, the visits inside cancelled."""
    motif = stage.home.world.motif()
    return {"starts_on": "2026-11-25", "ends_on": "2027-11-25", "fate": "cancel", "motif": motif.pk}


def other_days(_stage: Stage, _form: Form) -> dict[str, Any]:
    """Turn a series to Tuesdays."""
    return {"weekdays": "1"}


CASES = [
    Case(
        "gestion:client-absence",
        of=lambda stage: stage.home.world.client,
        acts=True,
        enter=words(kind="holiday", starts_on="2027-03-01"),
        **MANAGES,
    ),
    Case(
        "gestion:intervenant-absence",
        of=lambda stage: stage.home.world.intervenant,
        acts=True,
        enter=words(kind="illness", starts_on="2027-03-01"),
        shows=CARER,
        open_to=frozenset({"a manager of another secteur"}),
        **MANAGES,
    ),
    Case("gestion:absence", of=an_absence, acts=True, enter=cancelled, **MANAGES),
    Case("gestion:absence-remove", of=an_absence, acts=True, **MANAGES),
    Case("gestion:new-series", of=lambda stage: stage.home.world.client, acts=True, enter=every_tuesday, **MANAGES),
    Case("gestion:series", "manager", a_series),
    Case("gestion:series-change", of=a_series, acts=True, enter=later, **MANAGES),
    Case("gestion:series-days", of=a_series, acts=True, enter=other_days, **MANAGES),
    Case("gestion:series-end", of=a_series, acts=True, enter=chosen(), **MANAGES),
]
