"""Imports of the demo's agency at every stage at which a page shows them, and a month that is closed."""

from __future__ import annotations

from typing import Any

from interventions import clock, hours, operations
from interventions.actor import Actor
from interventions.imports import asking, recognition, work
from interventions.models import ImportFile, ImportRequest, ImportStage, Intervention
from interventions.models.import_requests import AT_WORK
from tests.interventions.imports.conftest import HEADERS

LINES = ("NX1;Mme;Neuve;Ida;;;;;", "NX2;Mme;;sans nom;;;;;", "NX3;M.;Autre;;pas une adresse;;;;")


def imports(actor: Actor) -> None:
    """Leave one import at each stage, with refused lines; what waits for a worker comes last, or one would take it."""
    for stage in sorted(ImportStage, key=lambda one: one in AT_WORK):
        asked = _asked(actor, "\n".join([HEADERS["clients.csv"], *LINES, ""]))
        if stage == ImportStage.COLUMNS:
            ImportFile.objects.filter(request=asked).update(columns={"N° client": 0, "Téléphone": -1})
            continue
        asking.say_columns(asked, actor, {file.pk: file.columns for file in asked.files.all()}, clock.now())
        if stage in (ImportStage.READY, ImportStage.DONE):
            _go_on(actor)
        if stage == ImportStage.DONE:
            asked.refresh_from_db()
            asking.confirm(asked, actor, clock.now(), asking.preview_seen(asked))
            _go_on(actor)
        ImportRequest.objects.filter(pk=asked.pk).update(stage=stage)


def a_closed_month(actor: Actor) -> None:
    """Close the month of the demo's first visit, unless it is the present one."""
    first = Intervention.objects.visible_to(actor).in_order().first()
    month = hours.month_of(getattr(first, "day", actor.today(clock.now())))
    if month < hours.month_of(actor.today(clock.now())):
        operations.close_month(actor, month, clock.now(), {})


def _asked(actor: Actor, text: str) -> ImportRequest:
    data = text.encode()

    def keep(file: ImportFile, content: Any) -> None:
        file.file.save("imports/montre.csv", content, save=True)

    return asking.ask(actor, [asking.Sent("clients.csv", data, recognition.look(data))], clock.now(), keep)


def _go_on(actor: Actor) -> None:
    claimed = work.claim(actor.agence, clock.now())
    assert claimed is not None
    work.carry_on(claimed, actor)
