"""Reminders by hand: who may be asked once more, what stays as it is, and the one mail that each person gets."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext

from interventions import operations
from interventions.mails import leaving, reading
from interventions.models import Client, Fate, Intervenant, Intervention, Mail, MailLine, Reminder, Rhythm
from interventions.rhythms import choose
from interventions.states import Action
from tests.factories import NOW, World, a_client, a_contrat, a_gestionnaire, a_world, actor_of, key, local
from tests.interventions import acts

pytestmark = pytest.mark.django_db
CLIENT, CARER = Action.REMIND_CLIENT, Action.REMIND_INTERVENANT
DAY = timedelta(days=1)


def asked(world: World, **plan: Any) -> Intervention:
    """Return a declared visit whose mail to the client's side has left."""
    visit = acts.done(world, **plan)
    left()
    return visit


def left() -> None:
    """Let every mail have left."""
    MailLine.objects.update(told=True)
    Mail.objects.update(fate=Fate.SENT, sent_at=NOW)


def remind(world: World, action: Action, *visits: Intervention, at: datetime = NOW, **options: Any) -> Any:
    changes = [operations.Change(action, visit.pk, seen=visit.version) for visit in visits]
    actor = options.pop("actor", world.as_manager)
    return operations.apply(changes, actor=actor, at=at, key=options.pop("key", key()), act=action, **options)


def refusals(outcome: Any) -> list[str]:
    return [str(row.refusal or "") for row in outcome.rows]


def reminding() -> Any:
    return Mail.objects.filter(lines__reminds=True).distinct().order_by("user")


def test_it_changes_nothing_of_the_visit_and_stays_on_record() -> None:
    world = a_world()
    visit = asked(world)
    before, entries = acts.row_of(visit), visit.journal.count()
    outcome = remind(world, CLIENT, visit)
    assert refusals(outcome) == [""]
    assert (acts.row_of(visit), visit.journal.count()) == (before, entries)
    (reminder,) = Reminder.objects.all()
    assert (reminder.intervention_id, reminder.batch, reminder.whom, reminder.step, reminder.at) == (
        visit.pk,
        outcome.batch,
        "client",
        visit.step,
        NOW,
    )
    # Whoever had it on screen answers.
    answer = operations.Change(Action.VALIDATE, visit.pk, seen=before["version"])
    assert not operations.apply([answer], actor=world.as_client, at=NOW, key=key()).refused
    for statement in ("UPDATE interventions_reminder SET step = 9", "DELETE FROM interventions_reminder"):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


def test_one_mail_a_person_whatever_the_visits() -> None:
    world = a_world()
    visits = [asked(world, start=f"{8 + n:02}:00", minutes=30) for n in range(5)]
    remind(world, CLIENT, *visits)
    assert {(mail.user_id, mail.lines.count()) for mail in reminding()} == {
        (world.client.user_id, 5),
        (world.proche.user_id, 5),
    }
    assert set(MailLine.objects.filter(reminds=True).values_list("action", "role")) == {("remind_client", "client")}
    leaving.claim(world.agence, NOW + timedelta(minutes=11))
    mail = Mail.objects.get(lines__reminds=True, fate=Fate.SENDING, lines__intervention=visits[0])
    assert mail.subject.startswith("Rappel : 5 visites à valider")
    assert "l’agence attend votre réponse" in mail.text
    assert "Nous vous l’avons déjà demandé" in mail.text


def test_the_intervenant_is_asked_for_what_is_theirs_to_answer() -> None:
    world = a_world()
    planned, contested = world.visit(), acts.contested(world, start="14:00")
    left()
    outcome = remind(world, CARER, planned, contested)
    assert refusals(outcome) == ["", ""]
    (mail,) = reminding()
    assert mail.user_id == world.intervenant.user_id
    leaving.claim(world.agence, NOW + timedelta(minutes=11))
    mail.refresh_from_db()
    assert mail.subject.startswith("Rappel : ")
    assert "l’agence attend votre déclaration" in mail.text
    assert "n’a pas été ce que vous avez déclaré" in mail.text
    assert "ce sera validé tel quel" not in mail.text


@pytest.mark.parametrize(
    ("why", "guard"),
    [
        ("ahead", "past"),
        ("off", "open_portals"),
        ("archived", "reached"),
        ("none", "reached"),
        ("validated", "status"),
        ("stale", "stale"),
        ("closed", "month"),
    ],
)
def test_what_is_not_reminded(why: str, guard: str) -> None:
    world = a_world()
    visit = world.visit(day=NOW.date() + DAY if why == "ahead" else None)
    if why == "off":
        operations.set_module(world.as_manager, False, NOW)
    elif why == "archived":
        Intervenant.objects.update(archived_at=NOW)
    elif why == "none" and world.intervenant.user:
        choose(world.agence, world.intervenant.user.pk, NOW, rhythm=Rhythm.NONE)
    elif why == "closed":
        operations.close_month(world.as_manager, visit.day.replace(day=1), NOW)
    elif why == "stale":
        visit.version += 1
    elif why == "validated":
        visit = acts.validated(world, start="15:00")
    outcome = remind(world, CARER, visit)
    assert refusals(outcome) == [guard]
    assert not Reminder.objects.exists()
    assert not reminding().exists()


def test_a_mail_that_waits_or_a_reminder_of_today_is_enough() -> None:
    world = a_world()
    visit = acts.done(world)
    assert refusals(remind(world, CLIENT, visit)) == ["not_asked_yet"]
    left()
    assert refusals(remind(world, CLIENT, visit)) == [""]
    left()
    late = local(NOW.date(), "23:59")
    assert refusals(remind(world, CLIENT, visit, at=late)) == ["once_a_day"]
    assert refusals(remind(world, CLIENT, visit, at=late + timedelta(minutes=1))) == [""]


def test_a_mail_that_waits_about_what_is_past_does_not_keep_from_asking() -> None:
    world = a_world()
    visit = acts.done(world)
    for action in (Action.WITHDRAW, Action.COMPLETE):
        left()
        world.act(visit, action, world.as_intervenant)
    left()
    # The mail of the first declaration never left; that of the second did.
    former = Mail.objects.filter(lines__in=MailLine.objects.filter(intervention=visit, step=2, role="client"))
    MailLine.objects.filter(mail__in=former).update(told=False)
    assert Mail.objects.filter(pk__in=list(former.values_list("pk", flat=True))).update(fate=Fate.QUEUED) > 0
    visit.refresh_from_db()
    assert refusals(remind(world, CLIENT, visit)) == [""]


def test_it_tells_of_the_act_that_the_person_was_asked_about() -> None:
    world = a_world()
    visit = acts.done(world)
    world.act(visit, Action.CORRECT, world.as_intervenant, facts=acts.longer(visit.retained))
    left()
    visit.refresh_from_db()
    assert (visit.version, visit.step) == (3, 2)
    remind(world, CLIENT, visit)
    told = MailLine.objects.filter(reminds=True).values_list("entry__action", "entry__version")
    assert set(told) == {("complete", 2)}


def test_the_same_press_again_answers_the_same() -> None:
    world = a_world()
    goes, stays = asked(world), world.visit(start="15:00")
    pressed = key()
    first = remind(world, CLIENT, stays, goes, key=pressed)
    again = remind(world, CLIENT, stays, goes, key=pressed, at=NOW + timedelta(hours=1))
    assert refusals(first) == refusals(again) == ["status", ""]
    assert [row.done for row in first.rows] == [row.done for row in again.rows] == [False, True]
    assert again.replayed
    assert Reminder.objects.count() == 1


@pytest.mark.parametrize("who", ["reader", "client", "intervenant"])
def test_nobody_reminds_without_the_right(who: str) -> None:
    world = a_world()
    visit = asked(world)
    actor = {
        "reader": lambda: actor_of(a_gestionnaire(world.agence, may_manage=False)),
        "client": lambda: world.as_client,
        "intervenant": lambda: world.as_intervenant,
    }[who]()
    assert refusals(remind(world, CLIENT, visit, actor=actor)) == ["right"]
    assert not Reminder.objects.exists()


@pytest.mark.parametrize("settled", [Action.VALIDATE, Action.CONTEST])
def test_what_is_settled_before_the_mail_leaves_is_not_in_it(settled: Action) -> None:
    world = a_world()
    first, second = asked(world), asked(world, start="14:00")
    remind(world, CLIENT, first, second)
    moment = NOW + timedelta(minutes=5)
    if settled is Action.CONTEST:
        assert not acts.contest(world, first).refused
    else:
        world.act(first, settled, world.as_client, at=moment)
    mail = reminding().filter(user=world.client.user).get()
    assert [matter.visit.pk for matter in reading.read(mail, moment)] == [second.pk]
    world.act(second, Action.VALIDATE, world.as_client, at=moment)
    while leaving.claim(world.agence, NOW + timedelta(minutes=11)):
        pass
    assert {mail.fate for mail in reminding()} == {Fate.DROPPED}


@pytest.mark.parametrize(
    ("pressed", "leaves"),
    [("12:00", "12:10"), ("19:49", "19:59"), ("19:55", "+08:00"), ("23:00", "+08:00"), ("05:00", "08:00")],
)
def test_nobody_is_reminded_at_night(pressed: str, leaves: str) -> None:
    world = a_world()
    visit = asked(world)
    remind(world, CLIENT, visit, at=local(NOW.date(), pressed))
    expected = local(NOW.date() + (DAY if leaves.startswith("+") else timedelta()), leaves.lstrip("+"))
    assert {mail.due_at for mail in reminding()} == {expected}


def test_one_that_comes_due_by_day_and_is_held_up_waits_for_the_morning() -> None:
    world = a_world()
    visit = asked(world)
    remind(world, CLIENT, visit, at=local(NOW.date(), "19:45"))
    night, morning = local(NOW.date(), "20:00"), local(NOW.date() + DAY, "08:00")
    assert not leaving.due(world.agence, night).exists()
    assert leaving.due(world.agence, morning).count() == 2
    # Who chose an hour is reminded at that hour.
    assert world.client.user
    choose(world.agence, world.client.user.pk, NOW, rhythm=Rhythm.DAY, hour=local(NOW.date(), "22:00").timetz())
    late = local(NOW.date(), "22:00")
    assert list(leaving.due(world.agence, late).values_list("user", flat=True)) == [world.client.user.pk]


def test_the_statements_do_not_grow_with_the_visits() -> None:
    world = a_world()
    counted = []
    for count in (2, 12):
        client = a_client(world.agence)
        contrat = a_contrat(client, world.prestation)
        fields = {"client_id": client.pk, "contrat_id": contrat.pk, "minutes": 10}
        visits = [asked(world, start=f"{8 + n:02}:00", **fields) for n in range(count)]
        with CaptureQueriesContext(connection) as statements:
            assert len(remind(world, CLIENT, *visits).done) == count
        counted.append(len(statements))
    assert counted[0] == counted[1]
    assert Client.objects.count() == 3
