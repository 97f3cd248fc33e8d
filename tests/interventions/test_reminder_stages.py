"""The client, then the proches, then the agency's list: each in turn, by day, once, whatever was down meanwhile."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import transaction

from interventions import jobs, operations, reminders, unanswered
from interventions.models import Fate, Intervention, JobRun, Mail, MailLine, Proche, Reminder, Unanswered
from interventions.states import Action, Role
from portals.manager.waiting import Subject, visits
from tests.factories import NOW, World, a_world, key, local
from tests.interventions import acts
from tests.interventions.test_jobs import _two_schedulers

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
SENT = date(2026, 11, 23)


def asked(world: World, **plan: Any) -> Intervention:
    """Return a declared visit whose mail has reached the client's side on SENT, at noon."""
    visit = acts.done(world, **plan)
    moment = local(SENT, "12:00")
    MailLine.objects.filter(intervention=visit).update(told=True)
    mails = Mail.objects.filter(lines__intervention=visit, lines__reminds=False)
    mails.update(fate=Fate.DELIVERED, sent_at=moment, delivered_at=moment)
    Intervention.objects.filter(pk=visit.pk).update(done_at=moment)
    return visit


def on(days: int, clock: str = "10:00") -> Any:
    return local(SENT + days * DAY, clock)


def reminded() -> list[str]:
    """Return whom the clock reminded, in order, and that each reminder is a mail to such a person."""
    found = list(Reminder.objects.order_by("pk").values_list("whom", flat=True))
    assert MailLine.objects.filter(reminds=True).count() == len(found)
    return found


def listed(world: World, moment: Any = NOW) -> list[int]:
    found = visits(world.as_manager, world.as_manager.today(moment), Subject.UNANSWERED)
    return [visit.pk for visit in found]


def every_day(world: World, days: range) -> dict[int, list[str]]:
    """Run the jobs each day and return what each added."""
    told: dict[int, list[str]] = {}
    for day in days:
        before = len(reminded()), len(listed(world))
        jobs.run_due(on(day))
        new = reminded()[before[0] :] + ["list"] * (len(listed(world)) - before[1])
        if new:
            told[day] = new
    return told


def test_the_client_then_the_proche_then_the_list() -> None:
    world = a_world()
    asked(world)
    assert every_day(world, range(1, 12)) == {3: ["client"], 5: ["proche"], 7: ["list"]}


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({"proche_reminder_days": 0}, {3: {"client", "proche"}, 5: {"list"}}),
        (
            {"reminder_days": 1, "proche_reminder_days": 4, "unanswered_days": 1},
            {1: {"client"}, 5: {"proche"}, 6: {"list"}},
        ),
        ({"unanswered_days": 0}, {3: {"client"}, 5: {"proche"}}),
        ({"reminder_days": 0}, {2: {"list"}}),
    ],
)
def test_as_the_agency_chose(settings: dict[str, int], told: dict[int, set[str]]) -> None:
    world = a_world(**settings)
    asked(world)
    assert {day: set(new) for day, new in every_day(world, range(1, 12)).items()} == told


def test_without_a_proche_the_list_follows_the_client() -> None:
    world = a_world()
    Proche.objects.all().delete()
    asked(world)
    assert every_day(world, range(1, 9)) == {3: ["client"], 5: ["list"]}


def test_without_an_address_the_proche_is_the_first() -> None:
    world = a_world()
    world.client.user = None
    world.client.save(update_fields=["user"])
    asked(world)
    assert every_day(world, range(1, 9)) == {3: ["proche"], 5: ["list"]}


def test_whom_no_mail_reaches_comes_on_the_list_after_as_many_days() -> None:
    world = a_world()
    Proche.objects.all().delete()
    world.client.user = None
    world.client.save(update_fields=["user"])
    asked(world)
    assert every_day(world, range(1, 9)) == {5: ["list"]}


def test_a_tuteur_who_acts_alone_does_not_wait_for_the_client() -> None:
    world = a_world(tuteur_acts_alone=True)
    Proche.objects.update(kind="tuteur")
    asked(world)
    assert {day: set(new) for day, new in every_day(world, range(1, 9)).items()} == {
        3: {"client", "proche"},
        5: {"list"},
    }


def test_down_for_two_days_each_still_has_the_time_to_answer() -> None:
    world = a_world()
    asked(world)
    assert every_day(world, range(6, 14)) == {6: ["client"], 8: ["proche"], 10: ["list"]}


def test_what_is_answered_leaves_the_list_at_once_and_its_row_the_next_day() -> None:
    world = a_world()
    visit, other = asked(world), asked(world, start="14:00")
    every_day(world, range(1, 8))
    assert listed(world) == [visit.pk, other.pk]
    world.act(visit, Action.VALIDATE, world.as_client, at=on(7, "11:00"))
    assert listed(world) == [other.pk]
    assert Unanswered.objects.count() == 2
    jobs.run_due(on(8))
    assert [row.intervention_id for row in Unanswered.objects.all()] == [other.pk]


def test_a_reminder_by_hand_takes_it_off_until_it_stays_unanswered() -> None:
    world = a_world()
    visit = asked(world)
    every_day(world, range(1, 8))
    again = operations.Change(Action.REMIND_CLIENT, visit.pk)
    press = {"actor": world.as_manager, "at": on(8), "key": key(), "act": Action.REMIND_CLIENT}
    MailLine.objects.update(told=True)
    Mail.objects.update(fate=Fate.SENT)
    assert not operations.apply([again], **press).refused
    assert listed(world) == []
    jobs.run_due(on(9))
    assert listed(world) == []
    jobs.run_due(on(10))
    assert listed(world) == [visit.pk]


def test_who_was_reminded_by_hand_is_not_reminded_by_the_clock() -> None:
    world = a_world()
    visit = asked(world)
    change = operations.Change(Action.REMIND_CLIENT, visit.pk)
    assert not operations.apply([change], actor=world.as_manager, at=on(1), key=key()).refused
    MailLine.objects.update(told=True)
    jobs.run_due(on(4))
    assert Reminder.objects.count() == 1
    assert listed(world) == [visit.pk]


def test_while_the_module_is_off_nothing_goes_on() -> None:
    world = a_world()
    asked(world)
    operations.set_module(world.as_manager, False, NOW)
    assert every_day(world, range(1, 9)) == {}


def test_another_agency_s_days_and_visits_are_its_own() -> None:
    world, other = a_world(), a_world(reminder_days=9)
    asked(world)
    asked(other)
    jobs.run_due(on(3))
    assert set(Reminder.objects.values_list("agence", flat=True)) == {world.agence.pk}


def test_at_night_by_the_command_the_mail_waits_for_the_morning() -> None:
    world = a_world()
    asked(world)
    assert reminders.remind(world.agence, on(3, "00:01")) == 1
    assert {mail.due_at for mail in Mail.objects.filter(lines__reminds=True)} == {on(3, "08:00")}


@pytest.mark.django_db(transaction=True)
def test_two_schedulers_at_once_remind_and_list_once() -> None:
    world = a_world()
    first, second = asked(world), asked(world, start="14:00")
    with transaction.atomic():
        reminders.remind(world.agence, on(3))
        reminders.remind(world.agence, on(5))
    assert reminded() == ["client", "client", "proche", "proche"]
    _two_schedulers(on(7))
    assert sorted(Unanswered.objects.values_list("intervention", flat=True)) == [first.pk, second.pk]
    assert JobRun.objects.filter(name="unanswered").count() == 1
    assert unanswered.gather(world.agence, on(7)) == 0
    assert set(Reminder.objects.values_list("whom", flat=True)) == {Role.CLIENT, Role.PROCHE}
