"""`import_agence`: its JSON, its agency, and files that change nothing."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from interventions.actor import system
from interventions.imports.apply import LAYOUTS, import_files
from interventions.imports.columns import FileRefused
from interventions.models import Agence, Client, Import, Intervention, Motif
from interventions.states import Via
from tests.interventions.imports.conftest import DATA, HEADERS, example

pytestmark = pytest.mark.django_db

RIVAGE = DATA / "agence-rivage"


def run(*args, **options):
    out = StringIO()
    call_command("import_agence", *map(str, args), stdout=out, **options)
    return out.getvalue()


@pytest.fixture
def folder(tmp_path):
    """A folder with a small agency's files."""

    def filled(**files):
        for name, data in files.items():
            (tmp_path / f"{name}.csv").write_bytes(data)
        return tmp_path

    return filled


def test_json_has_the_shape_that_was_agreed():
    shown = json.loads(run(RIVAGE, "--json"))
    expected = json.loads((RIVAGE / "expected.json").read_text())
    assert list(shown) == ["files", "hours"]
    assert shown["hours"] == expected["elapsed_hours_by_client_and_month"]
    file = shown["files"]["interventions.csv"]
    assert {name: file[name] for name in ("created", "updated", "unchanged", "refused", "kept")} == {
        "created": 1912,
        "updated": 0,
        "unchanged": 0,
        "refused": [],
        "kept": 0,
    }
    assert file["warnings"]


def test_refusals_name_line_column_value_and_reason(folder):
    path = folder(clients=f"{HEADERS['clients.csv']}\nCL1;;;;;;;;\n".encode())
    (refusal,) = json.loads(run(path, "--json"))["files"]["clients.csv"]["refused"]
    assert refusal == {"line": 2, "column": "Nom", "value": "", "reason": "«\u00a0Nom\u00a0» n’est pas renseigné."}


def test_the_agency_is_created_with_its_motifs_and_found_again():
    run(RIVAGE)
    run("--planning", DATA / "planning-rivage" / "planning.csv")
    agence = Agence.objects.get()
    assert (agence.name, agence.interventions.count()) == ("Agence Rivage", 1921)
    assert {motif.kind for motif in Motif.objects.filter(agence=agence)} == {"refus", "annulation"}


def test_two_agencies_do_not_meet():
    run(RIVAGE, "--agence", "Rivage")
    run(RIVAGE, "--agence", "Colline")
    assert [agence.interventions.count() for agence in Agence.objects.all()] == [1912, 1912]
    with pytest.raises(CommandError, match="--agence"):
        run("--planning", DATA / "planning-rivage" / "planning.csv")


def test_folder_and_planning_together():
    shown = json.loads(run(RIVAGE, "--planning", DATA / "planning-rivage" / "planning.csv", "--json"))
    assert list(shown["files"]) == [layout.file_name for layout in LAYOUTS]


def test_a_dry_run_leaves_not_even_the_agency():
    shown = json.loads(run(RIVAGE, "--json", "--dry-run"))
    assert shown["files"]["clients.csv"]["created"] == 60
    assert (Agence.objects.count(), Client.objects.count()) == (0, 0)


def test_the_text_names_what_was_refused():
    text = run(DATA / "agence-rivage-avec-erreurs")
    assert "clients.csv\u00a0: 30 créées, 0 mises à jour, 0 inchangées, 0 gardées, 4 refusées" in text
    assert "ligne 35, Email «\u00a0pas-une-adresse\u00a0»" in text


@pytest.mark.parametrize(
    "data",
    [
        b"",
        (RIVAGE / "interventions.csv").read_bytes()[:5000],
        b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR",
        b"PK\x03\x04\x14\x00\x06\x00",
        (RIVAGE / "clients.csv").read_bytes(),
        b"Bonjour",
    ],
    ids=["empty", "truncated", "binary", "workbook", "wrong", "words"],
)
def test_one_bad_file_changes_nothing_of_all(folder, data):
    path = folder(**{name.removesuffix(".csv"): data for name, data in example("agence-rivage").items()})
    (path / "interventions.csv").write_bytes(data)
    with pytest.raises(CommandError, match=r"^interventions\.csv\s: \S"):
        run(path, "--json")
    assert (Agence.objects.count(), Client.objects.count()) == (0, 0)


def test_a_last_line_without_line_end_loads_with_a_remark(folder):
    path = folder(clients=f"{HEADERS['clients.csv']}\nCL1;;Nom;;;;;;\nCL2;;Nom;;;;;;".encode())
    file = json.loads(run(path, "--json"))["files"]["clients.csv"]
    assert (file["created"], [remark["line"] for remark in file["warnings"]]) == (2, [3])


@pytest.mark.parametrize("args", [[], ["/nowhere"], ["--planning", "/nowhere.csv", "--agence", "X"]])
def test_what_is_not_there_is_said(args):
    with pytest.raises(CommandError):
        run(*args)


def test_a_name_too_long_for_an_agency_is_said():
    with pytest.raises(CommandError, match="120"):
        run(RIVAGE, "--agence", "x" * 121)


def test_an_empty_folder_is_said(tmp_path):
    with pytest.raises(CommandError, match="aucun des fichiers"):
        run(tmp_path)


CELLS = st.sampled_from(
    ["", "CL1", "CL2", "SA1", "CT1", "IN1", "Courses", "Signé", "01/12/2026", "28/03/2027", "09:00", "02:30", "24:00"]
) | st.text(alphabet=st.characters(exclude_categories=["Cs", "Cc"], exclude_characters='";'), max_size=8)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_whatever_the_files_they_load_or_are_refused_and_twice_changes_nothing(agence, data):
    files = {}
    for layout in LAYOUTS:
        width = len(layout.columns)
        rows = data.draw(st.lists(st.lists(CELLS, min_size=width, max_size=width), max_size=4))
        files[layout.file_name] = "\n".join([HEADERS[layout.file_name], *map(";".join, rows), ""]).encode()
    actor = system(agence, Via.IMPORT)
    try:
        import_files(actor, files)
    except FileRefused:
        return
    written = (Import.objects.count(), Intervention.objects.count(), Client.objects.count())
    import_files(actor, files)
    assert (Import.objects.count(), Intervention.objects.count(), Client.objects.count()) == written
