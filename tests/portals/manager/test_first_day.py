"""Mise en route: what an agency that begins is missing, whose each step is, and how long it is shown."""

from __future__ import annotations

from typing import Any

import pytest

from interventions import inviting, operations
from interventions.models import Agence, Contrat, ContratState, Motif, Prestation, SettingEntry
from interventions.registry.staff import RIGHT_COLUMNS
from tests import factories
from tests.factories import World
from tests.portals.manager.conftest import Desk, desk_of, words
from tests.portals.manager.test_statements import cost, grow

pytestmark = pytest.mark.django_db
STEPS = ["agence", "prestations", "motifs", "personnes", "contrats", "planning", "module", "invitations"]


@pytest.fixture
def empty() -> Any:
    """An agency with one who administers it, as the operator opens it."""
    agence = operations.create_agence("Agence Neuve", module_enabled=False)
    return factories.a_gestionnaire(agence)


def done(desk: Desk) -> list[str]:
    steps = desk.get("mise-en-route/").context["standing"].steps
    return [name for name, step in zip(STEPS, steps, strict=True) if step.done]


def test_each_step_is_done_by_what_is_there(empty: Any) -> None:
    agence, desk = empty.agence, desk_of(empty)
    inviting.note(factories.actor_of(empty), empty.user_id, factories.NOW)
    assert done(desk) == ["motifs"], "told by the operator's mail: that invites nobody yet"
    Agence.objects.filter(pk=agence.pk).update(email="contact@agence.example")
    prestation = factories.a_prestation(agence)
    client, intervenant = factories.a_client(agence), factories.an_intervenant(agence)
    assert done(desk) == ["agence", "prestations", "motifs", "personnes"]
    contrat = factories.a_contrat(client, prestation)
    actor = factories.actor_of(empty)
    operations.set_module(actor, True, factories.NOW)
    assert done(desk) == ["agence", "prestations", "motifs", "personnes", "contrats", "module"]
    Contrat.objects.filter(pk=contrat.pk).update(state=ContratState.DRAFT)
    assert "1 client n’a pas de contrat facturable" in words(desk.get("mise-en-route/"))
    Contrat.objects.filter(pk=contrat.pk).update(state=ContratState.SIGNED)
    World(agence, client, factories.a_proche(client), intervenant, empty, prestation, contrat).visit()
    assert "1 personne invitée, 2 à inviter" in words(desk.get("mise-en-route/"))
    no_right: dict[str, Any] = dict.fromkeys(RIGHT_COLUMNS, False)
    reader = factories.a_gestionnaire(agence, **no_right)
    inviting.note(actor, reader.user_id, factories.NOW)
    assert done(desk_of(reader)) == STEPS[:-1], "what is missing does not hang on who looks"
    desk.post("invitations/", qui=["clients", "intervenants"])
    assert done(desk) == STEPS
    assert "Tout est prêt" in words(desk.get("mise-en-route/"))
    Motif.objects.filter(agence=agence, kind="annulation").update(archived_at=factories.NOW)
    Prestation.objects.filter(agence=agence).update(archived_at=factories.NOW)
    assert [step for step in STEPS if step not in done(desk)] == ["prestations", "motifs"]


def test_accueil_and_the_menu_show_it_until_it_is_put_away_and_parametres_ever_after(empty: Any) -> None:
    desk = desk_of(empty)
    home = desk.get("")
    assert "Étapes faites : 1 sur 8. La suivante : Votre agence." in words(home)
    assert 'aria-label="Menu principal"' in home.text
    assert home.text.count("/gestion/mise-en-route/") == 2
    assert "Mise en route de votre agence" not in words(desk.get("?sujet=toutes"))
    assert desk.post("mise-en-route/", montrer="non")["Location"] == "/gestion/"
    assert "/gestion/mise-en-route/" not in desk.get("").text
    assert "/gestion/mise-en-route/" in desk.get("parametres/").text
    assert SettingEntry.objects.get().after == {"first_day": False}
    desk.post("mise-en-route/", montrer="oui")
    assert "/gestion/mise-en-route/" in desk.get("").text


def test_who_has_not_the_right_is_told_whom_to_ask(empty: Any) -> None:
    rights: dict[str, Any] = dict.fromkeys(RIGHT_COLUMNS, False)
    reader = desk_of(factories.a_gestionnaire(empty.agence, last_name="Lecteur", **rights))
    steps = reader.get("mise-en-route/").context["standing"].steps
    assert {(step.links, step.asks) for step in steps} == {((), str(empty))}
    assert "À demander à : Claire Morvan." in words(reader.get(""))
    assert "montrer" not in reader.get("mise-en-route/").text
    assert reader.post("mise-en-route/", montrer="non").status_code == 403
    keeper = desk_of(factories.a_gestionnaire(empty.agence, last_name="Aube", **(rights | {"may_manage": True})))
    shown = dict(zip(STEPS, keeper.get("mise-en-route/").context["standing"].steps, strict=True))
    assert [name for name, step in shown.items() if step.links] == ["personnes", "contrats", "planning", "invitations"]
    assert "La suivante : Personnes." in words(keeper.get(""))


def test_it_counts_what_the_actor_sees_and_no_more_statements_for_more_rows(desk: Desk, world: World) -> None:
    far = factories.a_world()
    secteur = factories.a_secteur(world.agence)
    factories.a_client(world.agence, secteur=secteur)
    limited = desk_of(factories.a_gestionnaire(world.agence, secteurs=[secteur]))
    assert "1 intervenant, 1 client" in words(limited.get("mise-en-route/"))
    assert "1 intervenant, 2 clients" in words(desk.get("mise-en-route/"))
    assert "1 intervenant, 1 client" in words(desk_of(far.gestionnaire).get("mise-en-route/"))
    Agence.objects.filter(pk=world.agence.pk).update(first_day=True)
    grow(world, 1)
    desk.get("")
    before = {path: cost(desk, path) for path in ("", "mise-en-route/")}
    grow(world, 9)
    assert {path: cost(desk, path) for path in before} == before
