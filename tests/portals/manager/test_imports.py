"""An agency's files in the browser: what is shown, confirmed, done, and reported."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from typing import Any

import pytest
from django.test import TestCase

from interventions import clock
from interventions.imports import forgetting, work
from interventions.models import Client, Import, ImportFile, ImportFinding, ImportRequest, Mail
from portals.tasks import carry_on_imports
from tests import factories
from tests.factories import World
from tests.interventions.imports.conftest import HEADERS, example, written
from tests.portals.manager.conftest import Desk, desk_of, words
from tests.portals.manager.importing import CLIENTS, columns, confirm, files, preview, send

pytestmark = pytest.mark.django_db


def test_files_are_recognised_shown_confirmed_and_reported(world: World, desk: Desk) -> None:
    url = send(desk, example("agence-rivage-avec-erreurs"))
    assert "Toutes les colonnes sont reconnues" in words(desk.browser.get(url))
    assert columns(desk, url).url == url
    waiting = desk.browser.get(url)
    assert "Aperçu en préparation" in words(waiting)
    assert "attend son tour" in words(waiting)
    before = Client.objects.count()
    assert carry_on_imports() == 1
    shown = words(desk.browser.get(url))
    assert "Aperçu de l’import" in shown
    assert Client.objects.count() == before
    assert Import.objects.count() == 0
    assert "Import en cours" in words(confirm(desk, url))
    assert Client.objects.count() == before
    assert carry_on_imports() == 1
    report = words(desk.browser.get(url))
    assert "Import n° 1" in report
    assert "confirmé par Claire Morvan" in report
    assert Client.objects.count() > before
    assert Import.objects.get().actor == world.gestionnaire.user
    assert Mail.objects.count() == 0
    # A row that was written last stands last in its table: the files are shown as they were sent nevertheless.
    ImportFile.objects.filter(name="clients.csv").update(sample=[])
    listed = words(desk.get("imports/"))
    assert "importé (n° 1)" in listed
    assert "clients.csv, intervenants.csv, contrats.csv, interventions.csv" in listed


def test_the_same_files_again_change_nothing_and_offer_nothing_to_confirm(desk: Desk) -> None:
    url = preview(desk, clients=CLIENTS)
    confirm(desk, url)
    carry_on_imports()
    again = desk.browser.get(preview(desk, clients=CLIENTS))
    assert "Ces fichiers ne changent rien. 2 inchangées" in words(again)
    assert "confirmation/" not in again.text


def test_lines_are_listed_by_result_with_line_column_and_reason(desk: Desk) -> None:
    confirm(desk, preview(desk, clients=CLIENTS))
    carry_on_imports()
    Client.objects.filter(number="CL2").update(city="Quimper")
    changed = [
        CLIENTS[0].replace("1 rue", "2 rue"),
        "CL2;M.;Le Gall;Jean;;;;;Brest",
        "CL3;;;;;;;;",
        "CL4;;Neuf;;;;;;",
        "court",
    ]
    url = preview(desk, clients=changed)
    rows = {}
    for result in ("refused", "kept", "updated", "created"):
        page = desk.browser.get(f"{url}?fichier=clients.csv&sort={result}")
        rows[result] = [
            (row.line, row.label, row.column, row.value, row.here, row.reason) for row in page.context["cut"].rows
        ]
    assert rows == {
        "refused": [
            (4, "CL3", "Nom", "", "", "«\u00a0Nom\u00a0» n’est pas renseigné."),
            (6, "", "", "court", "", rows["refused"][1][5]),
        ],
        "kept": [(3, "CL2 · Le Gall · Jean", "Ville", "Brest", "Quimper", "")],
        "updated": [(2, "CL1 · Quéré · Yvonne", "Adresse", "2 rue", "1 rue", "")],
        "created": [(5, "CL4 · Neuf", "", "", "", "")],
    }
    assert "1 colonnes au lieu de 9" in rows["refused"][1][5]


def test_fifty_lines_a_page(desk: Desk) -> None:
    url = preview(desk, clients=[f"N{n};;Nom {n};;;;;;" for n in range(120)])
    first = desk.browser.get(url).context["cut"]
    assert [row.line for row in first.rows] == list(range(2, 52))
    second = desk.browser.get(f"{url}{first.next_url}").context["cut"]
    assert [row.line for row in second.rows] == list(range(52, 102))
    assert desk.browser.get(f"{url}{second.previous_url}").context["cut"].rows == first.rows


def test_what_changed_between_preview_and_confirmation_is_said_and_nothing_is_imported(
    world: World, desk: Desk
) -> None:
    url = preview(desk, clients=CLIENTS)
    factories.a_client(world.agence, number="CL2", last_name="Autre")
    confirm(desk, url)
    carry_on_imports()
    page = desk.browser.get(url)
    assert "une ligne a maintenant un autre sort. Rien n’a été importé." in words(page)
    assert not Client.objects.filter(number="CL1").exists()
    assert [(row.line, row.result) for row in page.context["cut"].rows] == [(3, "kept")] * len(
        page.context["cut"].rows
    )
    confirm(desk, url)
    carry_on_imports()
    assert Client.objects.get(number="CL2").last_name == "Autre"
    assert Client.objects.filter(number="CL1").exists()


def test_two_managers_with_the_same_file_at_once_import_it_once(world: World, desk: Desk) -> None:
    colleague = desk_of(factories.a_gestionnaire(world.agence, first_name="Yann"))
    mine, theirs = preview(desk, clients=CLIENTS), preview(colleague, clients=CLIENTS)
    confirm(desk, mine)
    confirm(colleague, theirs)
    assert carry_on_imports() == 2
    assert "2 lignes ont maintenant un autre sort" in words(colleague.browser.get(theirs))
    assert Client.objects.filter(number__in=["CL1", "CL2"]).count() == 2
    assert Import.objects.count() == 1


def test_a_preview_that_a_colleague_made_anew_is_not_confirmed_unseen(world: World, desk: Desk) -> None:
    url = preview(desk, clients=CLIENTS)
    seen = desk.browser.get(url).context["seen"]
    ImportRequest.objects.update(previewed_at=clock.now() + work.LEASE)
    answer = desk.browser.post(f"{url}confirmation/", {"vu": seen}, follow=True)
    assert "Cet import a avancé entre-temps" in words(answer)
    assert carry_on_imports() == 0
    # Pressed twice, it is one import.
    confirm(desk, url)
    assert "Cet import a avancé entre-temps" in words(confirm_again(desk, url))


def confirm_again(desk: Desk, url: str) -> Any:
    """Press once more on a page that was left open."""
    return desk.browser.post(f"{url}confirmation/", {"vu": "autrefois"}, follow=True)


def test_the_refused_lines_come_as_a_file_to_correct_and_send_again(desk: Desk) -> None:
    lines = ["CL1;Mme;;Yvonne;;+33 2 00;=1+1;29000;Brest", CLIENTS[1], "CL3;;Nom;;pas une adresse;;;;"]
    url = preview(desk, clients=lines)
    refused = ImportFile.objects.get()
    answer = desk.browser.get(f"/gestion/fichiers-importes/{refused.public_id}/refusees/")
    assert answer["Content-Disposition"] == 'attachment; filename="refusees-clients.csv"'
    data = b"".join(answer.streaming_content)
    rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig")), delimiter=";"))
    assert rows == [
        [*HEADERS["clients.csv"].split(";"), "Ligne", "Raison du refus"],
        [
            "CL1",
            "Mme",
            "",
            "Yvonne",
            "",
            "'+33 2 00",
            "'=1+1",
            "29000",
            "Brest",
            "2",
            "Nom\u00a0: «\u00a0Nom\u00a0» n’est pas renseigné.",
        ],
        [
            "CL3",
            "",
            "Nom",
            "",
            "pas une adresse",
            "",
            "",
            "",
            "",
            "4",
            "Email\u00a0: Ce n’est pas une adresse e-mail.",
        ],
    ]
    confirm(desk, url)
    carry_on_imports()
    corrected = data.decode().replace("Mme;;", "Mme;Quéré;").replace("pas une adresse", "nom@example.org")
    url = preview(desk, {"refusees-clients.csv": corrected.encode()})
    confirm(desk, url)
    carry_on_imports()
    made = Client.objects.get(number="CL1")
    assert (made.phone, made.address) == ("+33 2 00", "=1+1")
    assert not ImportFile.objects.latest("pk").counts["refused"]
    again = desk.browser.get(f"/gestion/fichiers-importes/{ImportFile.objects.latest('pk').public_id}/refusees/")
    assert again.status_code == 404


def test_giving_up_leaves_nothing_and_only_before_the_import(desk: Desk) -> None:
    url = preview(desk, clients=CLIENTS)
    answer = desk.browser.post(f"{url}abandon/", follow=True)
    assert "Rien n’a été importé." in words(answer)
    assert "Import abandonné" in words(desk.browser.get(url))
    other = preview(desk, clients=CLIENTS)
    confirm(desk, other)
    assert "a avancé entre-temps" in words(desk.browser.post(f"{other}abandon/", follow=True))
    assert carry_on_imports() == 1
    assert Client.objects.filter(number="CL1").exists()


def test_rights_count_at_each_step(world: World, desk: Desk) -> None:
    url = preview(desk, clients=CLIENTS)
    confirm(desk, url)
    world.gestionnaire.may_manage = False
    world.gestionnaire.save()
    carry_on_imports()
    world.gestionnaire.may_manage = True
    world.gestionnaire.save()
    assert "Les droits de la personne qui l’a demandé ont pris fin." in words(desk.browser.get(url))
    assert not Client.objects.filter(number="CL1").exists()
    desk.browser.post(f"{url}apercu/")
    carry_on_imports()
    confirm(desk, url)
    carry_on_imports()
    assert Client.objects.filter(number="CL1").exists()


@pytest.mark.parametrize("limit", ["without gestion", "of one secteur"])
def test_who_may_not_import_sees_nothing_of_it(world: World, desk: Desk, limit: str) -> None:
    url = preview(desk, clients=CLIENTS)
    if limit == "without gestion":
        other = factories.a_gestionnaire(world.agence, may_manage=False)
    else:
        other = factories.a_gestionnaire(world.agence, secteurs=[factories.a_secteur(world.agence)])
    browser = desk_of(other).browser
    assert "/gestion/imports/" not in browser.get("/gestion/clients/").text
    assert "/gestion/imports/" in desk.get("clients/").text
    refused = f"/gestion/fichiers-importes/{ImportFile.objects.get().public_id}/refusees/"
    for address in ("/gestion/imports/", url, refused):
        assert browser.get(address).status_code == 403
    for address in (
        "/gestion/imports/",
        url,
        *(f"{url}{step}/" for step in ("confirmation", "apercu", "colonnes", "abandon")),
    ):
        assert browser.post(address, {"fichiers": files(written(clients=CLIENTS))}).status_code == 403
    assert ImportRequest.objects.get().stage == "ready"


def test_another_agency_finds_nothing(desk: Desk) -> None:
    url = preview(desk, clients=CLIENTS)
    other = desk_of(factories.a_world().gestionnaire).browser
    assert other.get(url).status_code == 404
    assert other.post(f"{url}confirmation/", {"vu": desk.browser.get(url).context["seen"]}).status_code == 404
    refused = ImportFile.objects.get().public_id
    assert other.get(f"/gestion/fichiers-importes/{refused}/refusees/").status_code == 404
    assert ImportFinding.objects.filter(agence=ImportRequest.objects.get().agence).count() == 2


def test_progress_is_a_fragment_and_its_end_reloads_the_page(desk: Desk) -> None:
    url = send(desk, clients=CLIENTS)
    columns(desk, url)
    htmx = {"HX-Request": "true", "HX-Target": "avancement"}
    cut = desk.browser.get(url, headers=htmx)
    assert cut.text.lstrip().startswith('<div class="stack" id="avancement"')
    carry_on_imports()
    assert desk.browser.get(url, headers=htmx)["HX-Refresh"] == "true"


def test_files_and_lines_are_kept_for_thirty_days_and_counts_for_good(world: World, desk: Desk) -> None:
    done, waiting = preview(desk, clients=[*CLIENTS, "X;;;;;;;;"]), preview(desk, clients=CLIENTS)
    confirm(desk, done)
    carry_on_imports()
    kept = ImportFile.objects.order_by("pk").first()
    name, storage = str(kept.file.name), kept.file.storage
    assert forgetting.forget(world.agence, factories.NOW + forgetting.KEPT) == 0
    with TestCase.captureOnCommitCallbacks(execute=True):
        # Two files, three lines of one and two of the other.
        assert forgetting.forget(world.agence, factories.NOW + forgetting.KEPT + timedelta(minutes=1)) == 7
    assert not storage.exists(name)
    assert "2 nouvelles, 1 refusées" in words(desk.browser.get(done))
    assert desk.browser.get(f"/gestion/fichiers-importes/{kept.public_id}/refusees/").status_code == 404
    assert "Import abandonné" in words(desk.browser.get(waiting))
