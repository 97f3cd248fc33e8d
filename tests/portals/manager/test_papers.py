"""By phone or on paper: a scan kept with the act it proves, for the desk only; the week's sheet to sign."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pypdf
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import OperationalError
from psycopg.errors import DeadlockDetected

from interventions.models import Attachment, Intervention
from interventions.states import Action, Ground, Status
from portals.web.presses import tell
from tests import factories
from tests.factories import World
from tests.portals.manager.conftest import Desk, desk_of, words
from tests.portals.manager.test_acts import done

pytestmark = pytest.mark.django_db
PDF, PNG, JPEG = b"%PDF-1.7 signed", b"\x89PNG\r\n\x1a\n rest", b"\xff\xd8\xff\xe0 rest"


@pytest.fixture(autouse=True)
def folder(settings: Any, tmp_path: Path) -> Path:
    """Keep the files of a test with the test."""
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


def post(desk: Desk, visit: Intervention, content: bytes, name: str = "feuille.pdf", **typed: Any) -> Any:
    fields = {"ground": Ground.SIGNED_SHEET.value, **typed, "scan": SimpleUploadedFile(name, content)}
    return desk.post(f"interventions/{visit.public_id}/validation/", visit, **fields)


@pytest.mark.parametrize(
    ("content", "kind"),
    [(PDF, "application/pdf"), (PNG, "image/png"), (JPEG, "image/jpeg")],
    ids=["pdf", "png", "jpeg"],
)
def test_a_scan_is_kept_with_the_press_and_given_back(
    desk: Desk, world: World, folder: Path, content: bytes, kind: str
) -> None:
    visit = done(world)
    assert post(desk, visit, content, "../../été <b>.pdf").status_code == 303
    kept = Attachment.objects.get(intervention=visit)
    visit.refresh_from_db()
    assert (visit.status, kept.batch.ground) == (Status.VALIDATED, Ground.SIGNED_SHEET)
    assert (kept.media_type, kept.size, kept.name) == (kind, len(content), "été <b>.pdf")
    on_disk = [path for path in folder.rglob("*") if path.is_file()]
    assert [path.read_bytes() for path in on_disk] == [content]
    assert folder in on_disk[0].parents
    assert "été" not in on_disk[0].name
    window = desk.get(f"interventions/{visit.public_id}/")
    assert "Pièces jointes" in words(window)
    assert "été &lt;b&gt;.pdf" in window.text
    given = desk.get(f"pieces/{kept.public_id}/")
    assert b"".join(given.streaming_content) == content
    assert given["Content-Type"] == kind
    assert given["Content-Disposition"].startswith("attachment")
    assert given["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"<html><script>alert(1)</script>", "Ce fichier n’est ni un PDF, ni une image JPEG ou PNG."),
        (b"", "Ce fichier est vide."),
        (PDF + bytes(5 * 1024 * 1024), "Ce fichier dépasse 5 Mo"),
    ],
    ids=["another kind", "empty", "too large"],
)
def test_a_file_that_may_not_be_kept_is_refused_and_nothing_is_done(
    desk: Desk, world: World, folder: Path, content: bytes, said: str
) -> None:
    visit = done(world)
    answer = post(desk, visit, content)
    assert answer.status_code == 422
    assert said in words(answer)
    visit.refresh_from_db()
    assert visit.status == Status.DONE
    assert list(folder.rglob("*")) == []


def test_a_press_repeated_keeps_one_scan(desk: Desk, world: World) -> None:
    visit, key = done(world), factories.key()
    for _press in range(2):
        fields = {"key": key, "seen": visit.version, "ground": "phone", "scan": SimpleUploadedFile("a.pdf", PDF)}
        desk.browser.post(f"/gestion/interventions/{visit.public_id}/validation/", fields)
    assert Attachment.objects.filter(intervention=visit).count() == 1


def test_a_request_that_is_rolled_back_leaves_no_file(
    desk: Desk, world: World, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Once for good; and once for a deadlock, after which the press goes: one file then, the second attempt's."""
    visit, ends = done(world), ["for good", "a deadlock"]
    locked = OperationalError("deadlock detected")
    locked.__cause__ = DeadlockDetected()

    def interrupted(*told: Any) -> None:
        assert [path.read_bytes() for path in folder.rglob("*.pdf")] == [PDF]
        if not ends:
            tell(*told)
        elif ends.pop(0) == "a deadlock":
            raise locked
        else:
            raise RuntimeError

    monkeypatch.setattr("portals.manager.acts.tell", interrupted)
    with pytest.raises(RuntimeError):
        post(desk, visit, PDF)
    assert not Attachment.objects.exists()
    assert list(folder.rglob("*.pdf")) == []
    assert post(desk, visit, PDF).status_code == 303
    kept = Attachment.objects.get(intervention=visit)
    assert [path.name for path in folder.rglob("*.pdf")] == [Path(kept.file.path).name]


def test_contesting_and_cancelling_for_the_client_take_a_scan_too(desk: Desk, world: World) -> None:
    for noun in ("modification", "annulation-du-client"):
        page = desk.get(f"interventions/{done(world).public_id}/{noun}/")
        assert 'enctype="multipart/form-data"' in page.text
        assert 'type="file" name="scan"' in page.text
    visit = done(world)
    fields = {"motif": world.motif().pk, "ground": "letter", "scan": SimpleUploadedFile("lettre.jpg", JPEG)}
    assert desk.post(f"interventions/{visit.public_id}/annulation-du-client/", visit, **fields).status_code == 303
    assert Attachment.objects.get(intervention=visit).batch.entries.get().action == Action.CANCEL_BY_CLIENT


def test_another_agency_another_secteur_and_the_client_get_no_scan(desk: Desk, world: World) -> None:
    visit = done(world)
    post(desk, visit, PDF)
    address = f"pieces/{Attachment.objects.get(intervention=visit).public_id}/"
    limited = factories.a_gestionnaire(
        world.agence, all_secteurs=False, secteurs=[factories.a_secteur(world.agence)], may_manage=True
    )
    for stranger in (limited, factories.a_world().gestionnaire):
        assert desk_of(stranger).get(address).status_code == 404
    desk.browser.force_login(world.client.user)
    assert desk.get(address).status_code == 403


def sheet(desk: Desk, world: World, **query: str) -> str:
    answer = desk.get(f"clients/{world.client.public_id}/feuille/", data=query)
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    pages = pypdf.PdfReader(io.BytesIO(answer.content)).pages
    return " ".join("\n".join(page.extract_text() for page in pages).split())


def test_the_week_to_sign_holds_its_visits_in_large_type(desk: Desk, world: World) -> None:
    done(world)
    world.visit(start="14:00")
    cancelled = world.visit(start="17:00")
    world.act(cancelled, Action.CANCEL, world.as_intervenant)
    said = sheet(desk, world, semaine="2026-11-26")
    assert "Vos visites, semaine du 23 au 29 novembre 2026" in said
    assert said.count("Mardi 24 novembre") == said.count("Date et signature") == 2
    assert "Faite : de 9 h 00 à 10 h 00" in said
    assert "Faite : Arrivée" in said
    assert "17 h 00" not in said
    assert "Aïcha L’Héritier" in said
    assert "Aucune visite cette semaine-là." in sheet(desk, world, semaine="2026-01-01")
    assert "semaine du 23 au 29 novembre 2026" in sheet(desk, world, semaine="hier")


def test_the_fiche_leads_to_the_sheet_and_strangers_get_none(desk: Desk, world: World) -> None:
    fiche = desk.get(f"clients/{world.client.public_id}/", data={"onglet": "planning", "date": "2026-11-24"})
    assert f"/gestion/clients/{world.client.public_id}/feuille/?semaine=2026-11-24" in fiche.text
    other = desk_of(factories.a_world().gestionnaire)
    assert other.get(f"clients/{world.client.public_id}/feuille/").status_code == 404
