"""Ids of others, in what is sent and in what is asked of a list: nothing of theirs is taken, shown or changed."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import pytest

from interventions.models import Batch, Intervention, Motif
from interventions.states import Action
from tests.factories import key
from tests.portals.leaks.cases import Case
from tests.portals.leaks.every import CASES
from tests.portals.leaks.foreign import ROWS, mixed_up, swapped, unknown_choices
from tests.portals.leaks.forms import Payload
from tests.portals.leaks.people import Stage
from tests.portals.leaks.records import fingerprint
from tests.portals.leaks.trying import acted, filled, undone
from tests.portals.leaks.world import AGENCE, CLIENT, Side

ACTING = [case for case in CASES if case.acts]
LISTS = [case for case in CASES if case.of is None]
REFUSED = (400, 403, 404, 422)


def standing(stage: Stage) -> list[Any]:
    """Return how the visits of the other sides stand."""
    clients = [side.world.client.pk for side in (stage.near, stage.away)]
    return list(Intervention.objects.filter(client__in=clients).order_by("pk").values())


@pytest.mark.parametrize("case", ACTING, ids=[case.id for case in ACTING])
def test_an_act_takes_no_id_of_anybody_else(stage: Stage, case: Case) -> None:
    for role in case.owners:
        form, payload = filled(stage, case, role)
        assert unknown_choices(form) == set(), "a menu of which nobody said whether it names rows (leaks/foreign.py)"
        for what, wrong in swapped(stage, role, form, payload):
            assert taken(stage, case, role, wrong) == [], (role, what)


def test_every_kind_of_id_is_tried(stage: Stage) -> None:
    tried = set()
    for case in ACTING:
        form, payload = filled(stage, case, case.owner)
        tried |= {what.partition(" ")[0] for what, _wrong in swapped(stage, case.owner, form, payload)}
    assert tried == {*ROWS, "the"}


def taken(stage: Stage, case: Case, role: str, wrong: Payload) -> list[str]:
    """Return what is wrong with the answer to a payload that names somebody else's row."""
    found: list[str] = []
    mixed = len(wrong.get("visite", ())) > 1
    with undone():
        before, others = fingerprint(), standing(stage)
        answer = stage.browser(stage.row(role)).ask("post", case.url(stage), wrong)
        found += [f"changed {table}" for table in acted(before) if not mixed]
        found += ["visits of others changed"] if standing(stage) != others else []
        found += ["visits that hang on others"] if mixed_up() else []
        if answer.status not in REFUSED and 'class="notice' not in answer.shown:
            found.append(f"{answer.status} without a word")
        secrets = stage.foreign(role) - {value.partition(":")[0] for values in wrong.values() for value in values}
        found += [f"shows {secret}" for secret in answer.shows(secrets)]
    return found


def queries(side: Side) -> list[dict[str, Any]]:
    """Return what a list may be asked about a side that the asker does not see."""
    world, visit = side.world, side.visits["done"]
    motif = Motif.objects.filter(agence=world.agence, kind="refus")[0]
    lot = Batch.objects.get(pk=visit.journal.get(action=Action.COMPLETE).batch_id)
    everything = {"du": "2020-01-01", "au": "2030-12-31", "vue": "mois", "date": visit.day, "de": "0"}
    client, carer = world.client.public_id, world.intervenant.public_id
    return [
        {"client": client, "sujet": "a-deliberer", "adresse": "sans", **everything},
        {"intervenant": carer, "sujet": "passees", "statut": ["done", "arbitration"], "tri": "client", **everything},
        {"prestation": world.prestation.public_id, "secteur": side.secteur.public_id, "lot": lot.public_id},
        {"motif": motif.public_id, "visite": f"{visit.public_id}:{visit.version}", "onglet": "planning"},
        {"q": side.mark[:-1], "sort": "partis", "apres": f"{visit.day}:{visit.pk}", "after": visit.pk},
    ]


@pytest.mark.parametrize("case", LISTS, ids=[case.id for case in LISTS])
def test_a_list_asked_about_others_shows_nothing_of_them(stage: Stage, case: Case) -> None:
    found = []
    for stranger in stage.strangers:
        if stranger.role not in case.owners or stranger.name.startswith("the "):
            continue
        for asked in queries(stage.home):
            url = f"{case.url(stage)}?{urlencode(asked, doseq=True)}"
            answer = stranger.browser.ask("get", url)
            secrets = stage.home.secrets(stranger.hidden) - {str(value).partition(":")[0] for value in asked.values()}
            found += [f"{stranger.name}, {asked}: shows {secret}" for secret in answer.shows(secrets)]
    assert found == []


def test_the_key_of_somebody_else_s_press_is_nothing_to_another(stage: Stage) -> None:
    """A press that another made with the same key is neither answered again nor in the way."""
    home, near = stage.home, stage.near
    theirs = Batch.objects.get(pk=home.visits["validated"].journal.get(action=Action.VALIDATE).batch_id)
    visit = near.visits["done"]
    sent = {"key": [theirs.key], "vu": [str(visit.version)]}
    answer = stage.browser(near.world.client).ask("post", f"/client/interventions/{visit.public_id}/validation/", sent)
    assert answer.status == 303
    assert answer.shows(home.secrets({CLIENT, "vis", "int"})) == []
    assert Intervention.objects.get(pk=visit.pk).status == "validated"
    assert Batch.objects.filter(key=theirs.key).count() == 2


def test_switching_the_module_touches_no_other_agency(stage: Stage) -> None:
    away, home = stage.away.world, stage.home.world
    answer = stage.browser(away.gestionnaire).ask(
        "post", "/gestion/parametres/", {"module": ["inactif"], "key": [key()]}
    )
    assert answer.status == 303
    assert answer.shows({stage.home.said(AGENCE)}) == []
    for agence, enabled in ((home.agence, True), (away.agence, False)):
        assert type(agence).objects.get(pk=agence.pk).module_enabled is enabled
