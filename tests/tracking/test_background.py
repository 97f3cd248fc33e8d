"""A lot past the agency's limit: a row that a worker takes up, part by part, whatever dies or is pressed meanwhile."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.conf import LazySettings, settings
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from interventions import operations
from interventions.mails import leaving
from interventions.models import Batch, BatchPart, BatchWork, Fate, Intervention, JournalEntry, Mail
from interventions.states import Action
from tests import factories
from tests.tracking.browsing import at, browser_of, choose, done, press
from tracking.tasks import carry_on_batches

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def _small_parts(settings: LazySettings) -> None:
    settings.BATCH_PART_ROWS = 3


def a_lot(size: int = 8) -> tuple[factories.World, list[Intervention], Any, str]:
    """Press on more visits than the agency does at once; return the world, the visits, the browser and the lot."""
    world = factories.a_world(background_from=2)
    visits = [done(world, start=f"{8 + n:02}:00") for n in range(size)]
    browser = browser_of(world.gestionnaire)
    return world, visits, browser, press(browser, choose(browser, *visits)).url


def validations() -> dict[int, int]:
    """Return how often each visit was validated in the client's place."""
    entries = JournalEntry.objects.filter(action=Action.VALIDATE_FOR_CLIENT).values_list("intervention", flat=True)
    keys = list(entries)
    return {key: keys.count(key) for key in keys}


def test_a_large_lot_waits_as_rows_and_is_done_part_by_part() -> None:
    _world, visits, browser, lot = a_lot()
    assert validations() == {}
    waiting = browser.get(lot, follow=True)
    assert "0 visite traitée sur 8" in waiting.text
    assert "attend son tour" in waiting.text
    assert "Actualiser" in waiting.text
    assert "en attente" in browser.get("/suivi/lots/").text
    assert carry_on_batches() == 3
    assert validations() == {visit.pk: 1 for visit in visits}
    sheet = browser.get(lot)
    assert "8 visites validées" in sheet.text
    assert BatchPart.objects.count() == 0
    assert carry_on_batches() == 0


def test_progress_is_a_fragment_and_its_end_reloads_the_page() -> None:
    _world, _visits, browser, lot = a_lot()
    cut = browser.get(f"{lot}avancement/", headers=HTMX)
    assert cut.text.lstrip().startswith('<div class="stack" id="avancement"')
    carry_on_batches()
    over = browser.get(f"{lot}avancement/", headers=HTMX)
    assert over["HX-Refresh"] == "true"
    assert browser.get(f"{lot}avancement/").url == lot


def test_one_mail_a_person_for_the_whole_lot_and_none_while_it_is_at_work(settings: LazySettings) -> None:
    world, visits, _browser, _lot = a_lot()
    work = operations.claim(world.agence, factories.NOW)
    assert work is not None
    assert operations.advance(work, world.as_manager, factories.NOW)
    asked = Mail.objects.filter(batch=work.batch)
    late = factories.NOW + timedelta(hours=2)
    assert asked.count() == 2
    assert not leaving.due(world.agence, late).filter(batch=work.batch).exists()
    at(settings, late)
    carry_on_batches()
    assert {mail.user_id: mail.lines.count() for mail in asked} == {
        world.client.user_id: len(visits),
        world.proche.user_id: len(visits),
    }
    # The undo window runs from the end of the lot.
    assert {mail.due_at >= late + timedelta(minutes=world.agence.undo_minutes) for mail in asked} == {True}
    assert {mail.fate for mail in asked} == {Fate.QUEUED}


def test_it_can_be_stopped_what_is_done_stays_and_the_rest_is_named() -> None:
    world, visits, browser, lot = a_lot()
    work = operations.claim(world.agence, factories.NOW)
    assert work is not None
    assert operations.advance(work, world.as_manager, factories.NOW)
    assert browser.post(f"{lot}arret/", {"key": factories.key()}).url == lot
    assert not operations.advance(work, world.as_manager, factories.NOW)
    assert validations() == {visit.pk: 1 for visit in visits[:3]}
    page = browser.get(lot)
    assert "3 visites validées, 5 laissées" in page.text
    assert "Arrêté avant la fin par Claire Morvan" in page.text
    assert [row.visit.pk for row in page.context["rows"] if not row.done] == [visit.pk for visit in visits[3:]]
    assert [row["at"] for row in Batch.objects.get(pk=work.batch_id).refused] == [3, 4, 5, 6, 7]
    assert "arrêté" in browser.get("/suivi/lots/").text
    assert carry_on_batches() == 0
    assert "déjà fini" in browser.post(f"{lot}arret/", {"key": factories.key()}, follow=True).text


def test_a_lease_is_one_worker_s_and_runs_out() -> None:
    world, _visits, _browser, _lot = a_lot()
    first = operations.claim(world.agence, factories.NOW)
    assert first is not None
    assert operations.claim(world.agence, factories.NOW + timedelta(seconds=30)) is None
    second = operations.claim(world.agence, factories.NOW + timedelta(minutes=2))
    assert second is not None
    assert not operations.advance(first, world.as_manager, factories.NOW)
    assert operations.advance(second, world.as_manager, factories.NOW)
    assert BatchWork.objects.get().was_resumed


def test_a_lease_of_a_clock_that_was_a_day_ahead_holds_nobody_up() -> None:
    world, visits, _browser, _lot = a_lot()
    assert operations.claim(world.agence, factories.NOW + timedelta(days=1)) is not None  # and its worker is killed
    took = operations.claim(world.agence, factories.NOW)
    assert took is not None
    assert (took.takes, took.lease_until) == (2, factories.NOW + timedelta(minutes=1))
    assert operations.claim(world.agence, factories.NOW) is None
    BatchWork.objects.update(lease_until=factories.NOW + timedelta(days=1))
    assert carry_on_batches() == 3
    assert validations() == {visit.pk: 1 for visit in visits}


def test_rights_count_at_each_part() -> None:
    world, visits, browser, lot = a_lot(5)
    work = operations.claim(world.agence, factories.NOW)
    assert work is not None
    assert operations.advance(work, world.as_manager, factories.NOW)
    world.gestionnaire.ended_at = factories.NOW
    world.gestionnaire.save()
    BatchWork.objects.update(lease_until=None)
    assert carry_on_batches() == 0
    assert validations() == {visit.pk: 1 for visit in visits[:3]}
    assert {row["guard"] for row in Batch.objects.get(pk=work.batch_id).refused} == {"right"}
    del browser, lot


def test_rows_that_changed_between_press_and_part_are_left_and_named() -> None:
    world, visits, browser, lot = a_lot()
    world.act(visits[6], Action.CORRECT, world.as_intervenant, facts=visits[6].declared, comment="Corrigé")
    carry_on_batches()
    assert [row.visit.pk for row in browser.get(lot).context["rows"] if not row.done] == [visits[6].pk]
    assert sorted(validations()) == sorted(visit.pk for visit in visits if visit != visits[6])


def test_a_large_undo_runs_in_the_background_too() -> None:
    world, visits, browser, lot = a_lot()
    carry_on_batches()
    motif = world.motif(kind="refus", opens_km=True)
    assert world.act(visits[4], Action.OBJECT, world.as_client, motif_id=motif.pk, cancels=True).done
    undone = browser.post(f"{lot}annulation/", {"key": factories.key()}).url
    assert "en cours" in browser.get(undone, follow=True).text
    carry_on_batches()
    page = browser.get(undone)
    assert "7 visites rouvertes, 1 laissée" in page.text
    assert Intervention.objects.filter(status="done").count() == 7


def test_the_same_press_again_is_the_same_lot() -> None:
    world = factories.a_world(background_from=2)
    visits = [done(world, start=f"{8 + n:02}:00") for n in range(4)]
    browser, key = browser_of(world.gestionnaire), factories.key()
    preview = choose(browser, *visits)
    assert press(browser, preview, key=key).url == press(browser, preview, key=key).url
    assert BatchWork.objects.count() == 1
    carry_on_batches()
    assert set(validations().values()) == {1}


def test_two_managers_lots_each_row_once_both_told() -> None:
    world, visits, browser, lot = a_lot()
    other = browser_of(factories.a_gestionnaire(world.agence))
    second = press(other, choose(other, *visits)).url
    carry_on_batches()
    assert set(validations().values()) == {1}
    assert "8 visites validées" in browser.get(lot).text
    assert "Aucune visite faite, 8 laissées" in other.get(second).text


def test_a_part_costs_the_same_statements_whatever_its_rows(settings: LazySettings) -> None:
    counts = []
    for size in (4, 12):
        settings.BATCH_PART_ROWS = size
        world, _visits, _browser, _lot = a_lot(size)
        work = operations.claim(world.agence, factories.NOW)
        assert work is not None
        with CaptureQueriesContext(
            connection,
        ) as queries:
            operations.advance(work, world.as_manager, factories.NOW)
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_a_part_that_breaks_off_ends_the_lot_in_words() -> None:
    world, _visits, browser, lot = a_lot()
    # A part that nobody can read.
    BatchPart.objects.filter(place=3).update(changes=[{"action": "no such act", "intervention_id": 1}])
    for _attempt in range(3):
        BatchWork.objects.update(lease_until=None)
        carry_on_batches()
    assert BatchWork.objects.get().failures == 3
    assert BatchWork.objects.get().finished_at is not None
    del world, browser, lot


WORKER = """
import django
django.setup()
from django.conf import settings
from django.db import connections
connections["default"].settings_dict["NAME"] = {name!r}
from tracking.tasks import carry_on_batches
print("ready", flush=True)
carry_on_batches()
"""


@pytest.fixture
def worker() -> Iterator[subprocess.Popen[str]]:
    """A process of its own that goes on with the lots."""
    name = settings.DATABASES["default"]["NAME"]
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "config.settings"}
    process = subprocess.Popen(
        [sys.executable, "-c", WORKER.format(name=name)],
        cwd=settings.BASE_DIR,
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
    )
    yield process
    process.kill()
    process.wait()


@pytest.mark.django_db(transaction=True)
def test_a_worker_killed_in_the_middle_of_a_part(settings: LazySettings, request: pytest.FixtureRequest) -> None:
    at(settings, factories.NOW)
    world, visits, browser, lot = a_lot()
    settings.CLOCK_OFFSET_SECONDS = 0
    with transaction.atomic():
        # The worker waits for this row in its second part, with the rows before it locked and nothing committed of it.
        Intervention.objects.select_for_update().get(pk=visits[4].pk)
        process = request.getfixturevalue("worker")
        until = time.monotonic() + 30
        while BatchWork.objects.get().handled < 3 and time.monotonic() < until:
            time.sleep(0.1)
        time.sleep(0.3)
        process.send_signal(signal.SIGKILL)
        process.wait()
        assert BatchWork.objects.get().handled == 3
    assert validations() == {visit.pk: 1 for visit in visits[:3]}
    # Its lease still runs: nobody takes over too soon.
    assert carry_on_batches() == 0
    settings.CLOCK_OFFSET_SECONDS = 120
    assert carry_on_batches() == 2
    assert validations() == {visit.pk: 1 for visit in visits}
    work = BatchWork.objects.get()
    assert (work.takes, work.handled, work.left) == (2, 8, 0)
    assert Mail.objects.filter(batch=work.batch).count() == 2
    at(settings, factories.NOW)
    assert "8 visites validées" in browser.get(lot).text
    del world


def test_a_worker_that_gives_no_sign_of_life_is_not_said_to_be_at_work() -> None:
    world, _visits, browser, lot = a_lot()
    work = operations.claim(world.agence, factories.NOW)
    assert work is not None
    said = []
    for since in (5, 20, 70):
        BatchWork.objects.update(lease_until=factories.NOW + operations.LEASE - timedelta(seconds=since))
        page = browser.get(f"{lot}avancement/").text
        said.append([words in page for words in (">En cours.<", "Rien n’avance", "s’est interrompu\u00a0:")])
    assert said == [[True, False, False], [False, True, False], [False, False, True]]


def test_an_undoing_that_was_stopped_can_be_gone_on_with() -> None:
    world, visits, browser, lot = a_lot()
    carry_on_batches()
    undone = browser.post(f"{lot}annulation/", {"key": factories.key()}).url
    work = operations.claim(world.agence, factories.NOW)
    assert work is not None
    assert operations.advance(work, world.as_manager, factories.NOW)
    browser.post(f"{undone}arret/", {"key": factories.key()})
    page = browser.get(lot).text
    assert "Annulé en partie par Claire Morvan" in page
    assert "Annuler le reste" in page
    rest = browser.post(f"{lot}annulation/", {"key": factories.key()}).url
    carry_on_batches()
    assert "5 visites rouvertes, 3 laissées" in browser.get(rest).text
    assert {Intervention.objects.get(pk=visit.pk).status for visit in visits} == {"done"}
    over = browser.get(lot).text
    assert "Annuler le reste" not in over
    assert "Annuler ce lot" not in over
