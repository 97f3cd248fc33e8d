"""The proof of a visit, read by the script that stands in docs/ and by nothing of the software."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from interventions.models import Batch, Intervention, JournalEntry, JournalText, SealedWords
from interventions.sealing import proof, seal
from interventions.states import Action
from tests.factories import NOW, World, a_world
from tests.interventions.acts import longer

pytestmark = pytest.mark.django_db
SCRIPT = Path(__file__).parents[3] / "docs" / "verify_proof.py"


@pytest.fixture
def world() -> World:
    return a_world()


def _disputed(world: World) -> Intervention:
    """Return a visit that was declared, contested and refused, sealed among others."""
    motif = world.motif(kind="refus", opens_hours=True)
    visit, other = world.visit(), world.visit()
    world.act(visit, Action.COMPLETE, world.as_intervenant, comment="La douche a pris plus de temps.")
    world.act(other, Action.COMPLETE, world.as_intervenant)
    visit.refresh_from_db()
    world.act(
        visit, Action.CONTEST, world.as_client, facts=longer(visit.declared, -15), motif_id=motif.pk, comment="Non."
    )
    seal.seal_all(NOW)
    world.act(visit, Action.REFUSE_CHANGE, world.as_intervenant, comment="J’étais là.")
    seal.seal_all(NOW)
    visit.refresh_from_db()
    return visit


def _checked(made: Any, folder: Path, *more: str) -> tuple[int, list[str]]:
    """Run the script as somebody would who has only Python, and return how it ended and what it said."""
    file = folder / "preuve.json"
    file.write_text(json.dumps(made, ensure_ascii=False), encoding="utf-8")
    ran = subprocess.run(
        [sys.executable, "-I", "-S", SCRIPT, file, *more], capture_output=True, text=True, check=False, timeout=30
    )
    return ran.returncode, (ran.stdout + ran.stderr).splitlines()


def test_a_proof_holds_and_says_what_happened(world: World, tmp_path: Path) -> None:
    made = proof.of(_disputed(world), NOW)
    code, said = _checked(made, tmp_path)
    digest = made["seals"][-1]["digest"]
    assert (code, said[-1]) == (0, f"La preuve tient. Dernier sceau\u00a0: 2, {digest}")
    assert [line.split()[1] for line in said[:-1]] == ["plan", "complete", "contest", "refuse_change"]
    assert [line.endswith("(sceau 2)") for line in said[:-1]] == [False, False, False, True]
    assert _checked(made, tmp_path, "--sceau", digest)[0] == 0
    assert _checked(made, tmp_path, "--sceau", "00" * 32)[1][-2:] == [
        "Le sceau que vous avez gardé n’est pas dans cette preuve.",
        "La preuve ne tient pas.",
    ]


def test_what_is_not_sealed_yet_says_so(world: World, tmp_path: Path) -> None:
    visit = world.visit()
    code, said = _checked(proof.of(visit, NOW), tmp_path)
    assert (code, said[-1], said[0].endswith("(pas encore scellée)")) == (0, "Rien n’est scellé.", True)


def _entry(place: int, **changes: Any) -> Callable[[Any], None]:
    def change(made: Any) -> None:
        said = json.loads(made["entries"][place]["canonical"])
        said.update(changes)
        made["entries"][place]["canonical"] = json.dumps(
            said, ensure_ascii=False, sort_keys=True, separators=(",", ":")
        )

    return change


def _set(*path: Any, value: Any) -> Callable[[Any], None]:
    def change(made: Any) -> None:
        for step in path[:-1]:
            made = made[step]
        made[path[-1]] = value

    return change


def _drop(*path: Any) -> Callable[[Any], None]:
    def change(made: Any) -> None:
        for step in path[:-1]:
            made = made[step]
        del made[path[-1]]

    return change


TAMPERED = {
    "an instant": (_entry(1, at="2026-11-24T08:00:00.000000+00:00"), "L’entrée 2 n’est pas celle qui a été scellée."),
    "who": (_set("entries", 1, "words", "actor_name", value="X"), "Le nom ou le motif de l’entrée 2 a été modifié."),
    "a comment": (_set("entries", 2, "texts", "comment", value="Oui."), "Un texte de l’entrée 3 a été modifié."),
    "a comment gone": (
        _set("entries", 2, "texts", value=None),
        "Un texte de l’entrée 3 a disparu ou a été ajouté.",
    ),
    "an entry gone": (_drop("entries", 1), "L’entrée 2 manque ou n’est pas à sa place."),
    "the last entry gone": (
        _drop("entries", 3),
        "La visite n’est pas dans l’état où sa dernière entrée l’a mise.",
    ),
    "the hours shown": (
        _set("visit", "facts", "declared_km", value="99.9"),
        "Le journal ne donne pas «\u00a0declared_km\u00a0» tel que la preuve le dit.",
    ),
    "a seal": (_set("seals", 0, "count", value=99), "Le sceau 1 a été modifié."),
    "a seal gone": (_drop("seals", 0), "L’entrée 1 n’est pas celle qui a été scellée."),
    "another agency": (_set("agence", "id", value="0"), "Le sceau 1 est d’une autre agence."),
    "another format": (_set("format", value=2), "Le format 2 de cette preuve n’est pas connu."),
}


@pytest.mark.parametrize("what", TAMPERED)
def test_whatever_is_changed_is_found(world: World, tmp_path: Path, what: str) -> None:
    made = proof.of(_disputed(world), NOW)
    change, words = TAMPERED[what]
    change(made)
    code, said = _checked(made, tmp_path)
    assert (code, said[-1]) == (1, "La preuve ne tient pas.")
    assert words in said


def test_a_file_that_is_no_proof_is_said_to_be_none(tmp_path: Path) -> None:
    code, said = _checked([1, 2], tmp_path)
    assert (code, said[0].startswith("Ce fichier n’est pas une preuve lisible")) == (1, True)


def test_erased_words_leave_a_proof_that_holds(world: World, tmp_path: Path) -> None:
    visit = _disputed(world)
    entries = JournalEntry.objects.filter(intervention=visit)
    SealedWords.objects.filter(batch__entries__in=entries).update(salt=b"")
    Batch.objects.filter(entries__in=entries).update(actor_name="", ground_text="")
    JournalText.objects.filter(entry__in=entries).update(salt=b"", comment="", reason="", ordre_de_mission="")
    assert _checked(proof.of(visit, NOW), tmp_path)[0] == 0


def test_it_tells_of_its_mails_and_of_no_others(world: World) -> None:
    made = proof.of(_disputed(world), NOW)
    people = {world.client.user.email, world.proche.user.email, world.intervenant.user.email}
    assert {mail["to"] for mail in made["mails"]} <= people | {world.gestionnaire.user.email}
    assert made["mails"]
    assert proof.of(world.visit(), NOW)["mails"] == []


def test_it_asks_the_same_number_of_statements_however_long_the_chain(world: World) -> None:
    visit = _disputed(world)
    with CaptureQueriesContext(connection) as short:
        proof.of(Intervention.objects.get(pk=visit.pk), NOW)
    for _turn in range(5):
        world.act(world.visit(), Action.COMPLETE, world.as_intervenant)
        seal.seal_all(NOW)
    with CaptureQueriesContext(connection) as long:
        assert len(proof.of(Intervention.objects.get(pk=visit.pk), NOW)["seals"]) == 7
    assert len(long) == len(short)
