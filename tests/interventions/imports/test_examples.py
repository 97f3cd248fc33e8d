"""The example files, to the line and the hour, against what was worked out without this software."""

import json

import pytest

from interventions.hours import elapsed_minutes
from interventions.imports.report import Result
from interventions.models import (
    Batch,
    Client,
    Contrat,
    Import,
    ImportedLine,
    Intervenant,
    Intervention,
    JournalEntry,
    Mail,
    Prestation,
    User,
)
from interventions.states import Origin, Status
from tests.interventions.imports.conftest import DATA, example

pytestmark = pytest.mark.django_db

TABLES = [
    Client,
    Intervenant,
    Contrat,
    Prestation,
    Intervention,
    JournalEntry,
    Batch,
    Import,
    ImportedLine,
    User,
    Mail,
]
ETATS = {"Brouillon": "draft", "Validé": "valid", "Signé": "signed", "Résilié": "terminated"}


def expected(folder):
    return json.loads((DATA / folder / "expected.json").read_text())


def rows():
    """Everything that an import can write, in full."""
    return {model: list(model._default_manager.order_by("pk").values()) for model in TABLES}


@pytest.mark.parametrize("folder", ["agence-rivage", "agence-rivage-avec-erreurs"])
class TestAgency:
    def test_every_line_is_created_or_refused_as_expected(self, folder, send):
        report = send(example(folder))
        assert {
            name: (file.count(Result.CREATED), {refusal.line for refusal in file.refused}, len(file.results))
            for name, file in report.files.items()
        } == {
            name: (file["created"], {int(line) for line in file["refused_lines"]}, file["lines"])
            for name, file in expected(folder)["files"].items()
        }

    def test_the_base_holds_what_the_files_say(self, folder, send, agence):
        send(example(folder))
        wanted = expected(folder)
        counts = {
            "clients.csv": agence.clients.count(),
            "intervenants.csv": agence.intervenants.count(),
            "contrats.csv": agence.contrats.count(),
            "interventions.csv": agence.interventions.filter(origin=Origin.IMPORT).count(),
        }
        assert counts == {name: file["created"] for name, file in wanted["files"].items()}
        states = {etat: agence.contrats.filter(state=state).count() for etat, state in ETATS.items()}
        assert states == wanted["contracts_by_state"]
        assert agence.interventions.filter(contrat=None).count() == wanted["interventions_without_contract"]

    def test_hours_are_equal_in_the_report_and_in_the_base(self, folder, send, agence):
        report = send(example(folder))
        wanted = expected(folder)["elapsed_hours_by_client_and_month"]
        assert report.hours() == wanted
        found: dict[str, float] = {}
        for visit in agence.interventions.select_related("client"):
            key = f"{visit.client.number} {visit.day:%Y-%m}"
            found[key] = found.get(key, 0) + elapsed_minutes(visit.retained_start, visit.retained_end) / 60
        assert found == wanted

    def test_twice_changes_nothing(self, folder, send):
        first = send(example(folder))
        before = rows()
        second = send(example(folder))
        assert rows() == before
        assert second.hours() == first.hours()
        for name, file in second.files.items():
            assert file.count(Result.UNCHANGED) == first.files[name].count(Result.CREATED)
            assert (file.refused, file.kept, file.absent) == (first.files[name].refused, [], [])

    def test_a_dry_run_says_the_same_and_changes_nothing(self, folder, send):
        before = rows()
        shown = send(example(folder), dry_run=True).as_dict()
        assert rows() == before
        assert shown == send(example(folder)).as_dict()

    @pytest.mark.parametrize("encoding", ["utf-8", "cp1252"])
    def test_other_encodings_and_line_ends_load_the_same(self, folder, encoding, send):
        files = {
            name: data.decode("utf-8-sig").replace("\r\n", "\n").encode(encoding)
            for name, data in example(folder).items()
        }
        first = send(files)
        again = send(example(folder))
        assert all(file.count(Result.CREATED) == file.count(Result.UPDATED) == 0 for file in again.files.values())
        assert again.hours() == first.hours()


def test_an_import_makes_accounts_and_mails_nobody(send, agence):
    send(example("agence-rivage"))
    addresses = set(agence.clients.exclude(user=None).values_list("user__email", flat=True))
    assert "cl00002@famille.example" in addresses
    assert not User.objects.get(email="cl00002@famille.example").has_usable_password()
    assert Mail.objects.count() == 0


def test_every_visit_is_journalled_by_its_import(send, agence):
    send(example("agence-rivage"))
    entries = JournalEntry.objects.filter(agence=agence)
    assert entries.count() == agence.interventions.count()
    assert set(entries.values_list("action", "role", "batch__via")) == {("plan", "system", "import")}


class TestPlanning:
    def sent(self, send):
        send(example("agence-rivage"))
        return send(example("planning-rivage")).files["planning.csv"]

    def test_every_line_becomes_what_is_expected(self, send, agence):
        file = self.sent(send)
        wanted = expected("planning-rivage")
        assert {str(line): str(result) for line, result in file.results.items()} == {
            line: what["result"] for line, what in wanted.items()
        }
        assert {str(refusal.line): refusal.column for refusal in file.refused} == {
            line: what["column"] for line, what in wanted.items() if what["result"] == "refused"
        }
        assert self.visits(agence) == [what for what in wanted.values() if what["result"] == "created"]

    def visits(self, agence):
        lines = ImportedLine.objects.filter(agence=agence, kind="planning").order_by("intervention")
        visits = [line.intervention for line in lines]
        return [
            {
                "result": "created",
                "client": visit.client.number,
                "start": f"{visit.planned_start.astimezone(agence.zone):%Y-%m-%dT%H:%M}",
                "minutes": elapsed_minutes(visit.retained_start, visit.retained_end),
                "prestation": visit.prestation.name,
                "intervenant": visit.intervenant.number if visit.intervenant else "",
                "status": visit.status,
            }
            for visit in visits
        ]

    def test_together_with_the_agency_files_nothing_is_filled_from_them(self, send, agence):
        # The base as it was before the import had no visit: 10:00, 1 h, and no prestation to be found.
        report = send(example("agence-rivage") | example("planning-rivage")).files["planning.csv"]
        assert {refusal.line: refusal.column for refusal in report.refused if refusal.line < 11} == {
            5: "Prestation",
            6: "Prestation",
        }
        by_line = {visit["client"]: visit for visit in self.visits(agence)}
        assert (by_line["CL00007"]["start"], by_line["CL00007"]["minutes"]) == ("2026-12-15T08:00", 60)

    def test_twice_changes_nothing(self, send):
        self.sent(send)
        before = rows()
        again = send(example("planning-rivage")).files["planning.csv"]
        assert rows() == before
        assert (again.count(Result.UNCHANGED), again.count(Result.REFUSED)) == (9, 5)

    def test_the_draft_waits_for_an_intervenant(self, send, agence):
        file = self.sent(send)
        draft = agence.interventions.get(status=Status.DRAFT)
        assert (draft.client.number, draft.intervenant) == ("CL00046", None)
        assert any(remark.line == 8 and remark.column == "Intervenant" for remark in file.warnings)
