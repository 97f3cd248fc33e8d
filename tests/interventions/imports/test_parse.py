"""Rows to typed lines: the example files to the line, every rule of a cell, and a fuzz of all layouts."""

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from interventions.hours import Clock
from interventions.imports import clients, contrats, intervenants, interventions, planning
from interventions.imports.columns import FileRefused, Refusal
from interventions.imports.parse import parse_file

PARIS = ZoneInfo("Europe/Paris")
DATA = Path(__file__).parents[2] / "data"
LAYOUTS = [module.LAYOUT for module in (clients, intervenants, contrats, interventions, planning)]
NUMBERED = LAYOUTS[:4]

# What only the base can tell: left to the comparison.
NEEDS_BASE = {"unknown client", "unknown intervenant", "unknown contract", "contract of another client"}


def outcomes(layout, *lines, tz=PARIS):
    text = "\n".join([";".join(layout.columns), *lines, ""])
    return [parsed.outcome for parsed in parse_file(text.encode(), layout, tz)]


def refusals(folder, layout):
    parsed = parse_file((DATA / folder / layout.file_name).read_bytes(), layout, PARIS)
    return {p.outcome.line for p in parsed if isinstance(p.outcome, Refusal)}, len(parsed)


@pytest.mark.parametrize("layout", NUMBERED, ids=lambda layout: layout.file_name)
@pytest.mark.parametrize("folder", ["agence-rivage", "agence-rivage-avec-erreurs"])
def test_the_examples_are_read_to_the_line(folder, layout):
    expected = json.loads((DATA / folder / "expected.json").read_text())["files"][layout.file_name]
    refused, lines = refusals(folder, layout)
    assert lines == expected["lines"]
    assert refused == {int(line) for line, what in expected["refused_lines"].items() if what["why"] not in NEEDS_BASE}


def test_the_example_planning_is_read_to_the_line():
    expected = json.loads((DATA / "planning-rivage" / "expected.json").read_text())
    refused, lines = refusals("planning-rivage", planning.LAYOUT)
    known = {int(line) for line, what in expected.items() if what.get("column", "Client") != "Client"}
    assert (refused, lines) == (known, len(expected))


def test_a_client_line():
    (line,) = outcomes(clients.LAYOUT, " CL1 ;Mme;Dubœuf;Aïcha;Aicha@Famille.EXAMPLE;06 01;3 rue;44500;La Baule")
    assert line == clients.ClientLine(
        2, "CL1", "Mme", "Dubœuf", "Aïcha", "aicha@famille.example", "06 01", "3 rue", "44500", "La Baule"
    )


@pytest.mark.parametrize(
    ("written", "read"), [("Monsieur", "M."), ("MME", "Mme"), ("m", "M."), ("Dr", "Dr"), ("", "")]
)
def test_a_civility_is_written_one_way(written, read):
    (line,) = outcomes(intervenants.LAYOUT, f"SA1;{written};Nom;;;")
    assert line.civility == read


def test_a_contrat_line():
    (line,) = outcomes(contrats.LAYOUT, "CT1;CL1;Courses;résilié;01/02/2026;28/02/2026;oui")
    assert line == contrats.ContratLine(
        2, "CT1", "CL1", "Courses", "Résilié", date(2026, 2, 1), date(2026, 2, 28), billable=True
    )


def test_an_intervention_line_of_a_night_over_the_autumn_change():
    (line,) = outcomes(
        interventions.LAYOUT, 'IN1;CL1;SA1;Garde de nuit;CT1;24/10/2026;21:30;7:00;5,5;"Pilulier ; repas"'
    )
    span = datetime(2026, 10, 24, 19, 30, tzinfo=UTC), datetime(2026, 10, 25, 6, 0, tzinfo=UTC)
    assert line == interventions.InterventionLine(
        2, "IN1", "CL1", "SA1", "Garde de nuit", "CT1", *span, Decimal("5.5"), "Pilulier ; repas"
    )


def test_the_hours_are_those_of_the_agency():
    (line,) = outcomes(
        interventions.LAYOUT, "IN1;CL1;;Courses;;25/10/2026;02:30;24:00;;", tz=ZoneInfo("Indian/Reunion")
    )
    assert (line.start, line.end) == (
        datetime(2026, 10, 24, 22, 30, tzinfo=UTC),
        datetime(2026, 10, 25, 20, 0, tzinfo=UTC),
    )


def test_a_planning_line():
    lines = outcomes(planning.LAYOUT, "CL1;29/02/2028;9:15;Courses;SA1;1:30;Liste", "Weiß Noël;01/03/2028;;;;;")
    assert lines == [
        planning.PlanningLine(2, "CL1", date(2028, 2, 29), Clock(9, 15), "Courses", "SA1", 90, "Liste"),
        planning.PlanningLine(3, "Weiß Noël", date(2028, 3, 1), None, "", "", None, ""),
    ]


@pytest.mark.parametrize(
    ("text", "minutes"),
    [("1:30", 90), ("0:45", 45), ("1,5", 90), ("1.25", 75), ("2", 120), ("24", 1440), ("24:00", 1440), ("0,3333", 20)],
)
def test_a_duration_is_read_in_minutes(text, minutes):
    assert planning.duration(text) == minutes


CLIENT = "CL{n};M.;Nom;Prénom;;;;;"
VISIT = ["IN1", "CL1", "SA1", "Courses", "CT1", "01/10/2026", "09:00", "10:00", "0,0", ""]
CONTRAT = ["CT1", "CL1", "Courses", "Validé", "01/10/2026", "", "Oui"]
PLANNED = ["CL1", "01/10/2026", "09:00", "Courses", "SA1", "1:00", ""]


@pytest.mark.parametrize(
    ("layout", "cells", "column", "value"),
    [
        (interventions.LAYOUT, VISIT, "N° intervention", ""),
        (interventions.LAYOUT, VISIT, "N° client", ""),
        (interventions.LAYOUT, VISIT, "N° client", "C" * 41),
        (interventions.LAYOUT, VISIT, "Date", ""),
        (interventions.LAYOUT, VISIT, "Date", "demain"),
        (interventions.LAYOUT, VISIT, "Date", "31/02/2026"),
        (interventions.LAYOUT, VISIT, "Date", "29/02/2027"),
        (interventions.LAYOUT, VISIT, "Date", "2026-10-01"),
        (interventions.LAYOUT, VISIT, "Date", "31/12/9999"),
        (interventions.LAYOUT, VISIT, "Heure de début", ""),
        (interventions.LAYOUT, VISIT, "Heure de début", "7h3O"),
        (interventions.LAYOUT, VISIT, "Heure de début", "24:00"),
        (interventions.LAYOUT, VISIT, "Heure de fin", "8.75.2"),
        (interventions.LAYOUT, VISIT, "Heure de fin", "09:00"),
        (interventions.LAYOUT, VISIT, "Kilomètres", "-4,0"),
        (interventions.LAYOUT, VISIT, "Kilomètres", "douze"),
        (interventions.LAYOUT, VISIT, "Kilomètres", "1000"),
        (interventions.LAYOUT, VISIT, "Ordre de mission", "x" * 2001),
        (contrats.LAYOUT, CONTRAT, "N° client", ""),
        (contrats.LAYOUT, CONTRAT, "Prestation", ""),
        (contrats.LAYOUT, CONTRAT, "État", "Peut-être"),
        (contrats.LAYOUT, CONTRAT, "État", ""),
        (contrats.LAYOUT, CONTRAT, "Début", ""),
        (contrats.LAYOUT, CONTRAT, "Fin", "30/09/2026"),
        (contrats.LAYOUT, CONTRAT, "Facturable", "peut-être"),
        (planning.LAYOUT, PLANNED, "Client", ""),
        (planning.LAYOUT, PLANNED, "Date", "30/02/2027"),
        (planning.LAYOUT, PLANNED, "Heure de début", "9h"),
        (planning.LAYOUT, PLANNED, "Heure de début", "24:00"),
        (planning.LAYOUT, PLANNED, "Durée", "0:00"),
        (planning.LAYOUT, PLANNED, "Durée", "0"),
        (planning.LAYOUT, PLANNED, "Durée", "24:01"),
        (planning.LAYOUT, PLANNED, "Durée", "1:75"),
        (planning.LAYOUT, PLANNED, "Durée", "-1"),
    ],
)
def test_a_cell_that_cannot_be_used_is_named(layout, cells, column, value):
    changed = list(cells)
    changed[layout.columns.index(column)] = value
    (refusal,) = outcomes(layout, ";".join(changed))
    assert (type(refusal), refusal.line, refusal.column, refusal.value) == (Refusal, 2, column, value)
    assert refusal.reason


def test_the_lines_that_these_refusals_start_from_are_fine():
    for layout, cells in ((interventions.LAYOUT, VISIT), (contrats.LAYOUT, CONTRAT), (planning.LAYOUT, PLANNED)):
        (line,) = outcomes(layout, ";".join(cells))
        assert not isinstance(line, Refusal)


@pytest.mark.parametrize(
    ("start", "end", "column"), [("02:30", "04:00", "Heure de début"), ("01:00", "02:30", "Heure de fin")]
)
def test_an_hour_that_does_not_exist_is_refused(start, end, column):
    (refusal,) = outcomes(interventions.LAYOUT, f"IN1;CL1;;Courses;;28/03/2027;{start};{end};;")
    assert (refusal.column, "n’existe pas" in refusal.reason) == (column, True)


def test_neither_prestation_nor_contrat_is_refused():
    (refusal,) = outcomes(interventions.LAYOUT, "IN1;CL1;;;;01/10/2026;09:00;10:00;;")
    assert refusal.column == "Prestation"


def test_a_second_line_with_a_number_is_refused_whatever_the_first_was():
    lines = outcomes(clients.LAYOUT, CLIENT.format(n=1), "CL2;;;;;;;;", CLIENT.format(n=1), CLIENT.format(n=2))
    assert [isinstance(line, Refusal) and line.reason.split()[-1] for line in lines[2:]] == ["gardée.", "gardée."]
    assert [lines[0].number, lines[1].column] == ["CL1", "Nom"]


def test_lines_without_number_are_not_each_others_repetition():
    lines = outcomes(clients.LAYOUT, ";;A;;;;;;", ";;B;;;;;;")
    assert [line.reason for line in lines] == ["«\u00a0N° client\u00a0» n’est pas renseigné."] * 2


def test_planning_lines_may_repeat():
    lines = outcomes(planning.LAYOUT, ";".join(PLANNED), ";".join(PLANNED))
    assert [line.line for line in lines] == [2, 3]


ANY_CELL = st.text(alphabet=st.characters(exclude_categories=["Cs"], exclude_characters='";\r\n'), max_size=12)
LIKELY = st.sampled_from(
    ["", "CL1", "01/10/2026", "9:00", "24:00", "02:30", "28/03/2027", "1,5", "Oui", "Validé", "a@b.fr", "25/10/2026"]
)


@given(st.sampled_from(LAYOUTS), st.data())
def test_whatever_the_cells_a_line_is_read_or_refused(layout, data):
    cells = data.draw(st.lists(LIKELY | ANY_CELL, min_size=len(layout.columns), max_size=len(layout.columns)))
    try:
        lines = outcomes(layout, ";".join(cells))
    except FileRefused:
        return
    assert all(line.line == 2 for line in lines)
