"""Two schedulers, and a clock that jumps."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta

from interventions.jobs import JOBS
from interventions.models import BatchWork, Fate, JobRun, Mail
from tests.factories import World
from tests.faults.service import Service, eventually
from tests.faults.story import all_left, arrived, declared, each_once, goes_on, is_whole, mails
from tests.faults.test_mail import Slow
from tests.interventions.mails.sink import Sink, listening

DAY = 24 * 3600


def _midday() -> str:
    """Return a time zone in which it is noon: jobs run by day."""
    return f"Etc/GMT{datetime.now(UTC).hour - 12:+d}"


def test_two_schedulers(world: World, service: Service, sink: Sink) -> None:
    world.agence.timezone = _midday()
    world.agence.save()
    service.up("worker", "beat", "beat2")
    visits = declared(world, 6)
    for _time in range(4):
        service.send("interventions.jobs.run_jobs")
    runs = JobRun.objects.filter(agence=world.agence)
    eventually(lambda: runs.count() == len(JOBS), "each job runs")
    eventually(lambda: all_left(world), "mails leave")
    goes_on(world, service, sink)
    service.end("beat2")
    assert Counter(runs.values_list("name", "error")) == Counter((name, "") for name in JOBS)
    assert len(mails(world)) == 7
    assert arrived(world, sink) == each_once(world)
    is_whole(world, visits)


def test_a_clock_put_back_after_it_ran_a_day_ahead(world: World, service: Service) -> None:
    service.end("worker", "beat", "beat2")
    service.up("worker", DJANGO_SETTINGS_MODULE="tests.faults.jumped", JUMP_SECONDS=str(DAY))
    visits = declared(world, 2)
    post = Slow()
    with listening(post, service.ports["mail"]):
        service.send("interventions.tasks.deliver_due_mails")
        eventually(lambda: post.asked > 0, "a mail is in hand")
        service.kill("worker")
        in_hand = Mail.objects.filter(agence=world.agence, fate=Fate.SENDING)
        assert in_hand.filter(lease_until__gt=datetime.now(UTC) + timedelta(hours=23)).exists()
        post.released = True
        service.up("worker", "beat")
        # Nobody waits for tomorrow.
        eventually(lambda: all_left(world), "all leave")
    assert len(post.mails) == 2
    assert arrived(world, post) == each_once(world)
    assert not BatchWork.objects.filter(agence=world.agence).exists()
    is_whole(world, visits)
