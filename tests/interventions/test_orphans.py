"""Files of scans without a row: swept once old, and nothing else of the folder with them."""

import os
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.base import ContentFile

from interventions import purging
from interventions.models import Agence, Attachment, Batch
from interventions.orphans import AGE
from interventions.states import Action
from tests.factories import NOW, a_world

pytestmark = pytest.mark.django_db
LONG_AGO, JUST_NOW = NOW - AGE - timedelta(seconds=1), NOW - AGE + timedelta(seconds=1)


@pytest.fixture(autouse=True)
def folder(settings: Any, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


def a_file(folder: Path, agence: Agence, name: str, since: datetime) -> Path:
    path = folder / str(agence.public_id) / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(b"%PDF-")
    os.utime(path, (since.timestamp(), since.timestamp()))
    return path


def test_an_old_file_without_a_row_goes_and_the_rest_stays(folder: Path) -> None:
    world, other = a_world(), a_world()
    visit = world.visit()
    world.act(visit, Action.COMPLETE, world.as_intervenant)
    name = f"{world.agence.public_id}/{uuid4()}.pdf"
    batch = Batch.objects.latest("pk")
    scan = Attachment(agence=world.agence, intervention=visit, batch=batch, name="x", size=5, at=NOW)
    scan.file.save(name, ContentFile(b"%PDF-"))
    kept = folder / name
    os.utime(kept, (LONG_AGO.timestamp(), LONG_AGO.timestamp()))
    orphans = [a_file(folder, world.agence, f"{uuid4()}.{ending}", LONG_AGO) for ending in ("pdf", "jpg", "png")]
    stay = [
        kept,
        a_file(folder, world.agence, f"{uuid4()}.pdf", JUST_NOW),
        a_file(folder, world.agence, "a-lire.pdf", LONG_AGO),
        a_file(folder, world.agence, f"{uuid4()}.csv", LONG_AGO),
        a_file(folder, other.agence, f"{uuid4()}.pdf", LONG_AGO),
    ]
    assert purging.of_agence(world.agence, NOW) == len(orphans)
    assert {path for path in folder.rglob("*") if path.is_file()} == set(stay)


def test_an_agency_without_a_folder_has_nothing_to_sweep() -> None:
    assert purging.of_agence(a_world().agence, NOW) == 0
