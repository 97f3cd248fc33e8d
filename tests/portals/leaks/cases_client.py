"""The client's portal."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from django.urls import reverse

from tests.portals.leaks.cases import Case, visit, words
from tests.portals.leaks.forms import Form
from tests.portals.leaks.people import Stage
from tests.portals.leaks.world import AGENCE, VISIT

VALIDATES = {"proche": "may_validate"}
# Theirs is the same address, with what is their own.
OTHER_CLIENTS = frozenset(
    {"another client", "a proche of another client", "client of another agency", "proche of another agency"}
)
CONTESTS = {"proche": "may_contest"}


def sheet(standing: str) -> Any:
    """Return what gives the page of the home side's visit that stands so."""
    return lambda stage, _url: reverse("client:visite", args=[stage.home.visits[standing].public_id])


def this_month(stage: Stage) -> Any:
    """Return the month that the address names: everybody has one of their own."""
    return SimpleNamespace(public_id=f"{stage.home.visits['done'].day:%Y-%m}")


def hours_motif(stage: Stage, url: str) -> str:
    """Return the second step of Modifier: the motif that opens the hours."""
    return f"{url}?motif={stage.home.world.motif(kind='refus', opens_hours=True).public_id}"


def first_motif(_stage: Stage, form: Form) -> dict[str, str]:
    """Choose a motif."""
    return {"motif": form.offered["motif"][0]}


def mandate(stage: Stage) -> Any:
    """Return the mandate of the home side's proche."""
    return stage.home.world.proche


NAMED = words(last_name="Le Goff", email="le.goff@personnes.example")

CASES = [
    Case("client:proches", "client", also={"proche": ""}),
    Case(
        "client:proche-new",
        "client",
        acts=True,
        enter=NAMED,
        open_to=frozenset({"another client", "client of another agency"}),
    ),
    Case("client:proche", "client", mandate, True, enter=words(ends_on="2027-01-31")),
    Case(
        "client:proche-end",
        "client",
        mandate,
        True,
        form=lambda stage, _url: reverse("client:proche", args=[mandate(stage).public_id]),
        shows="",
    ),
    Case("client:prestations", "client", shows=VISIT, also={"proche": ""}),
    Case(
        "client:mails",
        "client",
        acts=True,
        enter=words(rhythm="day"),
        own=True,
        shows=AGENCE,
        also={"proche": ""},
        open_to=OTHER_CLIENTS,
    ),
    Case("client:historique", "client", shows="", also={"proche": ""}),
    Case("client:releve", "client", this_month, shows="", also={"proche": ""}, own=True, open_to=OTHER_CLIENTS),
    Case("client:planning", "client", shows=VISIT, also={"proche": ""}),
    Case("client:demandes", "client", shows=VISIT, also={"proche": ""}),
    Case("client:visite", "client", visit("done"), shows=VISIT, also={"proche": ""}),
    Case(
        "client:validations",
        "client",
        acts=True,
        form=lambda stage, url: reverse("client:prestations"),
        shows="",
        also=VALIDATES,
    ),
    Case("client:validation", "client", visit("done"), True, form=sheet("done"), shows="", also=VALIDATES),
    Case(
        "client:modification",
        "client",
        visit("done"),
        True,
        form=hours_motif,
        enter=words(end="09:30"),
        shows=VISIT,
        also=CONTESTS,
    ),
    Case("client:annulation", "client", visit("done"), True, enter=first_motif, shows=VISIT, also=CONTESTS),
    Case("client:reprise", "client", visit("contested"), True, form=sheet("contested"), shows="", also=CONTESTS),
    Case(
        "client:contestation",
        "client",
        visit("cancelled"),
        True,
        enter=words(comment="Elle est venue."),
        shows=VISIT,
        also=CONTESTS,
        label="of a cancellation",
    ),
    Case(
        "client:contestation",
        "client",
        visit("for client"),
        True,
        form=hours_motif,
        enter=words(end="09:30"),
        shows=VISIT,
        also=CONTESTS,
        label="of a validation",
    ),
]
