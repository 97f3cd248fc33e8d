"""A service's limits, its place among others, and agencies that take turns: with a clock that is moved."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection

from interventions import clock, notifications
from interventions.mails import leaving, pace, waiting
from interventions.mails.carrier import Carrier
from interventions.models import Agence, Fate, Mail
from interventions.tasks import deliver_due_mails
from tests.factories import NOW, a_user, an_agence
from tests.interventions.mails.sink import Sink, free_port, listening, mailers

pytestmark = pytest.mark.django_db(transaction=True)
SECOND, HOUR = timedelta(seconds=1), timedelta(hours=1)


@pytest.fixture
def sink(settings: Any) -> Iterator[Sink]:
    port = free_port()
    settings.MAILERS = mailers(port)
    made = Sink()
    with listening(made, port):
        yield made


def _limits(settings: Any, **limits: int) -> None:
    settings.MAILER_LIMITS = {"default": {"per_second": 0, "per_hour": 0, "parallel": 2} | limits}


def _queue(agence: Agence, count: int) -> None:
    for _number in range(count):
        mail = notifications.queue_mandate(a_user(), agence, "Mandat", "Texte", "<p>Texte</p>", NOW)
        Mail.objects.filter(pk=mail.pk).update(at_once=False)


def _most_in(times: list[datetime], window: timedelta) -> int:
    return max(sum(1 for other in times if one <= other < one + window) for one in times)


def test_no_second_and_no_hour_has_more_than_its_limit(settings: Any) -> None:
    _limits(settings, per_second=4, per_hour=50)
    moment, taken = NOW.replace(minute=59, second=30), list[datetime]()
    while moment < NOW + 3 * HOUR:
        wait = pace.take("default", moment, urgent=True)
        if wait:
            moment += wait
        else:
            taken.append(moment)
    assert _most_in(taken, SECOND) == 4
    assert _most_in(taken, HOUR) == 50
    assert len(taken) >= 100


def test_the_last_tenth_of_an_hour_is_for_what_somebody_waits_for(settings: Any) -> None:
    _limits(settings, per_hour=20)
    assert [bool(pace.take("default", NOW)) for _mail in range(19)] == [False] * 18 + [True]
    assert [bool(pace.take("default", NOW, urgent=True)) for _mail in range(3)] == [False, False, True]
    pace.give_back("default", NOW)
    assert not pace.take("default", NOW, urgent=True)
    assert not pace.take("another", NOW)
    assert not pace.take("default", NOW + HOUR + timedelta(minutes=1))


def test_mails_leave_at_the_pace_of_their_service_and_none_is_lost(settings: Any, sink: Sink) -> None:
    _limits(settings, per_second=5, per_hour=20)
    agence = an_agence()
    _queue(agence, 30)
    times: list[datetime] = []
    with time_machine.travel(NOW + SECOND, tick=False) as travel:

        def now() -> datetime:
            if len(sink.mails) > len(times):
                times.append(clock.now())
            return clock.now()

        for _hour in range(3):
            turn = leaving.Turn(0, more=True)
            while turn.more:
                turn = leaving.take_turn(agence, Carrier(), now, pause=lambda seconds: travel.shift(seconds))
            travel.shift(HOUR + timedelta(minutes=1))
    assert len({str(mail["Message-ID"]) for mail in sink.mails}) == len(sink.mails) == 30
    assert _most_in(times, SECOND) <= 5
    assert _most_in(times, HOUR) == 18  # what is not urgent leaves a tenth


def test_agencies_take_turns_and_a_code_goes_first(sink: Sink) -> None:
    large, small = an_agence(), an_agence()
    _queue(large, 3 * leaving.SHARE)
    _queue(small, 1)
    code = notifications.queue_sign_in(a_user(), large, "Code", "123", "<p>123</p>", NOW)
    with time_machine.travel(NOW + SECOND, tick=True):
        assert deliver_due_mails() == 3 * leaving.SHARE + 2
    assert sink.to[0] == code.to
    other = Mail.objects.get(agence=small).to
    assert sink.to.index(other) <= leaving.SHARE


class Stuck(Sink):
    """A service that takes its first mail and does not answer until told to."""

    def __init__(self) -> None:
        super().__init__()
        self.reached, self.free = threading.Event(), threading.Event()

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        """Wait, then take it."""
        self.reached.set()
        await server.loop.run_in_executor(None, self.free.wait, 20)
        return await super().handle_DATA(server, session, envelope)


def test_a_slow_service_slows_nobody_elses(settings: Any) -> None:
    slow_port, port = free_port(), free_port()
    one = mailers(port)
    settings.MAILERS = {"default": one["default"], "slow": mailers(slow_port)["default"]}
    settings.MAILER_LIMITS = {name: {"parallel": 1} for name in settings.MAILERS}
    slow, quick = Stuck(), Sink()
    _queue(an_agence(mailer="slow"), 2)
    _queue(an_agence(), 5)

    def work() -> None:
        try:
            deliver_due_mails("slow")
        finally:
            connection.close()

    with ExitStack() as open_ones, time_machine.travel(NOW + SECOND, tick=True):
        open_ones.enter_context(listening(slow, slow_port))
        open_ones.enter_context(listening(quick, port))
        thread = threading.Thread(target=work)
        thread.start()
        try:
            assert slow.reached.wait(10)
            # Its only place is taken: another task for it leaves at once, and the other service goes on.
            assert deliver_due_mails("slow") == 0
            assert deliver_due_mails("default") == 5
            assert (len(quick.mails), len(slow.mails)) == (5, 0)
        finally:
            slow.free.set()
            thread.join()
    assert len(slow.mails) == 2


def test_the_age_of_the_queue() -> None:
    agence = an_agence()
    assert waiting.of(agence, NOW) == waiting.Queue(0, None)
    _queue(agence, 2)
    queue = waiting.of(agence, NOW + timedelta(minutes=14))
    assert (queue.count, queue.minutes(NOW + timedelta(minutes=14))) == (2, 14)
    assert queue.late(NOW + timedelta(minutes=14))
    assert not queue.late(NOW + timedelta(minutes=4))
    Mail.objects.update(fate=Fate.SENT)
    assert waiting.of(agence, NOW + HOUR).count == 0
