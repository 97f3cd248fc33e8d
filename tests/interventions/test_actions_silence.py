"""A client who does not answer: "sans réponse" and the tacit validation, over mails as they really stand."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from interventions import operations
from interventions.actor import system
from interventions.guards import Guard
from interventions.models import Fate, Intervention, Mail, MailLine, User
from interventions.operations import Change
from interventions.states import Action, Ground
from tests.factories import World, a_proche, a_world, an_absence
from tests.interventions import acts
from tests.interventions.acts import did, longer

pytestmark = pytest.mark.django_db
MOMENT = timedelta(microseconds=1)
DAY = timedelta(days=1)


@pytest.fixture
def world() -> World:
    world = a_world(tacit_enabled=True)
    # Only the client gets mails, unless a test says otherwise.
    world.proche.gets_mails = False
    world.proche.save()
    return world


def leaves(
    visit: Intervention, at: datetime, user: User | None, *, fate: Fate = Fate.DELIVERED, **fields: Any
) -> None:
    """Let the mail that waits for this person about this visit have left at that instant."""
    assert user
    mail = Mail.objects.filter(lines__intervention=visit, user=user, fate=Fate.QUEUED).latest("pk")
    arrived = {"delivered_at": at} if fate is Fate.DELIVERED else {}
    for name, value in ({"fate": fate, "sent_at": at} | arrived | fields).items():
        setattr(mail, name, value)
    mail.save()
    mail.lines.update(told=True)


def reminds(visit: Intervention, at: datetime, user: User | None) -> None:
    """Let a reminder of the visit's present step have reached this person."""
    assert user
    mail = Mail.objects.create(
        agence_id=visit.agence_id,
        user=user,
        to=user.email,
        message_id=f"<{visit.pk}-{at.timestamp()}@agence.example>",
        fate=Fate.DELIVERED,
        created_at=at,
        due_at=at,
        sent_at=at,
        delivered_at=at,
    )
    entry = visit.journal.latest("version")
    MailLine.objects.create(
        agence_id=visit.agence_id,
        mail=mail,
        intervention=visit,
        entry=entry,
        action=entry.action,
        role="client",
        step=visit.step,
        told=True,
        reminds=True,
    )


def unanswered(world: World, visit: Intervention, at: datetime) -> Guard | None:
    """Return what a manager is answered who validates "sans réponse" at that instant."""
    change = Change(Action.VALIDATE_FOR_CLIENT, visit.pk)
    judged = operations.preview([change], actor=world.as_manager, at=at, ground=Ground.NO_ANSWER)
    return judged.answers[0].refusal


def tacit(world: World, visit: Intervention, at: datetime) -> Guard | None:
    """Return what the job is answered that validates at that instant."""
    change = Change(Action.VALIDATE_TACITLY, visit.pk)
    return operations.preview([change], actor=system(world.agence), at=at).answers[0].refusal


def asked(world: World, **plan: Any) -> Intervention:
    """Return a declared visit about which a mail reached the client an hour later, and a reminder three days later."""
    visit = acts.done(world, **plan)
    leaves(visit, world.now + timedelta(hours=1), world.client.user)
    reminds(visit, world.now + 3 * DAY, world.client.user)
    return visit


def test_seven_days_from_the_delivery_to_the_instant(world: World) -> None:
    visit = asked(world)
    edge = world.now + timedelta(hours=1) + 7 * DAY
    assert [unanswered(world, visit, at) for at in (edge - MOMENT, edge)] == [Guard.NO_ANSWER, None]
    assert [tacit(world, visit, at) for at in (edge - MOMENT, edge)] == [Guard.TACIT, None]
    world.agence.no_answer_days, world.agence.tacit_days = 8, 9
    world.agence.save()
    assert [unanswered(world, visit, at) for at in (edge, edge + DAY)] == [Guard.NO_ANSWER, None]
    assert [tacit(world, visit, at) for at in (edge + DAY, edge + 2 * DAY)] == [Guard.TACIT, None]


def test_both_write_how_it_was_settled(world: World) -> None:
    first, second = asked(world), asked(world, start="14:00")
    at = world.now + 8 * DAY
    sets = {"settled_by": "on_behalf", "settled_at": at}
    did(
        world,
        first,
        Action.VALIDATE_FOR_CLIENT,
        world.as_manager,
        to="validated",
        sets=sets,
        at=at,
        ground=Ground.NO_ANSWER,
    )
    sets = {"settled_by": "tacit", "settled_at": at}
    did(world, second, Action.VALIDATE_TACITLY, system(world.agence), to="validated", sets=sets, at=at)
    for visit in (first, second):
        assert not world.act(visit, Action.OBJECT, world.as_client, at=at + DAY, cancels=True).refused


@pytest.mark.parametrize("ground", [Ground.PHONE, Ground.SIGNED_SHEET])
def test_another_ground_waits_for_no_mail(world: World, ground: Ground) -> None:
    assert not world.act(acts.done(world), Action.VALIDATE_FOR_CLIENT, world.as_manager, ground=ground).refused


def test_a_mail_that_was_taken_counts_once_48_hours_brought_nothing_back(world: World) -> None:
    visit = acts.done(world)
    world.agence.no_answer_days = 1
    world.agence.save()
    sent = world.now + timedelta(hours=1)
    leaves(visit, sent, world.client.user, fate=Fate.SENT)
    edge = sent + timedelta(hours=48)
    assert [unanswered(world, visit, at) for at in (edge - MOMENT, edge)] == [Guard.NO_ANSWER, None]


@pytest.mark.parametrize(
    ("fate", "fields"),
    [
        (Fate.BOUNCED, {"bounced": True}),
        (Fate.SENT, {"bounced": True}),
        (Fate.FAILED, {}),
        (Fate.DROPPED, {}),
        (Fate.SENDING, {}),
        (Fate.QUEUED, {}),
    ],
)
def test_a_mail_that_did_not_arrive_starts_no_clock(world: World, fate: Fate, fields: dict[str, Any]) -> None:
    visit = acts.done(world)
    came_back = {"bounced_at": world.now + DAY} if fields else {}
    leaves(visit, world.now + timedelta(hours=1), world.client.user, fate=fate, **came_back)
    assert unanswered(world, visit, world.now + 90 * DAY) is Guard.NO_ANSWER


def test_no_mail_no_silence(world: World) -> None:
    assert unanswered(world, acts.done(world), world.now + 90 * DAY) is Guard.NO_ANSWER


@pytest.mark.parametrize(
    ("rights", "counts"),
    [
        ({}, True),
        ({"may_validate": False}, False),
        ({"ends_on": 3}, False),
        ({"starts_on": 30}, False),
        ({"ends_on": 20}, True),
    ],
)
def test_the_mail_must_reach_somebody_who_may_validate(world: World, rights: dict[str, Any], counts: bool) -> None:
    world.client.gets_mails = False
    world.client.save()
    proche = a_proche(world.client)
    visit = acts.done(world)
    leaves(visit, world.now + timedelta(hours=1), proche.user)
    for name, value in rights.items():
        days = name.endswith("_on")
        setattr(proche, name, world.now.date() + timedelta(days=value) if days else value)
    proche.save()
    assert (unanswered(world, visit, world.now + 10 * DAY) is None) is counts


@pytest.mark.parametrize("alone", [True, False])
def test_a_client_whose_tuteur_acts_alone_is_not_silent(world: World, alone: bool) -> None:
    world.agence.tuteur_acts_alone = alone
    world.agence.save()
    a_proche(world.client, kind="tuteur")
    visit = asked(world)
    at = world.now + 10 * DAY
    assert unanswered(world, visit, at) is (Guard.NO_ANSWER if alone else None)
    assert tacit(world, visit, at) is (Guard.TACIT if alone else None)


@pytest.mark.parametrize(
    ("starts", "ends", "away"),
    [(-1, -1, True), (-9, None, True), (-3, -2, False), (0, 5, False)],
)
def test_nothing_in_an_absence_of_the_client_is_validated_by_silence(
    world: World, starts: int, ends: int | None, away: bool
) -> None:
    visit = asked(world)
    today = world.now.date()
    last = None if ends is None else today + timedelta(days=ends)
    an_absence(world.client, starts_on=today + timedelta(days=starts), ends_on=last)
    an_absence(world.intervenant, starts_on=visit.day)
    assert tacit(world, visit, world.now + 10 * DAY) is (Guard.TACIT if away else None)
    assert unanswered(world, visit, world.now + 10 * DAY) is None


def test_a_night_that_ends_in_an_absence_is_not_validated_by_silence(world: World) -> None:
    visit = asked(world, day=world.now.date() - timedelta(days=3), start="22:00", minutes=8 * 60)
    an_absence(world.client, starts_on=visit.day + DAY, ends_on=visit.day + DAY)
    assert tacit(world, visit, world.now + 10 * DAY) is Guard.TACIT


def test_the_days_count_from_the_last_declaration(world: World) -> None:
    visit = asked(world)
    later = world.now + 2 * DAY
    world.act(visit, Action.CORRECT, world.as_intervenant, at=later, facts=longer(visit.declared))
    for ask, guard in ((unanswered, Guard.NO_ANSWER), (tacit, Guard.TACIT)):
        assert [ask(world, visit, at) for at in (later + 7 * DAY - MOMENT, later + 7 * DAY)] == [guard, None]


def test_a_visit_taken_back_is_asked_about_again(world: World) -> None:
    """What was delivered about an earlier step says nothing of this one."""
    visit = asked(world)
    acts.contest(world, visit, world.as_proche)
    back = world.now + 2 * DAY
    world.act(visit, Action.RETRACT, world.as_proche, at=back)
    assert unanswered(world, visit, world.now + 90 * DAY) is Guard.NO_ANSWER
    leaves(visit, back + timedelta(hours=2), world.client.user)
    edge = back + timedelta(hours=2) + 7 * DAY
    assert [unanswered(world, visit, at) for at in (edge - MOMENT, edge)] == [Guard.NO_ANSWER, None]


def test_the_days_count_from_the_modules_last_switching_on(world: World) -> None:
    visit = asked(world)
    on = world.now + 4 * DAY
    for enabled in (False, True):
        operations.set_module(world.as_manager, enabled, on)
        world.agence.refresh_from_db()
    for ask, guard in ((unanswered, Guard.NO_ANSWER), (tacit, Guard.TACIT)):
        assert [ask(world, visit, at) for at in (on + 7 * DAY - MOMENT, on + 7 * DAY)] == [guard, None]


@pytest.mark.parametrize("stop", ["", "agency", "opted out", "on behalf", "no reminder", "corrected since"])
def test_what_a_tacit_validation_needs(world: World, stop: str) -> None:
    visit = world.visit()
    if stop in ("on behalf", "corrected since"):
        world.act(visit, Action.COMPLETE_FOR_INTERVENANT, world.as_manager, reason="Feuille")
    else:
        world.act(visit, Action.COMPLETE, world.as_intervenant)
    if stop == "corrected since":
        # The intervenant has spoken: it is their own declaration now.
        world.act(visit, Action.CORRECT, world.as_intervenant, facts=longer(visit.declared))
    leaves(visit, world.now + timedelta(hours=1), world.client.user)
    if stop != "no reminder":
        reminds(visit, world.now + 3 * DAY, world.client.user)
    world.agence.tacit_enabled = stop != "agency"
    world.agence.save()
    world.client.tacit_opt_out = stop == "opted out"
    world.client.save()
    at = world.now + 10 * DAY
    assert tacit(world, visit, at) is (None if stop in ("", "corrected since") else Guard.TACIT)
    assert unanswered(world, visit, at) is None


def test_a_reminder_that_reached_nobody_who_may_validate_is_none(world: World) -> None:
    visit = acts.done(world)
    leaves(visit, world.now + timedelta(hours=1), world.client.user)
    reminds(visit, world.now + 3 * DAY, a_proche(world.client, may_validate=False).user)
    assert tacit(world, visit, world.now + 30 * DAY) is Guard.TACIT
