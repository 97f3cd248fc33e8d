"""No file can grow any more, as on a full disk, while somebody exports."""

from __future__ import annotations

import io
import zipfile
from urllib.request import Request

from tests.factories import World
from tests.faults.service import Service
from tests.faults.story import browser_of, declared, is_whole
from tests.interventions.mails.sink import Sink


def test_exports_need_no_disk(world: World, service: Service, sink: Sink) -> None:
    service.up("web")
    visits = declared(world, 30)
    manager = browser_of(world.gestionnaire.user, service)
    before = manager.get("/suivi/exports/visites.csv")
    with service.small_files("web", 1024):
        full = manager.get("/suivi/exports/visites.csv")
        assert (full.status, full.text) == (200, before.text)
        assert full.text.endswith("Fin de l’export;30\n")
        asked = Request(f"{service.address}/suivi/exports/visites.xlsx", headers=manager.headers)  # noqa: S310 - of ours
        with manager.opener.open(asked) as answer:
            book = answer.read()
        assert zipfile.ZipFile(io.BytesIO(book)).testzip() is None
        assert manager.get("/suivi/").status == 200
    assert manager.get("/suivi/").status == 200
    is_whole(world, visits)
