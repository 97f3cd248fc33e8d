"""An import whose worker is killed in the middle: nothing of it is there, and it is done from the beginning, once."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from django.conf import LazySettings, settings
from django.db import connection, transaction

from interventions import clock
from interventions.imports import work
from interventions.models import Client, Import, ImportFile, ImportRequest, Intervention
from portals.tasks import carry_on_imports
from tests import factories
from tests.factories import World
from tests.portals.manager.conftest import Desk, desk_of, words
from tests.portals.manager.importing import CLIENTS, confirm, preview

WORKER = """
import django
django.setup()
from django.db import connections
connections["default"].settings_dict["NAME"] = {name!r}
from interventions.imports import work
work.BEAT = 0.2
from portals.tasks import carry_on_imports
carry_on_imports()
"""
# Not pg_stat_activity, which stays as it was first read in a transaction.
WAITING = "SELECT count(*) FROM pg_locks WHERE NOT granted"


@pytest.fixture
def worker() -> Iterator[Callable[[], subprocess.Popen[bytes]]]:
    """Start processes of their own that go on with the imports."""
    started: list[subprocess.Popen[bytes]] = []
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "ATTACHMENTS_DIR": str(settings.MEDIA_ROOT),
    }

    def start() -> subprocess.Popen[bytes]:
        code = WORKER.format(name=settings.DATABASES["default"]["NAME"])
        started.append(subprocess.Popen([sys.executable, "-c", code], cwd=settings.BASE_DIR, env=environment))
        return started[-1]

    yield start
    for process in started:
        process.kill()
        process.wait()


def until(holds: Callable[[], bool], patience: float = 60) -> bool:
    """Wait until something holds."""
    end = time.monotonic() + patience
    while not holds() and time.monotonic() < end:
        time.sleep(0.1)
    return holds()


def is_waiting() -> bool:
    """Whether some session waits for a lock of ours."""
    with connection.cursor() as cursor:
        cursor.execute(WAITING)
        return bool(cursor.fetchone()[0])


@pytest.fixture
def at_now() -> None:
    """Let the real clock run: another process has it too."""


def confirmed(world: World, desk: Desk) -> tuple[str, Intervention]:
    """Confirm an import of new clients and of other hours for a visit that an earlier file brought."""
    day = clock.now().date() + timedelta(days=3)
    number, contrat = world.client.number, world.contrat.number

    def line(hour: int) -> str:
        return f"V1;{number};;;{contrat};{day:%d/%m/%Y};{hour:02}:00;{hour + 1:02}:00;;"

    confirm(desk, preview(desk, interventions=[line(9)]))
    assert carry_on_imports() == 1
    url = preview(desk, clients=CLIENTS, interventions=[line(14)])
    confirm(desk, url)
    return url, Intervention.objects.get(number="V1")


@pytest.mark.django_db(transaction=True)
def test_a_worker_killed_in_the_middle_leaves_nothing_and_the_next_does_all_of_it(
    worker: Callable[[], subprocess.Popen[bytes]], settings: LazySettings
) -> None:
    world = factories.a_world()
    desk = desk_of(world.gestionnaire)
    url, visit = confirmed(world, desk)
    with transaction.atomic():
        # The worker has written the clients, and waits for this visit.
        Intervention.objects.select_for_update().get(pk=visit.pk)
        process = worker()
        assert until(is_waiting)
        # What it went through can be read meanwhile, though nothing of it is committed.
        assert until(lambda: ImportRequest.objects.get(stage="loading").handled == 2)
        process.send_signal(signal.SIGKILL)
        process.wait()
    assert not Client.objects.filter(number="CL1").exists()
    assert Import.objects.count() == 1
    # Its lease still runs: nobody takes over too soon.
    assert carry_on_imports() == 0
    settings.CLOCK_OFFSET_SECONDS = work.LEASE.total_seconds() + 5
    assert "il reprend de lui-même depuis le début. Rien n’a été importé à moitié." in words(desk.browser.get(url))
    assert carry_on_imports() == 1
    assert Client.objects.filter(number__in=["CL1", "CL2"]).count() == 2
    visit.refresh_from_db()
    assert visit.retained_start.astimezone(world.agence.zone).hour == 14
    assert "Import n° 2" in words(desk.browser.get(url))
    assert ImportRequest.objects.get(made__number=2).takes == 2
    assert carry_on_imports() == 0


@pytest.mark.django_db(transaction=True)
def test_a_worker_that_lost_its_lease_takes_back_what_it_did() -> None:
    world = factories.a_world()
    desk = desk_of(world.gestionnaire)
    url, _visit = confirmed(world, desk)
    slow = work.claim(world.agence, clock.now())
    assert slow is not None
    ImportRequest.objects.update(lease_until=None)
    assert carry_on_imports() == 1
    done = Client.objects.count()
    work.carry_on(slow, world.as_manager)
    assert (Client.objects.count(), Import.objects.count()) == (done, 2)
    assert "Import n° 2" in words(desk.browser.get(url))


@pytest.mark.django_db
def test_what_takes_every_worker_down_ends_in_words(world: World) -> None:
    desk = desk_of(world.gestionnaire)
    url = preview(desk, clients=CLIENTS)
    confirm(desk, url)
    for _kill in range(work.TAKES):
        assert work.claim(world.agence, clock.now()) is not None
        ImportRequest.objects.update(lease_until=None)
    assert carry_on_imports() == 0
    assert "L’import a été interrompu plusieurs fois. Rien n’a été importé." in words(desk.browser.get(url))
    assert not Client.objects.filter(number="CL1").exists()


@pytest.mark.django_db
def test_a_file_that_is_no_longer_there_ends_in_words_after_three_tries(world: World) -> None:
    desk = desk_of(world.gestionnaire)
    url = preview(desk, clients=CLIENTS)
    confirm(desk, url)
    file = ImportFile.objects.get()
    file.file.storage.delete(str(file.file.name))
    for _try in range(work.FAILURES):
        ImportRequest.objects.update(lease_until=None)
        assert carry_on_imports() == 1
    assert "Une erreur a arrêté l’import. Rien n’a été importé." in words(desk.browser.get(url))
    ImportRequest.objects.update(lease_until=None)
    assert carry_on_imports() == 0
