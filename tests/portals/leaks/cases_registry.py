"""The agency's lists, and the visits to attach to a contrat."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.urls import reverse

from interventions.models import Contrat, ContratState, GroundsTemplate
from tests import factories
from tests.portals.leaks.cases import Case, words
from tests.portals.leaks.forms import Form
from tests.portals.leaks.people import Stage
from tests.portals.leaks.world import AGENCE, CLIENT

BESIDE = "a manager of another secteur"
ELSEWHERE = "manager of another agency"
MANAGES: dict[str, Any] = {"owner": "manager", "right": "may_manage"}
ADMINISTERS: dict[str, Any] = {"owner": "manager", "right": "may_administer"}


def a_draft(stage: Stage) -> Contrat:
    """Return a contrat of the home side's client that may be archived."""
    world = stage.home.world
    found = Contrat.objects.filter(agence=world.agence, client=world.client, number=f"{stage.home.said(CLIENT)}-B")
    return found.first() or factories.a_contrat(
        world.client, world.prestation, number=f"{stage.home.said(CLIENT)}-B", state=ContratState.DRAFT
    )


def a_motif(stage: Stage) -> Any:
    """Return a motif de refus of the home agency."""
    return stage.home.world.motif(kind="refus")


def a_text(stage: Stage) -> GroundsTemplate:
    """Return a motivation type of the home agency."""
    agence = stage.home.world.agence
    mark = f"{stage.home.mark}{AGENCE}"
    return GroundsTemplate.objects.get_or_create(
        agence=agence, name=f"{mark} badge", defaults={"text": f"{mark} dit"}
    )[0]


def only_ours(stage: Stage, form: Form) -> dict[str, Any]:
    """Attach the home side's loose visit, and none of the client beside."""
    loose = str(stage.home.visits["loose"].public_id)
    tokens = [token for token in form.payload()["visite"] if token.startswith(loose)]
    return {"visite": tokens} | {name: "" for name in form.offered if name.endswith("-contrat") and loose not in name}


def line_cases(noun: str, of: Any, keeps: dict[str, Any], **entered: str) -> list[Case]:
    """Return the cases of one short list: all of it, a new line, a line, its archive."""
    same = frozenset({BESIDE})
    return [
        Case(f"gestion:{noun}-list", "manager", shows=AGENCE, open_to=frozenset({BESIDE, ELSEWHERE})),
        Case(
            f"gestion:{noun}-new",
            acts=True,
            enter=words(**entered),
            shows="",
            open_to=frozenset({BESIDE, ELSEWHERE}),
            **keeps,
        ),
        Case(f"gestion:{noun}-line", of=of, acts=True, enter=words(**entered), shows=AGENCE, open_to=same, **keeps),
        Case(
            f"gestion:{noun}-archive",
            of=of,
            acts=True,
            form=lambda stage, _url: reverse(f"gestion:{noun}-line", args=[of(stage).public_id]),
            shows="",
            open_to=same,
            **keeps,
        ),
    ]


def secteur_cases() -> list[Case]:
    """Return the cases of the secteurs, of which a manager with a limit has theirs only, and creates none."""
    beside = frozenset({BESIDE})
    return [
        replace(
            case,
            shows=case.shows and CLIENT,
            open_to=case.open_to if case.name == "gestion:secteur-list" else case.open_to - beside,
        )
        for case in line_cases("secteur", lambda stage: stage.home.secteur, MANAGES, name="Autre nom")
    ]


CASES = [
    Case("gestion:contrats", "manager"),
    Case("gestion:contrat-for-whom", "manager"),
    Case("gestion:contrat", "manager", lambda stage: stage.home.world.contrat),
    Case(
        "gestion:contrat-change",
        of=lambda stage: stage.home.world.contrat,
        acts=True,
        enter=words(monthly_minutes="12:30"),
        **MANAGES,
    ),
    Case(
        "gestion:contrat-archive",
        of=a_draft,
        acts=True,
        form=lambda stage, _url: reverse("gestion:contrat", args=[a_draft(stage).public_id]),
        shows="",
        **MANAGES,
    ),
    Case(
        "gestion:contrat-new",
        of=lambda stage: stage.home.world.client,
        acts=True,
        enter=lambda stage, _form: {"number": "CT-NEUF", "prestation": stage.home.world.prestation.pk},
        **MANAGES,
    ),
    *line_cases("prestation", lambda stage: stage.home.world.prestation, ADMINISTERS, name="Autre nom"),
    *line_cases("motif", a_motif, ADMINISTERS, label="Autre libellé", position="3", opens_hours="on"),
    *secteur_cases(),
    # Either of two rights allows these: tests/portals/manager/test_registry.py tries each.
    *line_cases("motivation", a_text, {"owner": "manager"}, name="Autre nom", text="Le carnet."),
    Case(
        "gestion:four-eyes",
        acts=True,
        form=lambda _stage, _url: reverse("gestion:deliberations"),
        enter=lambda _stage, form: dict(form.buttons),
        shows="",
        open_to=frozenset({BESIDE, ELSEWHERE}),
        **ADMINISTERS,
    ),
    Case("gestion:attaching", "manager"),
    Case(
        "gestion:attachments",
        acts=True,
        form=lambda _stage, _url: reverse("gestion:attaching"),
        enter=only_ours,
        shows="",
        **MANAGES,
    ),
]
