"""Writing mails: the statements do not grow, the nudge comes once and never hurts."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from interventions import operations, tasks
from interventions.actor import Actor
from interventions.models import Mail, MailLine, Proche
from interventions.states import Action, Role
from tests.factories import NOW, World, a_client, a_contrat, a_proche, a_world, key

MONDAY = date(2026, 11, 23)


def _statements(world: World, action: Action, ids: list[int], actor: Actor, **fields: Any) -> int:
    changes = [operations.Change(action, pk, **fields) for pk in ids]
    with CaptureQueriesContext(connection) as seen:
        assert not operations.apply(changes, actor=actor, at=NOW, key=key()).refused
    return len(seen)


def _visits(world: World, count: int) -> list[int]:
    """Plan visits of as many clients, each with a proche."""
    ids = []
    for back in range(count):
        client = a_client(world.agence)
        a_proche(client)
        contrat = a_contrat(client, world.prestation)
        visit = world.visit(day=MONDAY - timedelta(days=back), client_id=client.pk, contrat_id=contrat.pk)
        ids.append(visit.pk)
    return ids


@pytest.mark.django_db
def test_the_statements_do_not_grow_with_the_visits() -> None:
    counts = set()
    for size in (1, 30):
        world = a_world()
        ids = _visits(world, size)
        done = _statements(world, Action.COMPLETE, ids, world.as_intervenant)
        assert Mail.objects.filter(agence=world.agence).count() == 2 * size
        counts.add((done, _statements(world, Action.SEND_BACK, ids, world.as_manager, reason="Erreur.")))
    assert len(counts) == 1


@pytest.mark.django_db
def test_nobody_is_told_of_their_own_act_in_the_role_they_acted_in() -> None:
    world = a_world()
    Proche.objects.filter(pk=world.proche.pk).update(user=world.intervenant.user)
    visit = world.visit(day=MONDAY)
    world.act(visit, Action.COMPLETE, world.as_intervenant)
    assert set(MailLine.objects.values_list("mail__user_id", "role")) == {
        (world.client.user_id, Role.CLIENT),
        (world.intervenant.user_id, Role.CLIENT),
    }


@pytest.mark.django_db
def test_archived_people_and_the_unwilling_get_nothing() -> None:
    world = a_world()
    world.client.gets_mails = False
    world.client.save()
    world.proche.gets_mails = False
    world.proche.save()
    world.act(world.visit(day=MONDAY), Action.COMPLETE, world.as_intervenant)
    assert not Mail.objects.exists()


@pytest.mark.django_db
def test_a_tuteur_always_gets_the_mails() -> None:
    world = a_world()
    world.proche.gets_mails, world.proche.kind = False, "tuteur"
    world.proche.save()
    world.act(world.visit(day=MONDAY), Action.COMPLETE, world.as_intervenant)
    assert Mail.objects.filter(user=world.proche.user).exists()


@pytest.mark.django_db(transaction=True)
def test_a_nudge_comes_once_a_transaction(monkeypatch: pytest.MonkeyPatch) -> None:
    published: list[dict[str, Any]] = []
    monkeypatch.setattr(tasks.deliver_due_mails, "apply_async", lambda **options: published.append(options))
    with transaction.atomic():
        tasks.nudge()
        with transaction.atomic():
            tasks.nudge()
        assert published == []
    assert len(published) == 1
    with transaction.atomic():
        tasks.nudge()
        transaction.set_rollback(True)
    assert len(published) == 1


@pytest.mark.django_db(transaction=True)
def test_a_dead_broker_costs_a_line_of_log(monkeypatch: pytest.MonkeyPatch) -> None:
    def dead(**options: Any) -> None:
        raise ConnectionRefusedError

    monkeypatch.setattr(tasks.deliver_due_mails, "apply_async", dead)
    with transaction.atomic():
        tasks.nudge()
