"""The agency's files: what was sent, what is found of each line, and the presses."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from interventions.imports import asking, recognition, work
from interventions.models import ImportFile, ImportRequest, ImportStage
from tests.factories import NOW
from tests.interventions.imports.conftest import HEADERS
from tests.portals.leaks.cases import Case
from tests.portals.leaks.people import Stage
from tests.portals.leaks.world import AGENCE, CLIENT, Side

MANAGES: dict[str, Any] = {"owner": "manager", "right": "may_manage"}
ELSEWHERE = frozenset({"manager of another agency"})


def _sent(side: Side) -> ImportRequest:
    """Send a file of the side's client, with a line that is refused."""
    mark = side.said(CLIENT)
    data = f"{HEADERS['clients.csv']}\nN{mark};;{mark} Neuf;;;;;;\nX{mark};;;{mark} sans nom;;;;;\n".encode()
    sent = asking.Sent(f"{side.said(AGENCE)} clients.csv", data, recognition.look(data))

    def keep(file: ImportFile, content: Any) -> None:
        file.file.save(f"imports/{mark}.csv", content, save=True)

    return asking.ask(side.world.as_manager, [sent], NOW, keep)


def an_import(stage: ImportStage) -> Any:
    """Return what finds an import of the home side at a stage."""

    def found(scene: Stage) -> ImportRequest:
        actor = scene.home.world.as_manager
        known = ImportRequest.objects.filter(agence=actor.agence, stage=stage).first()
        if known:
            return known
        made = _sent(scene.home)
        if stage != ImportStage.COLUMNS:
            asking.say_columns(made, actor, {file.pk: file.columns for file in made.files.all()}, NOW)
            ImportRequest.objects.filter(pk=made.pk).update(lease_until=None)
            claimed = work.claim(actor.agence, NOW)
            assert claimed is not None
            work.carry_on(claimed, actor)
            ImportRequest.objects.filter(pk=made.pk).update(stage=stage)
        return ImportRequest.objects.get(pk=made.pk)

    return found


def a_file(scene: Stage) -> ImportFile:
    """Return a file with refused lines."""
    return an_import(ImportStage.READY)(scene).files.get()


def sheet(stage: ImportStage) -> Any:
    """Return what finds the page of that import."""
    return lambda scene, _url: reverse("gestion:import", args=[an_import(stage)(scene).public_id])


CASES = [
    Case("gestion:imports", "manager", shows=AGENCE, right="may_manage", open_to=ELSEWHERE),
    Case("gestion:import", of=an_import(ImportStage.COLUMNS), acts=True, shows=AGENCE, **MANAGES),
    Case("gestion:import", of=an_import(ImportStage.READY), shows=CLIENT, label="aperçu", **MANAGES),
    Case("gestion:import-refused", of=a_file, shows=CLIENT, **MANAGES),
    *(
        Case(f"gestion:import-{name}", of=an_import(at), acts=True, form=sheet(at), shows="", **MANAGES)
        for name, at in (
            ("confirm", ImportStage.READY),
            ("columns", ImportStage.READY),
            ("drop", ImportStage.READY),
            ("again", ImportStage.FAILED),
        )
    ),
]
