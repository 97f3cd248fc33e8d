"""Clients and intervenants: entered, changed, put away, taken back."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from tests import factories
from tests.factories import NOW
from tests.portals.leaks.cases import Case, words
from tests.portals.leaks.cases_registry import ADMINISTERS, BESIDE, ELSEWHERE, MANAGES
from tests.portals.leaks.forms import Form
from tests.portals.leaks.people import Stage
from tests.portals.leaks.world import CARER, CLIENT


def a_former_client(stage: Stage) -> Any:
    """Return a client of the home side who is put away."""
    home = stage.home
    known = home.world.agence.clients.filter(number="CL-FINI").first()
    fields = {"number": "CL-FINI", "last_name": f"{home.said(CLIENT)}Fini", "user": None, "archived_at": NOW}
    return known or factories.a_client(home.world.agence, secteur=home.secteur, **fields)


def a_former_intervenant(stage: Stage) -> Any:
    """Return an intervenant of the home agency who is put away."""
    agence = stage.home.world.agence
    known = agence.intervenants.filter(number="SA-FINI").first()
    fields = {"number": "SA-FINI", "last_name": f"{stage.home.said(CARER)}Fini", "user": None, "archived_at": NOW}
    return known or factories.an_intervenant(agence, **fields)


def what_becomes(stage: Stage, _form: Form) -> dict[str, Any]:
    """Cancel what somebody leaves behind."""
    motif = stage.home.world.motif().pk
    return {"fate": "cancel", "past": "keep", "motif": motif, "why": "Départ"}


def person_cases(noun: str, of: Any, former: Any, shows: str) -> list[Case]:
    """Return the cases of one of the two lists of people; intervenants are of no secteur, so that colleagues may."""
    same = frozenset() if noun == "client" else frozenset({BESIDE})
    entered = {"last_name": "Autre", "number": "NUM-9"}
    return [
        Case(
            f"gestion:{noun}-new",
            acts=True,
            enter=words(**entered),
            shows="",
            open_to=frozenset({BESIDE, ELSEWHERE}),
            **MANAGES,
        ),
        Case(
            f"gestion:{noun}-change",
            of=of,
            acts=True,
            enter=words(first_name="Autre"),
            shows=shows,
            open_to=same,
            **MANAGES,
        ),
        Case(f"gestion:{noun}-archive", of=of, acts=True, enter=what_becomes, shows=shows, open_to=same, **MANAGES),
        Case(
            f"gestion:{noun}-restore",
            of=former,
            acts=True,
            form=lambda stage, _url: reverse(f"gestion:{noun}", args=[former(stage).public_id]),
            shows="",
            open_to=same,
            **MANAGES,
        ),
    ]


def an_ended_mandate(stage: Stage) -> Any:
    """Return a mandate of the home side's client that has ended."""
    client, name = stage.home.world.client, f"{stage.home.said(CLIENT)}Fini"
    known = client.proches.filter(last_name=name).first()
    return known or factories.a_proche(client, last_name=name, ended_at=NOW)


UNDERSTOOD = words(understood="on")


CASES = [
    *(
        Case(f"gestion:{kind}-anonymise", of=of, acts=True, enter=UNDERSTOOD, shows=shows, **ADMINISTERS)
        for kind, of, shows in (
            ("client", a_former_client, CLIENT),
            ("intervenant", a_former_intervenant, CARER),
            ("proche", an_ended_mandate, CLIENT),
        )
    ),
    *person_cases("client", lambda stage: stage.home.world.client, a_former_client, CLIENT),
    *person_cases("intervenant", lambda stage: stage.home.world.intervenant, a_former_intervenant, CARER),
]
