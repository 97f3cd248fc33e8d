"""Absences at the desk: entered from the fiche, their visits listed first, then cancelled, given away or kept."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from interventions.guards import Guard
from interventions.models import Absence, Intervention
from interventions.operations import Refused
from interventions.planning import absences
from interventions.planning.absences import Fate
from interventions.states import Action, Status
from tests import factories
from tests.factories import World
from tests.portals.manager.conftest import Desk, desk_of, words
from tests.portals.manager.test_statements import cost

pytestmark = pytest.mark.django_db
DAYS = {"starts_on": "2026-12-01", "ends_on": "2026-12-04"}


def enter(desk: Desk, person: Any, **typed: Any) -> Any:
    """Send the form of a new absence, a week in December."""
    place = "clients" if hasattr(person, "access_code") else "intervenants"
    kind = "hospital" if place == "clients" else "illness"
    return desk.post(f"{place}/{person.public_id}/absences/nouvelle/", None, **({"kind": kind} | DAYS | typed))


def visits(world: World) -> list[Intervention]:
    """Return a visit before, two in and one after the days of the absence."""
    return [world.visit(day=date(2026, *day)) for day in ((11, 30), (12, 1), (12, 4), (12, 5))]


def statuses(found: list[Intervention]) -> list[str]:
    """Return where the visits stand now."""
    for visit in found:
        visit.refresh_from_db()
    return [visit.status for visit in found]


def test_an_absence_without_visits_is_saved_at_once(desk: Desk, world: World) -> None:
    answer = enter(desk, world.client)
    assert answer.url == f"/gestion/clients/{world.client.public_id}/"
    said = words(desk.browser.get(answer.url))
    assert "L’absence est enregistrée." in said
    assert "Hospitalisation du 01/12/2026 au 04/12/2026" in said


def test_visits_inside_are_listed_first_then_cancelled(desk: Desk, world: World) -> None:
    found = visits(world)
    asked = enter(desk, world.client)
    assert asked.status_code == 422
    said = words(asked)
    assert "2 visites sont prévues pendant cette absence" in said
    assert "mardi 1er décembre, 9 h 00 – 10 h 00" in said
    assert "Retirer l’intervenant" not in said
    assert not Absence.objects.exists()
    assert "Choisissez le motif de l’annulation." in words(enter(desk, world.client, fate="cancel"))
    answer = enter(desk, world.client, fate="cancel", motif=world.motif().pk)
    assert "2 interventions enregistrées : Annulé" in words(desk.browser.get(answer.url))
    assert statuses(found) == ["planned", "cancelled", "cancelled", "planned"]


def test_visits_inside_are_kept(desk: Desk, world: World) -> None:
    found = visits(world)
    assert enter(desk, world.client, fate="keep").status_code == 303
    assert set(statuses(found)) == {Status.PLANNED}


def test_the_visits_of_an_intervenant_wait_for_somebody_else(desk: Desk, world: World) -> None:
    found = visits(world)
    assert "Écrivez pourquoi." in words(enter(desk, world.intervenant, fate="unassign"))
    answer = enter(desk, world.intervenant, fate="unassign", reason="En arrêt")
    assert answer.url == f"/gestion/intervenants/{world.intervenant.public_id}/"
    assert statuses(found) == ["planned", "draft", "draft", "planned"]
    assert "En arrêt" in words(desk.get(f"interventions/{found[1].public_id}/"))


def test_what_is_past_or_declared_stays(desk: Desk, world: World) -> None:
    visit = world.visit()
    done = world.visit(start="14:00")
    world.act(done, Action.COMPLETE, world.as_intervenant)
    days = {"starts_on": visit.day.isoformat(), "ends_on": visit.day.isoformat()}
    assert enter(desk, world.client, **days).status_code == 303
    assert statuses([visit, done]) == [Status.PLANNED, Status.DONE]


def test_the_same_press_enters_one_absence(desk: Desk, world: World) -> None:
    visits(world)
    typed = {"key": factories.key(), "fate": "cancel", "motif": world.motif().pk}
    assert [enter(desk, world.client, **typed).status_code for _ in range(2)] == [303, 303]
    assert Absence.objects.count() == 1


def test_an_absence_is_corrected_and_removed(desk: Desk, world: World) -> None:
    absence = factories.an_absence(world.intervenant, starts_on=date(2026, 12, 1))
    path = f"absences/{absence.public_id}/"
    assert 'value="2026-12-01"' in desk.get(path).text
    assert desk.post(path, None, kind="holiday", **DAYS).status_code == 303
    absence.refresh_from_db()
    assert (absence.kind, absence.ends_on) == ("holiday", date(2026, 12, 4))
    assert "Les visites restent comme elles sont" in words(desk.get(f"{path}suppression/"))
    answer = desk.post(f"{path}suppression/", None)
    assert "Aucune absence n’est prévue." in words(desk.browser.get(answer.url))
    assert not Absence.objects.exists()


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"ends_on": "2026-11-30"}, "L’absence finit avant de commencer."),
        ({"kind": "illness"}, "Sélectionnez un choix valide"),
        ({"starts_on": ""}, "obligatoire"),
    ],
)
def test_what_is_wrong_is_said(desk: Desk, world: World, typed: dict[str, Any], said: str) -> None:
    asked = enter(desk, world.client, **typed)
    assert asked.status_code == 422
    assert said in words(asked)
    assert not Absence.objects.exists()


def test_reading_is_not_entering(desk: Desk, world: World) -> None:
    absence = factories.an_absence(world.client, starts_on=date(2026, 12, 10))
    reader = desk_of(factories.a_gestionnaire(world.agence, may_manage=False))
    assert "Saisir une absence" not in words(reader.get(f"clients/{world.client.public_id}/"))
    assert enter(reader, world.client).status_code == 422
    assert reader.post(f"absences/{absence.public_id}/", None, kind="holiday", **DAYS).status_code == 422
    assert reader.post(f"absences/{absence.public_id}/suppression/", None).status_code == 422
    absence.refresh_from_db()
    assert (Absence.objects.count(), absence.kind) == (1, "hospital")


def test_the_domain_refuses_too(world: World) -> None:
    reader = factories.actor_of(factories.a_gestionnaire(world.agence, may_manage=False))
    absence = Absence(agence=world.agence, client=world.client, kind="hospital", starts_on=date(2026, 12, 1))
    press: dict[str, Any] = {"at": world.now, "key": factories.key()}
    for guard, actor, fate in (
        (Guard.RIGHT, reader, Fate.KEEP),
        (Guard.MOTIF, world.as_manager, Fate.CANCEL),
        (Guard.REASON, world.as_manager, Fate.UNASSIGN),
    ):
        with pytest.raises(Refused) as refused:
            absences.enter(absence, fate, actor=actor, **press)
        assert refused.value.guard is guard
    with pytest.raises(Refused):
        absences.remove(factories.an_absence(world.client), reader)
    assert Absence.objects.count() == 1


def test_an_absence_of_another_secteurs_client_is_not_found(world: World) -> None:
    absence = factories.an_absence(world.client)
    limited = desk_of(factories.a_gestionnaire(world.agence, secteurs=[factories.a_secteur(world.agence)]))
    for path in ("", "suppression/"):
        assert limited.get(f"absences/{absence.public_id}/{path}").status_code == 404
    assert enter(limited, world.client).status_code == 404


def test_many_visits_inside_cost_as_much_as_one(desk: Desk, world: World) -> None:
    absence = factories.an_absence(world.client, starts_on=date(2026, 12, 1))
    path = f"absences/{absence.public_id}/"
    desk.get(path)

    def statements() -> int:
        return cost(desk, path)

    before = statements()
    for n in range(8):
        world.visit(day=date(2026, 12, 1 + n))
    assert statements() == before
