"""PostgreSQL is killed while people press, and comes back."""

from __future__ import annotations

import os
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from threading import Event

from django.conf import settings
from django.db import connection

from interventions.models import Intervention, JournalEntry
from interventions.states import Action, Status
from tests.factories import World, key
from tests.faults.service import Service, eventually
from tests.faults.story import all_left, arrived, browser_of, declared, each_once, goes_on, is_whole, validation
from tests.interventions.mails.sink import Sink
from tests.production.browser import Answer, Browser

VISITS, HANDS = 24, 4
# A longer outage: OUTAGE_SECONDS=60 .venv/bin/python -m pytest tests/faults/test_database.py -s
OUTAGE_SECONDS = float(os.environ.get("OUTAGE_SECONDS", "1"))


class Crowd:
    """Clients who each validate their own visit, and try again, with the same key, when told to."""

    def __init__(self, visits: list[Intervention], service: Service) -> None:
        self.waiting = [(browser_of(visit.client.user, service), visit, key()) for visit in visits]
        self.answers: list[Answer] = []
        self.slowest = 0.0
        self.may_go_on = Event()

    @property
    def statuses(self) -> Counter[int]:
        """What came back, so far."""
        return Counter(answer.status for answer in self.answers)

    def hand(self) -> None:
        """Press for one client after the other, until each is through."""
        while self.waiting:
            try:
                browser, visit, key_ = self.waiting.pop()
            except IndexError:
                return
            self.through(browser, visit, key_)

    def through(self, browser: Browser, visit: Intervention, key_: str) -> None:
        """Press until it is done."""
        status = 0
        while status != 303:
            if self.statuses[303] >= VISITS // 3:
                self.may_go_on.wait()
            begun = time.monotonic()
            answer = browser.send(validation(visit), key=key_, vu=str(visit.version))
            self.slowest = max(self.slowest, time.monotonic() - begun)
            self.answers.append(answer)
            status = answer.status


def test_our_own_patience_is_three_seconds() -> None:
    assert settings.DATABASES["default"]["OPTIONS"]["pool"]["timeout"] < 3


def test_killed_and_restarted_under_load(world: World, service: Service, sink: Sink) -> None:
    service.up("web", "worker", "beat")
    visits = declared(world, VISITS)
    eventually(lambda: all_left(world), "those who are asked are told")
    crowd = Crowd(visits, service)
    with ThreadPoolExecutor(HANDS) as pool:
        hands = [pool.submit(crowd.hand) for _one in range(HANDS)]
        eventually(lambda: crowd.statuses[303] >= VISITS // 3, "some are through")
        service.kill("postgres")
        crowd.may_go_on.set()
        eventually(lambda: crowd.statuses[503] >= HANDS, "the others are told")
        assert _health(service) == [(200, "/sante/"), (503, "/sante/web/")]
        time.sleep(OUTAGE_SECONDS)
        service.up("postgres")
        back, done = time.monotonic(), crowd.statuses[303]
        eventually(lambda: crowd.statuses[303] > done, "presses arrive again", 120)
        print(f"\ndown {OUTAGE_SECONDS:.0f} s: again after {time.monotonic() - back:.1f} s,", end=" ")  # noqa: T201
        for hand in hands:
            hand.result(timeout=120)
    print(f"slowest answer {crowd.slowest:.1f} s, {dict(crowd.statuses)}")  # noqa: T201
    connection.close()
    assert set(crowd.statuses) == {303, 503}
    told = {answer.text for answer in crowd.answers if answer.status == 503}
    assert all("Service indisponible" in text and "réessayez dans une minute" in text for text in told)
    entries = JournalEntry.objects.filter(agence=world.agence, action=Action.VALIDATE)
    assert Counter(entries.values_list("intervention", flat=True)) == Counter(visit.pk for visit in visits)
    assert {Intervention.objects.get(pk=visit.pk).status for visit in visits} == {Status.VALIDATED}
    goes_on(world, service, sink)
    assert arrived(world, sink) == each_once(world)
    is_whole(world, visits)


def _health(service: Service) -> list[tuple[int, str]]:
    probe = Browser(service.address, plain=True)
    return [(probe.get(path).status, path) for path in ("/sante/", "/sante/web/")]
