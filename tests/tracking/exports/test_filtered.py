"""The export of a filter: what the table shows, the same figures, safe to open, whole or known to be broken."""

import datetime as dt
import re
from decimal import Decimal
from html import unescape
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import DataError, transaction
from django.db.models import F, Func, TextField, Value
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from interventions.guards import Facts
from interventions.models import Client, Intervention
from interventions.states import Action
from tests import factories
from tests.tracking.browsing import SUIVI, browser_of, in_every_status, planned
from tests.tracking.exports.reading import body, csv_rows, sheets
from tracking.exports import csv_file

pytestmark = pytest.mark.django_db

FIRST = dt.date(2026, 11, 2)
PARIS = ZoneInfo("Europe/Paris")
CSV, XLSX = f"{SUIVI}exports/visites.csv", f"{SUIVI}exports/visites.xlsx"


def minutes(text: str) -> int:
    hours, rest = text.split(":")
    return int(hours) * 60 + int(rest)


def test_both_files_hold_what_the_table_counts() -> None:
    world = factories.a_world()
    planned(world, 70, first=FIRST)
    in_every_status(world, dt.date(2026, 11, 5))
    factories.a_world().visit()
    browser = browser_of(world.gestionnaire)
    for query in (
        "",
        "?du=2026-11-03&au=2026-11-09&statut=planned&statut=cancelled",
        f"?client={world.client.public_id}",
    ):
        counted = browser.get(SUIVI + query).context["matching"]
        rows, last = csv_rows(browser.get(CSV + query))
        assert (len(rows), last) == (counted.visits, ["Fin de l’export", str(counted.visits)]), query
        assert sum(minutes(row["Heures (HH:MM)"]) for row in rows) == counted.minutes, query
        [sheet] = sheets(body(browser.get(XLSX + query)))
        assert len(sheet) == counted.visits, query
        assert round(sum(float(row["Heures (HH:MM)"]) for row in sheet) * 1440) == counted.minutes, query


def test_one_visit_cell_by_cell() -> None:
    world = factories.a_world()
    world.client = factories.a_client(world.agence, last_name="Élard", secteur=factories.a_secteur(world.agence))
    world.contrat = factories.a_contrat(world.client, world.prestation)
    visit = world.visit(start="22:00", minutes=100)
    later = Facts(visit.retained_start, visit.retained_end + dt.timedelta(minutes=20), Decimal("3.5"))
    assert world.act(visit, Action.COMPLETE, world.as_intervenant, facts=later).done
    assert world.act(visit, Action.VALIDATE, world.as_client).done
    browser = browser_of(world.gestionnaire)
    [row], _last = csv_rows(browser.get(CSV))
    assert row == {
        "Numéro": "",
        "Jour": "24/11/2026",
        "N° client": world.client.number,
        "Client": "Élard Yvonne",
        "Secteur": world.client.secteur.name,
        "Matricule": world.intervenant.number,
        "Intervenant": "L’Héritier Aïcha",
        "Prestation": world.prestation.name,
        "Contrat": world.contrat.number,
        "Statut": "Validée",
        "Validée": "Par le client",
        "Motif de l’annulation": "",
        "Origine": "Planning",
        "Début prévu": "22:00",
        "Fin prévue": "23:40",
        "Début déclaré": "22:00",
        "Fin déclarée": "00:00",
        "Écart au prévu (min)": "20",
        "Début retenu": "22:00",
        "Fin retenue": "00:00",
        "Heures (HH:MM)": "02:00",
        "Heures (décimal)": "2,00",
        "Km": "3,5",
    }
    [[cells]] = sheets(body(browser.get(XLSX)))
    figures = {"Jour": "46350", "Début prévu": str(22 / 24), "Heures (décimal)": "2.0", "Km": "3.5"}
    assert {name: cells[name] for name in figures} == figures
    texts = [name for name, value in row.items() if value and not value[0].isdigit()]
    assert {name: cells[name] for name in texts} == {name: row[name] for name in texts}


def test_lecture_exports_what_it_sees() -> None:
    world = factories.a_world()
    world.visit()
    rights: dict[str, Any] = dict.fromkeys(
        ("may_manage", "may_arbitrate", "may_close", "may_unlock", "may_administer"), False
    )
    reader = factories.a_gestionnaire(world.agence, **rights)
    assert len(csv_rows(browser_of(reader).get(CSV))[0]) == 1


@pytest.mark.parametrize("where", ["agence", "secteur"])
def test_nobody_exports_what_is_not_theirs(where: str) -> None:
    world = factories.a_world()
    world.visit()
    secteur = factories.a_secteur(world.agence)
    limited = factories.a_gestionnaire(world.agence, secteurs=[secteur])
    stranger = limited if where == "secteur" else factories.a_world().gestionnaire
    browser = browser_of(stranger)
    assert csv_rows(browser.get(CSV)) == ([], ["Fin de l’export", "0"])
    assert sheets(body(browser.get(XLSX))) == [[]]
    for url in (CSV, XLSX):
        asked = browser.get(f"{url}?client={world.client.public_id}")
        assert (asked.status_code, asked.url.partition("?")[0]) == (303, SUIVI)
    world.client = factories.a_client(world.agence, secteur=secteur, last_name="Kerbrat")
    world.contrat = factories.a_contrat(world.client, world.prestation)
    world.visit(start="11:00")
    rows, _last = csv_rows(browser.get(CSV))
    assert [row["Client"] for row in rows] == (["Kerbrat Yvonne"] if where == "secteur" else [])


def test_a_filter_that_cannot_be_read_leads_back_to_the_table() -> None:
    world = factories.a_world()
    answer = browser_of(world.gestionnaire).get(f"{CSV}?du=2026-11-09&au=2026-11-03&statut=done")
    assert (answer.status_code, answer.url) == (303, f"{SUIVI}?du=2026-11-09&au=2026-11-03&statut=done")


def test_it_is_a_file_to_save() -> None:
    world = factories.a_world()
    browser = browser_of(world.gestionnaire)
    for url in (CSV, XLSX):
        answer = browser.get(f"{url}?du=2026-11-03&au=2026-11-09")
        name = f"visites-2026-11-03-au-2026-11-09.{url[-3:] if url == CSV else 'xlsx'}"
        assert answer.headers["Content-Disposition"] == f'attachment; filename="{name}"'
        assert browser.head(url).headers["Content-Type"] == answer.headers["Content-Type"]


def test_the_stream_works_for_its_agency_alone() -> None:
    world = factories.a_world()
    world.visit()
    agence = Func(Value("app.agence"), function="current_setting", output_field=TextField())
    found = Intervention.objects.values_list(agence)
    assert b"".join(csv_file.stream(found, ["agence"], world.agence.pk, PARIS)).decode("utf-8-sig").splitlines() == [
        "agence",
        str(world.agence.pk),
        "Fin de l’export;1",
    ]


def test_a_stream_that_breaks_has_no_last_line() -> None:
    world = factories.a_world()
    planned(world, 3, first=FIRST)
    broken = Func(F("version") - 1, template="(1 / %(expressions)s)::text", output_field=TextField())
    pieces = csv_file.stream(Intervention.objects.values_list(broken), ["a"], world.agence.pk, PARIS)
    sent = [next(pieces)]
    with pytest.raises(DataError), transaction.atomic():
        sent.extend(pieces)
    assert b"".join(sent) == "\ufeffa\n".encode()


RUNS = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
texts = st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]), max_size=20)
beginnings = st.sampled_from(["", *RUNS])
names = st.tuples(st.sampled_from(["", " ", "\n"]), beginnings, beginnings, texts).map("".join)


@given(name=names)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_cell_is_a_formula_and_no_text_is_lost(hostile: tuple[Any, Client], name: str) -> None:
    browser, client = hostile
    Client.objects.filter(pk=client.pk).update(last_name=name, first_name="")
    [row], last = csv_rows(browser.get(CSV))
    assert last == ["Fin de l’export", "1"]
    said = row["Client"]
    assert said in (name.strip(" "), f"'{name.strip(' ')}")
    assert said.startswith("'") or not said.lstrip().startswith(RUNS)
    assert [cell for cell in row.values() if cell.lstrip().startswith(RUNS)] == []


@pytest.fixture
def hostile() -> tuple[Any, Client]:
    """Return a browser and a client with one visit, whose name is about to change."""
    world = factories.a_world()
    world.visit()
    return browser_of(world.gestionnaire), world.client


def test_the_page_says_how_much_and_leads_to_both_files() -> None:
    world = factories.a_world()
    planned(world, 3, first=FIRST)
    browser = browser_of(world.gestionnaire)
    query = "du=2026-11-01&au=2026-11-30&tri=-client"
    page = browser.get(f"{SUIVI}exports/?{query}").content.decode()
    assert "3 visites" in page.replace("\u00a0", " ").replace("\u202f", " ")
    for url in (CSV, XLSX):
        [link] = re.findall(f'href="{url}\\?([^"]*)"', page)
        assert browser.get(f"{url}?{unescape(link)}").status_code == 200
    assert browser.get(f"{SUIVI}exports/?du=2026-11-09&au=2026-11-03").status_code == 303
