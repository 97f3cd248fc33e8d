"""Series at the desk: created, looked at, changed from a day on, ended."""

from __future__ import annotations

from datetime import date, time
from typing import Any

import pytest

from interventions.models import Series
from interventions.states import Status
from tests import factories
from tests.factories import World
from tests.portals.manager.conftest import Desk, desk_of, words
from tests.portals.manager.test_statements import cost

pytestmark = pytest.mark.django_db


def create(desk: Desk, world: World, **typed: Any) -> Any:
    """Send the form of a new series: Mondays and Thursdays in December, feasts aside."""
    usual = {
        "weekdays": [0, 3],
        "interval": 1,
        "starts_on": "2026-12-01",
        "ends_on": "2026-12-31",
        "skips_holidays": "on",
        "start": "09:00",
        "end": "10:30",
        "km": "2,4",
        "prestation": world.prestation.pk,
        "intervenant": world.intervenant.pk,
    }
    return desk.post(f"clients/{world.client.public_id}/series/nouvelle/", None, **(usual | typed))


def made(desk: Desk, world: World, **typed: Any) -> Series:
    """Return a series made at the desk."""
    assert create(desk, world, **typed).status_code == 303
    return Series.objects.latest("pk")


def test_a_series_is_created_and_shown(desk: Desk, world: World) -> None:
    answer = create(desk, world)
    series = Series.objects.get()
    assert answer.url == f"/gestion/series/{series.public_id}/"
    said = words(desk.browser.get(answer.url))
    assert "9 interventions enregistrées : Planifiée" in said
    assert "Lundi et jeudi, toutes les semaines, sauf les jours fériés" in said
    assert "jeudi 3 décembre, 9 h 00 – 10 h 30" in said
    assert series.contrat == world.contrat
    planning = words(desk.get(f"clients/{world.client.public_id}/?onglet=planning&date=2026-12-03"))
    assert "Lundi et jeudi, toutes les semaines, sauf les jours fériés 9 h 00 – 10 h 30" in planning
    visit = series.interventions.earliest("day")
    assert "Fait partie d’une série" in words(desk.get(f"interventions/{visit.public_id}/"))


def test_feasts_count_where_they_are_not_left_out(desk: Desk, world: World) -> None:
    series = made(desk, world, weekdays=[4], skips_holidays="", interval=2, starts_on="2026-12-11")
    assert [visit.day.day for visit in series.interventions.order_by("day")] == [11, 25]


def test_what_is_odd_is_pointed_out_day_by_day_and_asks_why(desk: Desk, world: World) -> None:
    world.visit(day=date(2026, 12, 3), start="10:00")
    factories.an_absence(world.client, starts_on=date(2026, 12, 7), ends_on=date(2026, 12, 7))
    asked = create(desk, world)
    assert asked.status_code == 422
    said = words(asked)
    assert "jeu. 03/12 : Au même moment : Mme Quéré et Aïcha L., 10 h 00 – 11 h 00." in said
    assert "lun. 07/12 : Absence de Mme Yvonne Quéré : hospitalisation, le 07/12/2026." in said
    assert not Series.objects.exists()
    series = made(desk, world, reason="À deux ce jour-là")
    visit = series.interventions.earliest("day")
    assert "À deux ce jour-là" in words(desk.get(f"interventions/{visit.public_id}/"))


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"weekdays": []}, "obligatoire"),
        ({"ends_on": "2026-11-01"}, "La série finit avant de commencer."),
        ({"weekdays": [6], "ends_on": "2026-12-02"}, "Aucun de ces jours ne tombe entre ces dates."),
        ({"start": "25:00"}, "n’est pas une heure"),
    ],
)
def test_what_is_wrong_is_said(desk: Desk, world: World, typed: dict[str, Any], said: str) -> None:
    asked = create(desk, world, **typed)
    assert asked.status_code == 422
    assert said in words(asked)
    assert not Series.objects.exists()


def test_a_press_repeated_makes_one_series(desk: Desk, world: World) -> None:
    key = factories.key()
    first, again = (create(desk, world, key=key) for _ in range(2))
    assert (first.status_code, again.status_code, first.url) == (303, 303, again.url)
    assert Series.objects.count() == 1


def change(desk: Desk, series: Series, **typed: Any) -> Any:
    """Send the form that changes a series."""
    usual = {
        "first": "2026-12-14",
        "start": "14:00",
        "end": "15:00",
        "km": "2,4",
        "intervenant": series.intervenant_id,
    }
    return desk.post(f"series/{series.public_id}/modification/", None, **(usual | typed))


def test_the_following_visits_are_changed(desk: Desk, world: World) -> None:
    series = made(desk, world)
    assert 'value="2026-12-14"' in desk.get(f"series/{series.public_id}/modification/?des=2026-12-14").text
    answer = change(desk, series)
    assert "6 interventions enregistrées : Planning modifié" in words(desk.browser.get(answer.url))
    series.refresh_from_db()
    assert series.start == time(14)
    assert "Fériés".lower() in words(desk.get(f"series/{series.public_id}/")).lower()


def test_changing_onto_another_visit_asks_why(desk: Desk, world: World) -> None:
    series = made(desk, world)
    world.visit(day=date(2026, 12, 17), start="14:30")
    asked = change(desk, series)
    assert asked.status_code == 422
    assert "Au même moment" in words(asked)
    assert change(desk, series, reason="Relais").status_code == 303


def test_a_change_without_a_visit_says_so(desk: Desk, world: World) -> None:
    series = made(desk, world)
    answer = change(desk, series, first="2027-02-01")
    assert "aucune visite n’avait à changer" in words(desk.browser.get(answer.url))


def test_a_series_ends(desk: Desk, world: World) -> None:
    series = made(desk, world)
    page = words(desk.get(f"series/{series.public_id}/fin/"))
    assert "9 visites sont à venir" in page
    typed = {"last": "2026-12-10", "motif": world.motif().pk}
    answer = desk.post(f"series/{series.public_id}/fin/", None, **typed)
    assert "6 interventions enregistrées : Annulé" in words(desk.browser.get(answer.url))
    assert series.interventions.filter(status=Status.CANCELLED).count() == 6
    series.refresh_from_db()
    assert series.ends_on == date(2026, 12, 10)


def test_reading_is_not_planning(desk: Desk, world: World) -> None:
    series = made(desk, world)
    reader = desk_of(factories.a_gestionnaire(world.agence, may_manage=False))
    for path in (f"series/{series.public_id}/modification/", f"series/{series.public_id}/fin/"):
        assert "demande le droit de gestion" in words(reader.get(path))
    assert create(reader, world).status_code == 422
    assert change(reader, series).status_code == 422
    typed = {"last": "2026-12-10", "motif": world.motif().pk}
    assert reader.post(f"series/{series.public_id}/fin/", None, **typed).status_code == 422
    assert Series.objects.count() == 1
    assert series.interventions.filter(status=Status.PLANNED).count() == 9


def test_a_series_of_another_secteur_is_not_found(desk: Desk, world: World) -> None:
    series = made(desk, world)
    limited = desk_of(factories.a_gestionnaire(world.agence, secteurs=[factories.a_secteur(world.agence)]))
    for path in ("", "modification/", "fin/"):
        assert limited.get(f"series/{series.public_id}/{path}").status_code == 404
    assert create(limited, world).status_code == 404


def test_a_long_series_costs_as_much_as_a_short_one(desk: Desk, world: World) -> None:
    short = made(desk, world, weekdays=[0], ends_on="2026-12-07")
    long = made(desk, world, weekdays=[1, 2, 4], start="16:00", end="17:00")
    for path in ("", "modification/", "fin/"):
        desk.get(f"series/{short.public_id}/{path}")
        assert cost(desk, f"series/{short.public_id}/{path}") == cost(desk, f"series/{long.public_id}/{path}")
