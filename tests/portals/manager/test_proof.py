"""The proof of a visit as the manager gives it: a paper that reads well and a file that holds, to whom may see it."""

from __future__ import annotations

import io
import json
import runpy
from pathlib import Path
from typing import Any

import pypdf
import pytest

from interventions.models import Intervention
from interventions.sealing import seal
from interventions.states import Action
from tests import factories
from tests.factories import NOW, World
from tests.portals.manager.conftest import Desk, desk_of, words

pytestmark = pytest.mark.django_db
SCRIPT = Path(__file__).parents[3] / "docs" / "verify_proof.py"


@pytest.fixture
def visit(world: World) -> Intervention:
    made = world.visit()
    world.act(made, Action.COMPLETE, world.as_intervenant, comment="La douche a pris <plus> de temps.")
    return made


def _read(answer: Any) -> str:
    pages = pypdf.PdfReader(io.BytesIO(answer.content)).pages
    return " ".join(" ".join(page.extract_text().split()) for page in pages)


def test_the_paper_says_what_happened_and_what_makes_it_certain(world: World, desk: Desk, visit: Intervention) -> None:
    address = f"interventions/{visit.public_id}/"
    assert f"/gestion/{address}preuve.pdf" in desk.get(address).text
    before = _read(desk.get(f"{address}preuve.pdf"))
    assert "Les actes des dernières minutes seront scellés sous peu." in before
    seal.seal_all(NOW)
    answer = desk.get(f"{address}preuve.pdf")
    assert answer["Content-Type"] == "application/pdf"
    text = _read(answer)
    for said in (world.client.full_name, "Prévu", "Déclaré par", "La douche a pris <plus> de temps.", "Sceau n° 1 du"):
        assert said in text.replace("\u00a0", " ")
    assert "seront scellés sous peu" not in text


def test_the_file_is_one_that_the_script_believes(desk: Desk, visit: Intervention) -> None:
    seal.seal_all(NOW)
    answer = desk.get(f"interventions/{visit.public_id}/preuve.json")
    assert answer["Content-Disposition"].startswith("attachment")
    made = json.loads(answer.content)
    faults = runpy.run_path(str(SCRIPT))["faults"]
    assert faults(made) == []
    made["visit"]["version"] += 1
    assert faults(made) == ["La visite n’est pas dans l’état où sa dernière entrée l’a mise."]


def test_a_manager_of_other_secteurs_gets_none(world: World, visit: Intervention) -> None:
    elsewhere = desk_of(factories.a_gestionnaire(world.agence, secteurs=[]))
    for name in ("preuve.pdf", "preuve.json"):
        assert elsewhere.get(f"interventions/{visit.public_id}/{name}").status_code == 404


def test_who_only_reads_may_have_it(world: World, visit: Intervention) -> None:
    reader = desk_of(factories.a_gestionnaire(world.agence, may_manage=False, may_arbitrate=False))
    assert "à vérifier (JSON)" in words(reader.get(f"interventions/{visit.public_id}/"))
    assert reader.get(f"interventions/{visit.public_id}/preuve.json").status_code == 200
