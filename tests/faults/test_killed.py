"""A worker killed in the middle of a large lot, a web process in the middle of a press."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, transaction

from interventions.models import BatchWork, Intervention, JournalEntry
from interventions.states import Action
from tests.factories import World, key
from tests.faults.service import Service, eventually
from tests.faults.story import all_left, arrived, browser_of, declared, each_once, is_whole, time_passes, validation
from tests.interventions.mails.sink import Sink
from tests.tracking.browsing import browser_of as manager_of
from tests.tracking.browsing import choose, press

WAITING = "SELECT count(*) FROM pg_locks WHERE NOT granted"


def _somebody_waits() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(WAITING)
        return bool(cursor.fetchone()[0])


def _times(action: Action, world: World) -> Counter[int]:
    entries = JournalEntry.objects.filter(agence=world.agence, action=action)
    return Counter(entries.values_list("intervention", flat=True))


def test_a_worker_in_the_middle_of_a_lot(world: World, service: Service, sink: Sink) -> None:
    service.up("worker", "beat")
    world.agence.background_from = 2
    world.agence.save()
    visits = declared(world, 8)
    eventually(lambda: all_left(world), "those who are asked are told")
    manager = manager_of(world.gestionnaire)
    with transaction.atomic():
        Intervention.objects.select_for_update().get(pk=visits[4].pk)
        # The press stands on a connection of its own, or nobody would see it before this transaction ends.
        with ThreadPoolExecutor(1) as pool:
            pool.submit(_press, manager, visits).result(timeout=60)
        eventually(_somebody_waits, "the worker has locked some and waits for one")
        service.kill("worker")
    assert _times(Action.VALIDATE_FOR_CLIENT, world) == Counter()
    service.up("worker")
    time_passes(world)
    eventually(lambda: BatchWork.objects.get(agence=world.agence).finished_at is not None, "another goes on")
    work = BatchWork.objects.get(agence=world.agence)
    assert (work.takes, work.handled, work.left) == (2, 8, 0)
    assert _times(Action.VALIDATE_FOR_CLIENT, world) == Counter(visit.pk for visit in visits)
    eventually(lambda: all_left(world), "mails leave")
    assert len(each_once(world)) == 16
    assert arrived(world, sink) == each_once(world)
    is_whole(world, visits)


def _press(manager: object, visits: list[Intervention]) -> None:
    try:
        assert press(manager, choose(manager, *visits)).status_code == 303
    finally:
        connection.close()


def test_a_web_process_in_the_middle_of_a_press(world: World, service: Service) -> None:
    service.up("web")
    (visit,) = declared(world, 1)
    person, sent = browser_of(visit.client.user, service), {"key": key(), "vu": str(visit.version)}
    killed = service.children("web")
    with ThreadPoolExecutor(1) as pool, transaction.atomic():
        Intervention.objects.select_for_update().get(pk=visit.pk)
        asked = pool.submit(person.send, validation(visit), **sent)
        eventually(_somebody_waits, "the press waits")
        for process in killed:
            process.kill()
        with pytest.raises(OSError, match=r"."):
            asked.result(timeout=60)
    # Whoever pressed hears nothing; the row is as it was, and the same press again is made once.
    eventually(lambda: not set(service.children("web")) & set(killed), "gunicorn starts another")
    eventually(lambda: not _somebody_waits(), "the lock is free")
    assert _times(Action.VALIDATE, world) == Counter()
    assert [person.send(validation(visit), **sent).status for _again in range(2)] == [303, 303]
    assert _times(Action.VALIDATE, world) == Counter([visit.pk])
    is_whole(world, [visit])
