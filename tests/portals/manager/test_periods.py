"""Périodes: what a month holds is shown before it is closed; closing and reopening are on record."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction

from interventions import closing, operations
from interventions.models import Intervention, Period, PeriodEntry
from interventions.states import Action, Ground
from tests import factories
from tests.factories import NOW, World
from tests.interventions import acts
from tests.portals.manager.conftest import Desk, desk_of, words

pytestmark = pytest.mark.django_db
MONTH = NOW.date().replace(day=1)
URL = f"periodes/{MONTH:%Y-%m}/"


@pytest.fixture
def desk(world: World) -> Desk:
    """The agency's gestionnaire."""
    return desk_of(world.gestionnaire)


def close(desk: Desk, seen: str | None = None) -> Any:
    """Press on what is shown."""
    shown = desk.get(URL).context["seen"] if seen is None else seen
    return desk.browser.post(f"/gestion/{URL}cloture/", {"vu": shown}, follow=True)


def test_what_is_undecided_and_which_windows_run_is_shown_before(world: World, desk: Desk) -> None:
    yesterday = NOW.date() - timedelta(days=1)
    done = world.visit(day=yesterday, start="08:00")
    world.act(done, Action.COMPLETE, world.as_intervenant)
    on_behalf = world.visit(day=yesterday, start="10:00")
    world.act(on_behalf, Action.COMPLETE, world.as_intervenant)
    world.act(on_behalf, Action.VALIDATE_FOR_CLIENT, world.as_manager, ground=Ground.PHONE)
    cancelled = world.visit(day=yesterday, start="12:00")
    world.act(cancelled, Action.CANCEL, world.as_manager, motif_id=world.motif().pk)
    world.visit(day=yesterday, start="14:00", contrat_id=None)
    shown = words(desk.get(URL))
    assert "4 visites" in shown
    assert "Réalisée, à valider par le client 1 ·" in shown
    assert "À réaliser 1 ·" in shown
    assert "Sans contrat facturable 1 ·" in shown
    assert "peut encore s’y opposer (au plus tard vendredi 25 décembre)" in shown
    assert "1 · annulées : l’autre côté peut encore contester l’annulation (au plus tard mercredi 2 décembre)" in shown
    answer = words(close(desk))
    assert "Le mois est clôturé" in answer
    assert "Claire Morvan : clôturé." in answer
    entry = PeriodEntry.objects.get()
    assert (entry.closes, entry.actor_name, entry.figures) == (
        True,
        "Claire Morvan",
        {"planned": 1, "done": 1, "validated": 1, "cancelled": 1, "unbillable": 1, "object": 1, "dispute": 1},
    )
    assert "Clôturé" in words(desk.get("periodes/"))


def test_a_month_that_changed_since_it_was_shown_stays_open(world: World, desk: Desk) -> None:
    visit = world.visit(day=NOW.date() - timedelta(days=1))
    seen = desk.get(URL).context["seen"]
    world.act(visit, Action.COMPLETE, world.as_intervenant)
    assert "Ce mois a changé entre-temps" in words(close(desk, seen))
    assert not Period.objects.filter(closed_at__isnull=False).exists()


def test_reopening_takes_a_reason_that_stays(world: World, desk: Desk) -> None:
    close(desk)
    empty = desk.browser.post(f"/gestion/{URL}reouverture/", {"reason": " "})
    assert empty.status_code == 422
    assert "Ce champ est obligatoire" in words(empty)
    answer = words(desk.browser.post(f"/gestion/{URL}reouverture/", {"reason": "Une feuille retrouvée"}, follow=True))
    assert "Le mois est rouvert." in answer
    assert "rouvert, « Une feuille retrouvée »." in answer
    assert [entry.closes for entry in PeriodEntry.objects.order_by("pk")] == [True, False]
    # Pressed once more on an old page, it leaves nothing.
    desk.browser.post(f"/gestion/{URL}reouverture/", {"reason": "Encore"})
    assert PeriodEntry.objects.count() == 2


@pytest.mark.parametrize("limit", ["without the right", "of one secteur"])
def test_each_right_allows_its_own_step_and_for_all_secteurs_only(world: World, desk: Desk, limit: str) -> None:
    secteurs = [factories.a_secteur(world.agence)] if limit == "of one secteur" else None
    rights = {"may_close": secteurs is not None, "may_unlock": secteurs is not None}
    other = factories.a_gestionnaire(world.agence, secteurs=secteurs, **rights)
    theirs = desk_of(other)
    page = words(theirs.get(URL))
    assert "Clôturer demande le droit de clôture, sur tous les secteurs." in page
    assert theirs.browser.post(f"/gestion/{URL}cloture/", {"vu": theirs.get(URL).context["seen"]}).status_code == 403
    with pytest.raises(operations.Refused):
        operations.close_month(factories.actor_of(other), MONTH, NOW)
    close(desk)
    assert "Rouvrir demande le droit de déverrouillage, sur tous les secteurs." in words(theirs.get(URL))
    assert theirs.browser.post(f"/gestion/{URL}reouverture/", {"reason": "Il le faut"}).status_code == 403
    with pytest.raises(operations.Refused):
        operations.reopen_month(factories.actor_of(other), MONTH, NOW)
    assert PeriodEntry.objects.count() == 1


def test_a_manager_of_one_secteur_counts_their_own_visits(world: World) -> None:
    secteur = factories.a_secteur(world.agence)
    world.visit(day=NOW.date())
    limited = desk_of(factories.a_gestionnaire(world.agence, secteurs=[secteur]))
    assert "de vos secteurs" in words(limited.get(URL))
    assert limited.get(URL).context["figures"].total == 0
    world.client.secteur = secteur
    world.client.save()
    assert limited.get(URL).context["figures"].total == 1


def test_months_from_the_first_visit_to_the_present_one(world: World, desk: Desk) -> None:
    world.visit(day=(MONTH - timedelta(days=800)).replace(day=10))
    first = desk.get("periodes/").context
    assert len(first["months"]) == 24
    second = desk.browser.get(f"/gestion/periodes/{first['next_url']}").context["months"]
    assert [one.month for one in second][-1] == (MONTH - timedelta(days=800)).replace(day=1)
    assert desk.get("periodes/2020-01/").status_code == 404
    assert desk.get("periodes/2026-13/").status_code == 404
    assert desk.get("periodes/n-importe/").status_code == 404
    assert desk.get("periodes/2027-01/").status_code == 404


def test_the_windows_are_those_of_the_acts(world: World) -> None:
    """What is counted for each window is what the people of that side may still do."""
    for days in (1, 6, 8, 20):
        moment = world.now = NOW - timedelta(days=days)
        for hour, done in enumerate((acts.validated_for_client, acts.cancelled_by_client, acts.contested)):
            done(world, day=moment.date() - timedelta(days=1), start=f"{8 + 2 * hour:02}:00")
    keys = list(Intervention.objects.values_list("pk", flat=True))
    can: dict[Action, set[int]] = {}
    for actor in (world.as_client, world.as_intervenant):
        for key, one in operations.possibilities(keys, actor, NOW).items():
            for action in one.actions:
                can.setdefault(action, set()).add(key)
    months = {visit.day.replace(day=1) for visit in Intervention.objects.all()}
    counted: dict[str, int] = {}
    for month in months:
        for window in closing.month_of(world.as_manager, month, NOW).windows:
            counted[window.name] = counted.get(window.name, 0) + window.count
    assert counted == {
        "object": len(can[Action.OBJECT]),
        "dispute": len(can[Action.DISPUTE_CANCELLATION]),
        "retract": len(can[Action.RETRACT]),
    }
    assert all(counted.values())


@pytest.mark.django_db(transaction=True)
def test_closing_gives_up_in_words_where_an_import_holds_the_month(monkeypatch: pytest.MonkeyPatch) -> None:
    world = factories.a_world()
    visit = world.visit(day=NOW.date() - timedelta(days=1))
    desk = desk_of(world.gestionnaire)
    monkeypatch.setattr("interventions.operations.periods.PATIENCE", "200ms")
    holds, over = threading.Event(), threading.Event()

    def act() -> None:
        with transaction.atomic():
            world.act(visit, Action.COMPLETE, world.as_intervenant)
            holds.set()
            over.wait(30)
            transaction.set_rollback(True)
        connection.close()

    other = threading.Thread(target=act)
    other.start()
    assert holds.wait(30)
    try:
        assert "Un import ou un lot travaille dans ce mois" in words(close(desk))
    finally:
        over.set()
        other.join()
    assert "Le mois est clôturé" in words(close(desk))
