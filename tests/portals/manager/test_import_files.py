"""What files are taken, and how their columns are recognised, matched by hand and remembered."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from interventions.models import Client, ColumnMatch, Import, ImportRequest, Intervention
from portals.manager.imports import forms
from portals.tasks import carry_on_imports
from tests import factories
from tests.factories import World
from tests.interventions.imports.conftest import HEADERS, written
from tests.portals.manager.conftest import Desk, desk_of, words
from tests.portals.manager.importing import CLIENTS, confirm, files, preview, send

pytestmark = pytest.mark.django_db


def test_renamed_columns_are_matched_by_hand_and_remembered_for_this_agency_and_kind(world: World, desk: Desk) -> None:
    header = "Ville;Nom de famille;N° client;Civilité;Prénom;Courriel;Téléphone;Adresse;Code postal"
    data = {"export 2026.csv": f"{header}\nBrest;Quéré;CL1;Mme;Yvonne;y@example.org;;;\n".encode()}
    url = send(desk, data)
    page = desk.browser.get(url)
    assert "2 colonnes ne sont pas reconnues" in words(page)
    sent = {field.html_name: field.initial for field in page.context["form"]}
    missing = [name for name, value in sent.items() if value == ""]
    again = desk.browser.post(url, sent)
    assert again.status_code == 422
    assert words(again).count("Choisissez la colonne de votre fichier.") == 4
    twice = desk.browser.post(url, sent | {missing[0]: "1", missing[1]: "1"})
    assert "Cette colonne sert déjà pour « Nom »." in words(twice)
    assert 'value="1" selected' in twice.text
    desk.browser.post(url, sent | {missing[0]: "1", missing[1]: "5"})
    assert carry_on_imports() == 1
    confirm(desk, url)
    carry_on_imports()
    made = Client.objects.get(number="CL1")
    assert (made.last_name, made.city, made.user.email) == ("Quéré", "Brest", "y@example.org")
    assert set(ColumnMatch.objects.values_list("agence", "kind", "column", "head")) == {
        (world.agence.pk, "clients.csv", "Nom", "nom de famille"),
        (world.agence.pk, "clients.csv", "Email", "courriel"),
    }
    assert "Toutes les colonnes sont reconnues" in words(desk.browser.get(send(desk, data)))
    other = factories.a_world()
    assert "2 colonnes ne sont pas reconnues" in words(
        desk_of(other.gestionnaire).browser.get(send(desk_of(other.gestionnaire), data))
    )


def test_one_press_is_one_import_however_often_it_arrives(world: World, desk: Desk) -> None:
    def press(who: Desk, key: str) -> str:
        sent = {"fichiers": files(written(clients=CLIENTS)), "key": key}
        return str(who.browser.post("/gestion/imports/", sent).url)

    key = factories.key()
    first = press(desk, key)
    assert (press(desk, key), ImportRequest.objects.count()) == (first, 1)
    colleague = desk_of(factories.a_gestionnaire(world.agence))
    assert len({first, press(desk, factories.key()), press(colleague, key)}) == 3
    assert desk.browser.post("/gestion/imports/", {"fichiers": files(written(clients=CLIENTS))}).status_code == 400


def answered(desk: Desk, url: str, **by_column: str) -> Any:
    """Say what the columns of an import are: as they were recognised, but for these."""
    form = desk.browser.get(url).context["form"]
    fields = {str(field.label): field.html_name for field in form}
    sent = {field.html_name: field.initial for field in form}
    return desk.browser.post(url, sent | {fields[name]: place for name, place in by_column.items()})


def loaded(desk: Desk, url: str) -> None:
    assert carry_on_imports() == 1
    confirm(desk, url)
    assert carry_on_imports() == 1


def test_a_column_that_the_file_does_not_have_is_said_once_and_changes_nothing_here(world: World, desk: Desk) -> None:
    whole = send(desk, clients=CLIENTS)
    answered(desk, whole)
    loaded(desk, whole)
    short = {"clients.csv": "N° client;Civilité;Nom;Prénom;Ville\nCL1;Mme;Quéré;Yvonne;Nantes\nCL9;;Neuf;;\n".encode()}
    url = send(desk, short)
    assert "4 colonnes ne sont pas reconnues" in words(desk.browser.get(url))
    assert answered(desk, url, Nom="-1").status_code == 422, "a client has a name"
    absent = dict.fromkeys(("Email", "Téléphone", "Adresse", "Code postal"), "-1")
    assert answered(desk, url, **absent).status_code == 303
    loaded(desk, url)
    known, new = Client.objects.get(number="CL1"), Client.objects.get(number="CL9")
    assert (known.city, known.phone, known.user.email) == ("Nantes", "+33 2 00", "yvonne@example.org")
    assert (new.last_name, new.phone, new.user) == ("Neuf", "", None)
    assert ColumnMatch.objects.filter(head="").count() == 4
    again = send(desk, short)
    assert "Toutes les colonnes sont reconnues" in words(desk.browser.get(again))
    answered(desk, again)
    assert carry_on_imports() == 1
    assert desk.browser.get(again).context["table"][0].file.counts["unchanged"] == 2
    back = send(desk, clients=[CLIENTS[0].replace("+33 2 00", "+33 2 11").replace("Brest", "Nantes")])
    answered(desk, back)
    loaded(desk, back)
    assert Client.objects.get(number="CL1").phone == "+33 2 11", "the column is back, and the file still has the field"
    assert not ColumnMatch.objects.filter(head="").exists()


def test_a_planning_without_who_and_how_far_leaves_both_as_they_are(world: World, desk: Desk) -> None:
    client, carer = world.client.number, world.intervenant.number
    line = f"V1;{client};{carer};{world.prestation.name};{world.contrat.number};01/12/2026;09:00;10:00;3,5;Sonner"
    first = send(desk, interventions=[line])
    answered(desk, first)
    loaded(desk, first)
    heads = "N° intervention;N° client;Prestation;N° contrat;Date;Heure de début;Heure de fin;Ordre de mission"
    short = f"{heads}\nV1;{client};;{world.contrat.number};01/12/2026;09:30;10:00;Sonner\n"
    url = send(desk, {"interventions.csv": short.encode()})
    answered(desk, url, Matricule="-1", Kilomètres="-1")
    loaded(desk, url)
    visit = Intervention.objects.get(number="V1")
    assert (visit.intervenant, visit.planned_km) == (world.intervenant, Decimal("3.5"))
    assert str(visit.planned_end - visit.planned_start) == "0:30:00"


def test_a_file_that_is_not_recognised_is_asked_about(desk: Desk) -> None:
    url = send(
        desk,
        {"a.csv": b"A;B;C;D;E;F;G;H;I\n1;2;3;4;5;6;7;8;9\n", "clients.csv": written(clients=CLIENTS)["clients.csv"]},
    )
    page = desk.browser.get(url)
    assert "Quels sont ces fichiers" in words(page)
    refused = desk.browser.post(url, {"0-genre": "clients.csv", "1-genre": "clients.csv"})
    assert refused.status_code == 422
    assert "« a.csv » est déjà ce fichier-là" in words(refused)
    desk.browser.post(url, {"0-genre": "intervenants.csv", "1-genre": "clients.csv"})
    assert "6 colonnes ne sont pas reconnues" in words(desk.browser.get(url))


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "Ce fichier est vide."),
        (b"PK\x03\x04 un classeur", "Ce fichier est un classeur."),
        (b"%PDF-1.7 \x00\x01", "Ce fichier n’est pas un fichier de texte."),
        (b"un,deux\n1,2\n", "ne sont pas séparées par des points-virgules"),
    ],
)
def test_what_is_no_table_of_text_is_refused_next_to_the_field(desk: Desk, content: bytes, said: str) -> None:
    answer = desk.post("imports/", fichiers=files({"clients.csv": content}))
    assert answer.status_code == 422
    assert said in words(answer)
    assert not ImportRequest.objects.exists()


def test_a_file_that_breaks_further_down_is_named_and_nothing_is_imported(desk: Desk) -> None:
    data = {"clients.csv": f'{HEADERS["clients.csv"]}\n{CLIENTS[0]}\nCL2;M.;"Le Gall;;;;;;\n'.encode()}
    shown = words(desk.browser.get(preview(desk, data)))
    assert "clients.csv : Ligne 3 : des guillemets sont ouverts" in shown
    assert not Import.objects.exists()


def test_too_much_at_once_is_refused_next_to_the_field(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(data: dict[str, bytes]) -> str:
        answer = desk.post("imports/", fichiers=files(data))
        assert answer.status_code == 422
        return words(answer)

    data = written(clients=CLIENTS, intervenants=["SA1;;Un;;;"])
    monkeypatch.setattr(forms, "MOST_LINES", 4)
    assert "plus de 250 000 lignes" in refused(data)
    monkeypatch.setattr(forms, "LARGEST", 120)
    assert "clients.csv : il dépasse 25 Mo" in refused(data)
    monkeypatch.setattr(forms, "TOGETHER", 150)
    assert "dépassent ensemble 40 Mo" in refused(data)
    assert "5 fichiers au plus" in refused({f"{n}.csv": b"A;B\n1;2\n" for n in range(6)})
    assert "Choisissez au moins un fichier." in words(desk.post("imports/"))
    assert not ImportRequest.objects.exists()
