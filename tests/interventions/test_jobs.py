"""Jobs: once a day whatever schedulers there are, by day, and what one that failed leaves behind."""

from __future__ import annotations

import threading
from datetime import date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from interventions import (
    jobs,
    links,
    notifications,
    operations,
    purging,
    reminders,
    rhythms,
    runs,
    silence,
)
from interventions.mails import reading
from interventions.models import Batch, Fate, JobRun, JournalEntry, Mail, MailLine, Proche, Rhythm
from interventions.runs import Job
from interventions.states import Action
from tests.factories import NOW, World, a_world, an_absence, key, local
from tests.interventions.acts import longer

MONDAY = date(2026, 11, 23)
DAY = timedelta(days=1)


def _job(does: Any) -> Job:
    return Job("trial", _("Essai"), _("Un essai."), does)


def _asked(world: World, sent: datetime = NOW) -> int:
    """Return a visit whose asking mail has reached the client."""
    visit = world.visit(day=MONDAY - timedelta(days=Mail.objects.count()))
    change = operations.Change(Action.COMPLETE, visit.pk)
    assert not operations.apply([change], actor=world.as_intervenant, at=sent, key=key()).refused
    mails = Mail.objects.filter(lines__intervention=visit)
    MailLine.objects.filter(intervention=visit).update(told=True)
    mails.update(fate=Fate.DELIVERED, sent_at=sent, delivered_at=sent)
    return visit.pk


def _reminders() -> Any:
    return Mail.objects.filter(lines__reminds=True).distinct()


@pytest.mark.django_db
@pytest.mark.parametrize(("clock", "works"), [("08:59", False), ("09:00", True), ("19:59", True), ("20:00", False)])
def test_a_job_runs_by_day_once(clock: str, works: bool) -> None:
    world, seen = a_world(), list[Any]()

    def works_once(agence: Any, now: datetime) -> int:
        seen.append(agence)
        return 3

    moment = local(MONDAY, clock)
    job = _job(works_once)
    found = runs.run(job, world.agence, moment)
    assert bool(found) is works
    assert runs.run(job, world.agence, moment + timedelta(minutes=1)) is None or not works
    assert len(seen) <= 1 or not works
    if found:
        assert found.done == 3


@pytest.mark.django_db
@pytest.mark.parametrize("day", [date(2026, 10, 25), date(2027, 3, 28), date(2026, 12, 31), date(2028, 2, 29)])
def test_each_day_has_one_run_over_clock_changes_and_ends(day: date) -> None:
    world = a_world()
    job = _job(lambda agence, now: 0)
    moment, last = local(day - DAY, "00:00"), local(day + 2 * DAY, "00:00")
    while moment < last:
        runs.run(job, world.agence, moment)
        moment += timedelta(minutes=30)
    started = [one.astimezone(world.agence.zone) for one in JobRun.objects.values_list("started_at", flat=True)]
    assert [f"{one:%H:%M}" for one in started] == ["09:00"] * 3


@pytest.mark.django_db
def test_one_that_fails_leaves_its_error_nothing_else_and_comes_back_in_an_hour() -> None:
    world = a_world()

    def fails(agence: Any, now: datetime) -> int:
        Proche.objects.all().delete()
        raise ValueError("Nothing goes.")

    moment = local(MONDAY, "09:00")
    found = runs.run(_job(fails), world.agence, moment)
    assert found is not None
    assert found.error
    assert Proche.objects.exists()
    works = _job(lambda agence, now: 1)
    assert runs.run(works, world.agence, moment + timedelta(minutes=30)) is None
    again = runs.run(works, world.agence, moment + timedelta(minutes=61))
    assert again is not None
    assert not again.error


def _two_schedulers(moment: datetime) -> None:
    """Run what is due at that moment twice, at once."""
    together = threading.Barrier(2)

    def schedule() -> None:
        together.wait()
        jobs.run_due(moment)
        connection.close()

    both = [threading.Thread(target=schedule) for _number in range(2)]
    for one in both:
        one.start()
    for one in both:
        one.join()


@pytest.mark.django_db(transaction=True)
def test_two_schedulers_at_once_do_it_once() -> None:
    world = a_world(proche_reminder_days=0)
    _asked(world)
    moment = local(date(2026, 11, 28), "09:00")
    _two_schedulers(moment)
    jobs.run_due(moment)
    assert _reminders().count() == 2  # the client's and the proche's
    assert JobRun.objects.filter(name="remind").count() == 1


@pytest.mark.django_db
def test_a_reminder_comes_once_on_its_day_to_who_was_asked_and_has_not_answered() -> None:
    world = a_world(reminder_days=3)
    first, answered = _asked(world), _asked(world)
    operations.apply([operations.Change(Action.VALIDATE, answered)], actor=world.as_client, at=NOW, key=key())
    assert reminders.remind(world.agence, local(date(2026, 11, 27), "23:59")) == 0
    Proche.objects.update(gets_mails=False)
    assert reminders.remind(world.agence, local(date(2026, 11, 28), "00:01")) == 1
    (mail,) = _reminders()
    assert mail.user == world.client.user
    assert [line.intervention_id for line in mail.lines.all()] == [first]
    assert reminders.remind(world.agence, NOW + 30 * DAY) == 0


@pytest.mark.django_db
@pytest.mark.parametrize("why", ["bounced", "off", "never", "none"])
def test_what_is_not_reminded(why: str) -> None:
    world = a_world(reminder_days=0 if why == "never" else 3)
    _asked(world)
    if why == "bounced":
        Mail.objects.update(fate=Fate.BOUNCED, bounced_at=NOW)
    if why == "off":
        world.agence.module_enabled = False
    if why == "none":
        for user in (world.client.user, world.proche.user):
            assert user
            rhythms.choose(world.agence, user.pk, NOW, rhythm=Rhythm.NONE)
    assert reminders.remind(world.agence, NOW + 5 * DAY) == 0
    assert not _reminders().exists()


@pytest.mark.django_db
def test_what_the_guards_stop_leaves_no_trace() -> None:
    world = a_world(tacit_enabled=True)
    away = _asked(world)
    reminders.remind(world.agence, NOW + 3 * DAY)
    MailLine.objects.filter(reminds=True).update(told=True)
    reached = NOW + 3 * DAY
    _reminders().update(fate=Fate.DELIVERED, sent_at=reached, delivered_at=reached)
    batches = Batch.objects.count()
    stay = an_absence(world.client)
    assert silence.validate_tacitly(world.agence, NOW + 9 * DAY) == 0
    assert Batch.objects.count() == batches
    stay.delete()
    assert silence.validate_tacitly(world.agence, NOW + 9 * DAY) == 1
    assert silence.validate_tacitly(world.agence, NOW + 9 * DAY) == 0
    assert MailLine.objects.filter(intervention=away, action=Action.VALIDATE_TACITLY).exists()


@pytest.mark.django_db
def test_what_has_served_its_time_goes() -> None:
    world = a_world()
    old = JobRun.objects.create(agence=world.agence, name="remind", started_at=NOW - 500 * DAY)
    JobRun.objects.create(agence=world.agence, name="remind", started_at=NOW)
    Session.objects.create(session_key="ended", session_data="", expire_date=NOW - DAY)
    Session.objects.create(session_key="open", session_data="", expire_date=NOW + DAY)
    _asked(world)
    assert purging.of_agence(world.agence, NOW + 60 * DAY) == 1
    assert not JobRun.objects.filter(pk=old.pk).exists()
    assert Mail.objects.exists()
    assert purging.of_all(NOW) == 1
    assert Session.objects.get().session_key == "open"


@pytest.mark.django_db
def test_codes_trials_and_links_go_and_what_tells_of_visits_stays() -> None:
    world = a_world()
    visit = _asked(world)
    asking = Mail.objects.get(user=world.client.user)
    link = links.open_for(asking, NOW)
    for queue in (notifications.queue_sign_in, notifications.queue_trial):
        queue(world.gestionnaire.user, world.agence, "Objet", "Texte", "", NOW)
    passing = Mail.objects.filter(kind__in=("sign_in", "trial"))
    waiting = passing.filter(kind="trial")
    passing.update(fate=Fate.SENT)
    assert purging.of_agence(world.agence, NOW + 29 * DAY) == 0
    waiting.update(fate=Fate.QUEUED)
    assert purging.of_agence(world.agence, NOW + 31 * DAY) == 1
    waiting.update(fate=Fate.SENT)
    assert purging.of_agence(world.agence, NOW + 31 * DAY) == 1
    assert purging.of_agence(world.agence, link.expires_at + 89 * DAY) == 0
    assert purging.of_agence(world.agence, link.expires_at + 91 * DAY) == 1
    assert MailLine.objects.filter(intervention=visit, mail=asking, told=True).exists()


@pytest.mark.django_db
def test_what_is_answered_before_its_reminder_leaves_is_not_reminded() -> None:
    world = a_world(reminder_days=3)
    answered, _open = _asked(world), _asked(world)
    world.proche.delete()
    moment = local(date(2026, 11, 28), "09:00")
    assert reminders.remind(world.agence, moment) == 2
    (mail,) = _reminders().filter(user=world.client.user)
    press = [operations.Change(Action.VALIDATE, answered)]
    assert not operations.apply(press, actor=world.as_client, at=moment, key=key()).refused
    assert len(reading.read(mail, moment)) == 1
    operations.apply([operations.Change(Action.VALIDATE, _open)], actor=world.as_client, at=moment, key=key())
    assert reading.read(mail, moment) == []


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("sent", "day"),
    [
        (date(2026, 10, 24), date(2026, 10, 27)),  # the clocks go back in between
        (date(2027, 3, 26), date(2027, 3, 29)),  # and forward
        (date(2027, 1, 30), date(2027, 2, 2)),
        (date(2028, 2, 27), date(2028, 3, 1)),
        (date(2026, 12, 30), date(2027, 1, 2)),
    ],
)
def test_a_reminder_s_day_over_clock_changes_and_ends(sent: date, day: date) -> None:
    world = a_world(reminder_days=3)
    world.now = local(sent, "23:30")
    visit = world.visit()
    world.act(visit, Action.COMPLETE, world.as_intervenant)
    MailLine.objects.update(told=True)
    Mail.objects.update(fate=Fate.DELIVERED, sent_at=world.now, delivered_at=world.now)
    assert reminders.remind(world.agence, local(day - DAY, "23:59")) == 0
    assert reminders.remind(world.agence, local(day, "00:00")) == 1


@pytest.mark.django_db(transaction=True)
def test_two_schedulers_back_after_two_days_validate_and_hand_over_once() -> None:
    world = a_world(tacit_enabled=True, escalate_enabled=True, reminder_days=3)
    _asked(world)
    contested = world.visit(day=MONDAY - 9 * DAY)
    world.act(contested, Action.COMPLETE, world.as_intervenant)
    motif = world.motif(kind="refus", opens_hours=True)
    world.act(contested, Action.CONTEST, world.as_client, facts=longer(contested.declared, -15), motif_id=motif.pk)
    with transaction.atomic():
        reminders.remind(world.agence, NOW + 3 * DAY)
    MailLine.objects.filter(reminds=True).update(told=True)
    reached = NOW + 3 * DAY
    _reminders().update(fate=Fate.DELIVERED, sent_at=reached, delivered_at=reached)
    moment = local(date(2026, 12, 6), "09:30")
    _two_schedulers(moment)
    jobs.run_due(moment + timedelta(hours=1))
    acts = JournalEntry.objects.filter(action__in=(Action.VALIDATE_TACITLY, Action.ESCALATE))
    assert sorted(acts.values_list("action", flat=True)) == [Action.ESCALATE, Action.VALIDATE_TACITLY]
    assert {run.done for run in JobRun.objects.filter(name__in=("validate_tacitly", "escalate"))} == {1}


@pytest.mark.django_db
def test_the_command_says_what_each_did(capsys: pytest.CaptureFixture[str]) -> None:
    world = a_world()
    with time_machine.travel(NOW, tick=False):
        call_command("run_jobs")
        said = capsys.readouterr().out
        assert f"{world.agence}\tremind\t0\tok" in said
        assert len(said.splitlines()) == len(jobs.JOBS) + 1
        call_command("run_jobs")
    assert capsys.readouterr().out == ""
