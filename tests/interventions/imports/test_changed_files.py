"""A file that changed, onto a base that changed: what is updated, what is kept, what is absent."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from allauth.usersessions.models import UserSession
from django.db import connection
from django.test.utils import CaptureQueriesContext

from interventions import operations
from interventions.actor import system
from interventions.guards import Facts
from interventions.imports.report import Absent, Kept, Result
from interventions.models import Client, ImportedLine, Intervention, JournalEntry, User
from interventions.operations import Change
from interventions.states import Action, Status, Via
from tests import factories

pytestmark = pytest.mark.django_db

CLIENTS = ["CL1;Mme;Quéré;Yvonne;yvonne@famille.example;06 01;3 rue;44500;La Baule", "CL2;M.;Noël;Jean;;;;;"]
CARERS = ["SA1;Mme;L'Héritier;Aïcha;aicha@soins.example;06", "SA2;M.;Weiß;Noël;;"]
CONTRATS = [
    "CT1;CL1;Courses;Validé;01/01/2026;;Oui",
    "CT2;CL2;Courses;Signé;01/01/2026;;Oui",
    "CT3;CL1;Courses;Brouillon;01/01/2026;;Oui",
]
VISIT = "IN1;CL1;SA1;Courses;CT1;01/12/2026;09:00;10:00;2,5;Clé"
HEADED = {"clients": CLIENTS, "intervenants": CARERS, "contrats": CONTRATS}


@pytest.fixture
def loaded(send):
    """The people, contrats and one visit are in."""
    send(**HEADED, interventions=[VISIT])
    return send


def visit():
    return Intervention.objects.get(number="IN1")


def results(report, name):
    return [str(result) for _, result in sorted(report.files[name].results.items())]


def act(agence, action, *, at=factories.NOW, **fields):
    outcome = operations.apply(
        [Change(action, visit().pk, **fields)], actor=system(agence, Via.IMPORT), at=at, key=factories.key()
    )
    assert not outcome.refused
    return visit()


def facts(start, end, km):
    day = date(2026, 12, 1)
    return Facts(factories.local(day, start), factories.local(day, end), Decimal(km))


def journal():
    return list(JournalEntry.objects.filter(intervention=visit()).order_by("version").values_list("action", flat=True))


class TestVisits:
    @pytest.mark.parametrize(
        ("line", "check", "actions"),
        [
            (
                VISIT.replace("09:00", "08:00"),
                lambda v: v.planned_end - v.planned_start == timedelta(hours=2),
                ["move"],
            ),
            (VISIT.replace("01/12", "02/12"), lambda v: v.day == date(2026, 12, 2), ["move"]),
            (VISIT.replace("2,5", "7"), lambda v: v.planned_km == v.retained_km == Decimal("7.0"), ["move"]),
            (VISIT.replace("SA1", "SA2"), lambda v: v.intervenant.number == "SA2", ["move"]),
            (VISIT.replace("SA1", ""), lambda v: (v.intervenant, v.status) == (None, Status.DRAFT), ["unassign"]),
            (VISIT.replace("Courses", "Repas"), lambda v: v.prestation.name == "Repas", ["move"]),
            (VISIT.replace("CT1", "CT3"), lambda v: v.contrat.number == "CT3", ["attach"]),
            (VISIT.replace("CT1", ""), lambda v: v.contrat is None, ["attach"]),
            (VISIT.replace("Clé", "Code"), lambda v: v.ordre_de_mission == "Code", ["move"]),
            (
                VISIT.replace("CL1", "CL2").replace("CT1", "CT2"),
                lambda v: (v.client.number, v.contrat.number) == ("CL2", "CT2"),
                ["attach", "move", "attach"],
            ),
            (
                VISIT.replace("CL1", "CL2").replace("CT1", ""),
                lambda v: (v.client.number, v.contrat) == ("CL2", None),
                ["attach", "move"],
            ),
            (
                VISIT.replace("SA1", "").replace("10:00", "11:00").replace("CT1", "CT3"),
                lambda v: (v.status, v.contrat.number) == (Status.DRAFT, "CT3"),
                ["unassign", "move", "attach"],
            ),
        ],
    )
    def test_what_nobody_changed_here_is_updated(self, loaded, line, check, actions):
        report = loaded(interventions=[line])
        assert results(report, "interventions.csv") == ["updated"]
        assert check(visit())
        assert journal() == ["plan", *actions]
        assert results(loaded(interventions=[line]), "interventions.csv") == ["unchanged"]

    def test_a_draft_that_gets_a_carer_is_planned(self, send):
        send(**HEADED, interventions=[VISIT.replace("SA1", "")])
        report = send(interventions=[VISIT.replace("09:00", "08:00")])
        assert (results(report, "interventions.csv"), visit().status) == (["updated"], Status.PLANNED)
        assert journal() == ["plan", "assign", "move"]

    def test_the_reason_of_a_carer_taken_away_is_the_import(self, loaded):
        loaded(interventions=[VISIT.replace("SA1", "")])
        entry = JournalEntry.objects.get(action="unassign")
        assert entry.texts.reason == "Import n° 2"

    def test_an_equal_line_is_unchanged_whatever_was_done_here(self, loaded, agence):
        act(agence, Action.MOVE, ordre_de_mission="Ici", facts=facts("10:00", "12:00", "1.0"))
        assert results(loaded(interventions=[VISIT]), "interventions.csv") == ["unchanged"]
        assert visit().ordre_de_mission == "Ici"

    def test_only_fields_that_nobody_changed_here_are_updated(self, loaded, agence):
        act(agence, Action.MOVE, ordre_de_mission="Ici")
        report = loaded(interventions=[VISIT.replace("Clé", "Fichier").replace("2,5", "8")])
        file = report.files["interventions.csv"]
        assert results(report, "interventions.csv") == ["updated"]
        assert file.kept == [Kept(2, "Ordre de mission", "Fichier", "Ici")]
        assert (visit().ordre_de_mission, visit().planned_km) == ("Ici", Decimal("8.0"))

    def test_hours_changed_here_are_kept_and_shown_in_local_time(self, loaded, agence):
        act(agence, Action.MOVE, facts=facts("10:00", "12:00", "2.5"))
        report = loaded(interventions=[VISIT.replace("09:00", "08:30")])
        assert results(report, "interventions.csv") == ["kept"]
        assert report.files["interventions.csv"].kept == [
            Kept(2, "Heure de début", "01/12/2026 08:30 – 10:00", "01/12/2026 10:00 – 12:00")
        ]

    def test_a_kept_line_read_again_is_unchanged_and_stays_kept_when_it_changes(self, loaded, agence):
        act(agence, Action.MOVE, ordre_de_mission="Ici")
        changed = VISIT.replace("Clé", "Fichier")
        seen = [results(loaded(interventions=[line]), "interventions.csv") for line in (changed, changed, VISIT)]
        assert (seen, visit().ordre_de_mission) == ([["kept"], ["unchanged"], ["kept"]], "Ici")

    def test_the_same_change_here_and_in_the_file_is_nothing_to_do(self, loaded, agence):
        act(agence, Action.MOVE, ordre_de_mission="Code")
        changed = VISIT.replace("Clé", "Code")
        assert results(loaded(interventions=[changed]), "interventions.csv") == ["unchanged"]
        assert results(loaded(interventions=[changed.replace("Code", "Autre")]), "interventions.csv") == ["updated"]

    def test_a_visit_past_planned_is_kept(self, loaded, agence):
        world = factories.a_gestionnaire(agence)
        motif = agence.motifs.filter(kind="annulation")[0]
        change = Change(Action.CANCEL, visit().pk, motif_id=motif.pk)
        outcome = operations.apply([change], actor=factories.actor_of(world), at=factories.NOW, key=factories.key())
        assert outcome.done
        report = loaded(interventions=[VISIT.replace("2,5", "8")])
        assert report.files["interventions.csv"].kept == [Kept(2, "Kilomètres", "8.0", "2.5")]
        assert (visit().status, visit().planned_km) == (Status.CANCELLED, Decimal("2.5"))
        assert results(loaded(interventions=[VISIT.replace("2,5", "8")]), "interventions.csv") == ["unchanged"]

    def test_a_closed_month_stands_still(self, loaded, agence):
        operations.close_month(factories.actor_of(factories.a_gestionnaire(agence)), date(2026, 12, 1), factories.NOW)
        report = loaded(interventions=[VISIT.replace("01/12", "30/11"), VISIT.replace("IN1", "IN2")])
        assert results(report, "interventions.csv") == ["kept", "refused"]
        assert report.files["interventions.csv"].refused[0].reason == "Mois clôturé."
        assert (visit().day, Intervention.objects.count()) == (date(2026, 12, 1), 1)

    def test_a_visit_may_not_move_into_a_closed_month(self, loaded, agence):
        operations.close_month(factories.actor_of(factories.a_gestionnaire(agence)), date(2026, 11, 1), factories.NOW)
        assert results(loaded(interventions=[VISIT.replace("01/12", "30/11")]), "interventions.csv") == ["kept"]

    def test_what_an_earlier_file_had_in_the_period_is_listed_as_absent(self, loaded):
        others = [
            VISIT.replace("IN1", "IN2").replace("01/12", "03/12"),
            VISIT.replace("IN1", "IN3").replace("01/12", "05/12"),
            VISIT.replace("IN1", "IN4").replace("01/12", "09/12"),
        ]
        loaded(interventions=others)
        report = loaded(interventions=[VISIT, others[1]])
        assert report.files["interventions.csv"].absent == [Absent("IN2", date(2026, 12, 3))]
        assert Intervention.objects.filter(status=Status.PLANNED).count() == 4

    def test_a_refused_line_is_not_absent(self, loaded):
        later = VISIT.replace("IN1", "IN2").replace("01/12", "02/12")
        report = loaded(interventions=[VISIT.replace("09:00", "neuf"), later])
        assert (results(report, "interventions.csv"), report.files["interventions.csv"].absent) == (
            ["refused", "created"],
            [],
        )

    def test_a_visit_planned_here_under_the_same_number_is_kept(self, send, agence):
        send(**HEADED)
        client = agence.clients.get(number="CL1")
        here = facts("09:00", "11:00", "0.0")
        new = operations.NewVisit(client.pk, agence.prestations.get().pk, here.start, here.end, number="IN1")
        operations.apply([Change(Action.PLAN, new=new)], actor=system(agence, Via.IMPORT), at=factories.NOW, key="k")
        report = send(interventions=[VISIT])
        assert results(report, "interventions.csv") == ["kept"]
        assert {kept.column for kept in report.files["interventions.csv"].kept} == {
            "N° contrat",
            "Matricule",
            "Heure de début",
            "Kilomètres",
            "Ordre de mission",
        }

    def test_the_contrat_of_the_day_is_looked_at_and_never_refuses(self, send):
        lines = [
            VISIT.replace("CT1", "CT3"),
            VISIT.replace("IN1", "IN2").replace("/2026", "/2025"),
            VISIT.replace("IN1", "IN3").replace("Courses", "Repas").replace("01/12", "02/12"),
            VISIT.replace("IN1", "IN4").replace("09:00", "09:30"),
        ]
        report = send(**HEADED, interventions=lines)
        remarks = [(remark.line, remark.column) for remark in report.files["interventions.csv"].warnings]
        assert results(report, "interventions.csv") == ["created"] * 4
        assert sorted(remarks) == [(2, "N° contrat"), (3, "N° contrat"), (4, "Prestation"), (5, "Heure de début")]

    def test_two_lines_that_swap_their_hours_are_both_updated(self, send):
        lines = [VISIT, VISIT.replace("IN1", "IN2").replace("09:00;10:00", "14:00;15:00")]
        send(**HEADED, interventions=lines)
        swapped = [lines[1].replace("IN2", "IN1"), lines[0].replace("IN1", "IN2")]
        assert results(send(interventions=swapped), "interventions.csv") == ["updated", "updated"]


class TestPeople:
    def test_a_changed_line_updates_what_nobody_changed_here(self, loaded):
        Client.objects.filter(number="CL1").update(phone="ici")
        line = CLIENTS[0].replace("06 01", "fichier").replace("La Baule", "Pornichet")
        report = loaded(clients=[line, CLIENTS[1]])
        client = Client.objects.get(number="CL1")
        assert results(report, "clients.csv") == ["updated", "unchanged"]
        assert (client.phone, client.city) == ("ici", "Pornichet")
        assert report.files["clients.csv"].kept == [Kept(2, "Téléphone", "fichier", "ici")]

    def test_a_new_address_is_another_account(self, loaded):
        loaded(clients=[CLIENTS[0].replace("yvonne@", "Y.Quere@"), CLIENTS[1]])
        client = Client.objects.get(number="CL1")
        assert client.user.email == "y.quere@famille.example"
        assert User.objects.filter(email="yvonne@famille.example").exists()

    def test_an_address_that_changes_ends_its_sessions(self, loaded, client, django_capture_on_commit_callbacks):
        former = User.objects.get(email="yvonne@famille.example")
        client.force_login(former)
        key = client.session.session_key
        UserSession.objects.create(user=former, ip="127.0.0.1", session_key=key)
        with django_capture_on_commit_callbacks(execute=True):
            loaded(clients=[CLIENTS[0].replace("yvonne@", "y.quere@")])
        assert not UserSession.objects.filter(user=former).exists()
        assert not client.session.exists(key)

    def test_an_address_taken_away_leaves_the_person_without_account(self, loaded):
        loaded(clients=[CLIENTS[0].replace("yvonne@famille.example", "")])
        assert Client.objects.get(number="CL1").user is None

    def test_one_address_is_one_account_for_all_who_share_it(self, send):
        send(
            clients=[CLIENTS[0], CLIENTS[0].replace("CL1", "CL9")],
            intervenants=[f"SA9;;X;;{'YVONNE'}@famille.example;"],
        )
        account = User.objects.get()
        assert (account.clients.count(), account.intervenants.count()) == (2, 1)

    def test_people_known_here_without_a_file_are_kept_as_they_are(self, send, agence):
        factories.a_client(agence, number="CL1", user=None)
        report = send(clients=CLIENTS)
        assert results(report, "clients.csv") == ["kept", "created"]

    def test_a_file_without_someone_leaves_them_alone(self, loaded):
        report = loaded(clients=CLIENTS[:1])
        assert (results(report, "clients.csv"), Client.objects.count()) == (["unchanged"], 2)


class TestContrats:
    def test_dates_change_as_one(self, loaded, agence):
        agence.contrats.filter(number="CT1").update(ends_on=date(2026, 6, 30))
        line = CONTRATS[0].replace("01/01/2026;", "01/09/2026;31/12/2026").replace("Validé", "Signé")
        report = loaded(contrats=[line])
        contrat = agence.contrats.get(number="CT1")
        assert (contrat.state, contrat.starts_on, contrat.ends_on) == ("signed", date(2026, 1, 1), date(2026, 6, 30))
        assert report.files["contrats.csv"].kept == [
            Kept(2, "Début", "01/09/2026 – 31/12/2026", "01/01/2026 – 30/06/2026")
        ]

    def test_a_contrat_does_not_pass_to_another_client(self, loaded):
        report = loaded(contrats=[CONTRATS[0].replace("CL1", "CL2")])
        (refusal,) = report.files["contrats.csv"].refused
        assert (refusal.column, refusal.value) == ("N° client", "CL2")

    def test_an_unknown_client_is_refused_and_known_ones_need_no_file(self, loaded):
        report = loaded(contrats=["CT8;CL8;Courses;Signé;01/01/2026;;Oui", "CT9;CL2;Courses;Signé;01/01/2026;;Non"])
        assert results(report, "contrats.csv") == ["refused", "created"]


class TestPlanning:
    LINE = "CL1;10/12/2026;09:15;Courses;SA1;1:30;Liste"

    def test_intervenant_duration_and_order_may_change(self, loaded):
        loaded(planning=[self.LINE])
        report = loaded(planning=["CL1;10/12/2026;09:15;Courses;Weiß Noël;2;Autre"])
        made = ImportedLine.objects.get(kind="planning").intervention
        assert results(report, "planning.csv") == ["updated"]
        assert (made.intervenant.number, made.ordre_de_mission) == ("SA2", "Autre")
        assert made.planned_end - made.planned_start == timedelta(hours=2)

    def test_cells_emptied_later_change_nothing(self, loaded):
        loaded(planning=[self.LINE])
        report = loaded(planning=["CL1;10/12/2026;09:15;Courses;;;Liste"])
        assert results(report, "planning.csv") == ["unchanged"]

    def test_empty_cells_are_filled_once(self, loaded):
        loaded(planning=["CL1;10/12/2026;;;;;"])
        loaded(interventions=[VISIT.replace("IN1", "IN2").replace("01/12", "09/12").replace("SA1", "SA2")])
        report = loaded(planning=["CL1;10/12/2026;;;;;"])
        made = ImportedLine.objects.get(kind="planning").intervention
        assert (results(report, "planning.csv"), made.intervenant.number) == (["unchanged"], "SA1")

    def test_the_last_visit_before_that_day_counts_cancelled_ones_aside(self, loaded, agence):
        night = VISIT.replace("IN1", "IN2").replace("09:00;10:00", "21:30;07:00").replace("01/12", "09/12")
        same_day = VISIT.replace("IN1", "IN3").replace("01/12", "10/12")
        loaded(interventions=[night.replace("Courses", "Garde"), same_day])
        loaded(planning=["Quéré Yvonne;10/12/2026;;;;;"])
        made = ImportedLine.objects.get(kind="planning").intervention
        assert (made.prestation.name, made.planned_end - made.planned_start) == ("Garde", timedelta(hours=9.5))
        assert made.planned_start == factories.local(date(2026, 12, 10), "21:30")
        motif = agence.motifs.filter(kind="annulation")[0]
        cancelled = Change(Action.CANCEL, Intervention.objects.get(number="IN2").pk, motif_id=motif.pk)
        manager = factories.actor_of(factories.a_gestionnaire(agence))
        assert operations.apply([cancelled], actor=manager, at=factories.NOW, key="k").done
        loaded(planning=["CL1;10/12/2026;11:00;;;;"])
        made = ImportedLine.objects.filter(kind="planning").latest("pk").intervention
        assert (made.prestation.name, made.planned_end - made.planned_start) == ("Courses", timedelta(hours=1))

    def test_a_client_without_visits_gets_ten_oclock_and_an_hour(self, loaded):
        report = loaded(planning=["CL2;10/12/2026;;Courses;;;", "CL2;11/12/2026;;;;;"])
        made = ImportedLine.objects.get(kind="planning").intervention
        assert results(report, "planning.csv") == ["created", "refused"]
        assert (made.planned_start, made.status) == (factories.local(date(2026, 12, 10), "10:00"), Status.DRAFT)

    def test_equal_lines_are_told_apart_by_their_order(self, loaded):
        report = loaded(planning=[self.LINE, self.LINE])
        assert results(report, "planning.csv") == ["created", "created"]
        report = loaded(planning=[self.LINE, self.LINE.replace("Liste", "Autre")])
        assert results(report, "planning.csv") == ["unchanged", "updated"]

    def test_a_line_no_longer_there_is_absent(self, loaded):
        other = self.LINE.replace("10/12", "11/12")
        loaded(planning=[self.LINE, other, self.LINE.replace("10/12", "12/12")])
        report = loaded(planning=[self.LINE, self.LINE.replace("10/12", "12/12")])
        assert [gone.day for gone in report.files["planning.csv"].absent] == [date(2026, 12, 11)]

    def test_a_duration_over_the_autumn_night_is_elapsed_time(self, loaded):
        loaded(planning=["CL1;24/10/2026;21:30;Garde;SA1;9:30;"])
        made = ImportedLine.objects.get(kind="planning").intervention
        assert made.planned_end == factories.local(date(2026, 10, 25), "06:00")


def test_a_dry_run_over_local_edits_reports_and_changes_nothing(loaded, agence):
    act(agence, Action.MOVE, ordre_de_mission="Ici")
    line = VISIT.replace("Clé", "Fichier").replace("2,5", "8")
    report = loaded(None, dry_run=True, interventions=[line])
    assert (results(report, "interventions.csv"), visit().planned_km) == (["updated"], Decimal("2.5"))
    assert report.files["interventions.csv"].count(Result.UPDATED) == 1


def test_the_number_of_statements_does_not_grow_with_the_lines(loaded):
    def statements(count, km):
        lines = [VISIT.replace("IN1", f"IN{place}").replace("2,5", km) for place in range(1, count + 1)]
        with CaptureQueriesContext(connection) as captured:
            loaded(interventions=lines)
        return len(captured)

    loaded(interventions=[VISIT.replace("IN1", f"IN{place}") for place in range(1, 301)])
    assert statements(1, "3,5") == statements(50, "4,5") == statements(300, "5,5")
