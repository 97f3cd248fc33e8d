"""Mails leave once, on time, from what is then true, whatever dies meanwhile: over a real SMTP server."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import close_old_connections, connection, transaction

from interventions import notifications, operations
from interventions.guards import Facts
from interventions.mails import leaving
from interventions.mails.carrier import Carrier
from interventions.models import Agence, Fate, Mail, MailLine
from interventions.states import Action
from interventions.tasks import deliver_due_mails
from tests.factories import (
    NOW,
    World,
    a_client,
    a_contrat,
    a_gestionnaire,
    a_proche,
    a_user,
    a_world,
    key,
    local,
)
from tests.interventions.mails.sink import Sink, free_port, listening, mailers, text_of

pytestmark = pytest.mark.django_db(transaction=True)
MONDAY = date(2026, 11, 23)
AFTER = NOW + timedelta(minutes=11)


@pytest.fixture
def world() -> World:
    return a_world()


@pytest.fixture
def port(settings: Any) -> int:
    chosen = free_port()
    settings.MAILERS = mailers(chosen)
    return chosen


@pytest.fixture
def sink(port: int) -> Iterator[Sink]:
    made = Sink()
    with listening(made, port):
        yield made


def _sweep(at: datetime = AFTER) -> int:
    with time_machine.travel(at, tick=True):
        return deliver_due_mails()


def _complete(world: World, count: int = 1, at: datetime = NOW) -> list[int]:
    visits = [world.visit(day=MONDAY - timedelta(days=back)) for back in range(count)]
    changes = [operations.Change(Action.COMPLETE, visit.pk) for visit in visits]
    assert not operations.apply(changes, actor=world.as_intervenant, at=at, key=key()).refused
    return [visit.pk for visit in visits]


def _do(world: World, action: Action, ids: list[int], actor: Any, at: datetime, **fields: Any) -> None:
    changes = [operations.Change(action, pk, **fields) for pk in ids]
    outcome = operations.apply(changes, actor=actor, at=at, key=key())
    assert not outcome.refused, outcome.refused


def test_twenty_visits_are_one_mail_a_person(world: World, sink: Sink) -> None:
    _complete(world, 20)
    assert sorted(Mail.objects.values_list("to", flat=True)) == sorted(
        [world.client.user.email, world.proche.user.email]
    )
    assert MailLine.objects.count() == 40
    assert _sweep(NOW + timedelta(minutes=9)) == 0
    assert _sweep() == 2
    assert sorted(sink.to) == sorted([world.client.user.email, world.proche.user.email])
    assert sink.mails[0]["Subject"].startswith("20 visites à valider, du ")
    assert _sweep() == 0
    assert MailLine.objects.filter(told=True).count() == 40


def test_what_is_taken_back_in_time_tells_nobody(world: World, sink: Sink) -> None:
    ids = _complete(world, 2)
    _do(world, Action.WITHDRAW, ids, world.as_intervenant, NOW + timedelta(minutes=5))
    assert _sweep(NOW + timedelta(hours=1)) == 0
    assert sink.mails == []
    assert set(Mail.objects.values_list("fate", flat=True)) == {Fate.DROPPED}


def test_a_correction_joins_the_mail_that_waits_and_makes_a_new_one_after(world: World, sink: Sink) -> None:
    (pk,) = _complete(world)
    longer = Facts(local(MONDAY, "09:00"), local(MONDAY, "10:15"))
    _do(world, Action.CORRECT, [pk], world.as_intervenant, NOW + timedelta(minutes=5), facts=longer)
    assert Mail.objects.count() == 2
    assert _sweep() == 2
    text = text_of(sink.mails[0])
    assert "15 minutes de plus" in text
    again = Facts(local(MONDAY, "09:00"), local(MONDAY, "10:30"))
    _do(world, Action.CORRECT, [pk], world.as_intervenant, AFTER, facts=again)
    assert _sweep(AFTER + timedelta(minutes=11)) == 2
    assert sink.mails[-1]["Subject"].startswith("1 visite corrigée, à valider")


def test_a_step_back_tells_those_whose_mail_has_left_and_whose_turn_it_is(world: World, sink: Sink) -> None:
    told = _complete(world)
    _sweep()
    untold = _complete(world, at=AFTER)
    _sweep(AFTER + timedelta(minutes=11))
    MailLine.objects.filter(intervention__in=untold).update(told=False)
    Mail.objects.filter(lines__intervention__in=untold).update(fate=Fate.FAILED)
    for ids in (told, untold):
        _do(world, Action.SEND_BACK, ids, world.as_manager, AFTER, reason="Erreur de jour.")
    written = MailLine.objects.filter(action=Action.SEND_BACK)
    assert set(written.filter(intervention__in=told).values_list("mail__to", flat=True)) == {
        world.client.user.email,
        world.proche.user.email,
        world.intervenant.user.email,
    }
    assert list(written.filter(intervention__in=untold).values_list("mail__to", flat=True)) == [
        world.intervenant.user.email
    ]


def test_the_module_switched_off_holds_what_asks_until_it_is_on(world: World, sink: Sink) -> None:
    kept, settled = _complete(world, 2)
    Agence.objects.update(module_enabled=False)
    assert _sweep() == 0
    _do(world, Action.SEND_BACK, [settled], world.as_manager, AFTER, reason="Erreur.")
    assert _sweep(AFTER + timedelta(minutes=11)) == 0
    Agence.objects.update(module_enabled=True)
    assert _sweep(AFTER + timedelta(minutes=12)) == 3
    to_client = next(mail for mail in sink.mails if mail["To"] == world.client.user.email)
    assert to_client["Subject"].startswith("1 visite à valider")
    assert MailLine.objects.filter(intervention=kept, told=True).count() == 2


def test_the_module_switched_off_lets_what_only_informs_leave(world: World, sink: Sink) -> None:
    visit = world.visit(day=MONDAY)
    motif = world.motif()
    _do(world, Action.CANCEL, [visit.pk], world.as_manager, NOW, motif_id=motif.pk)
    Agence.objects.update(module_enabled=False)
    assert _sweep() == 3


def test_two_sweeps_at_once_never_send_twice(world: World, sink: Sink) -> None:
    for _ in range(15):
        other = a_client(world.agence)
        a_proche(other)
        terms = a_contrat(other, world.prestation)
        visit = world.visit(client_id=other.pk, contrat_id=terms.pk)
        world.act(visit, Action.COMPLETE, world.as_intervenant)
    assert Mail.objects.count() == 30
    start = threading.Barrier(4)
    counts: list[int] = []

    def work() -> None:
        start.wait()
        try:
            counts.append(deliver_due_mails())
        finally:
            connection.close()

    with time_machine.travel(AFTER, tick=True):
        threads = [threading.Thread(target=work) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    close_old_connections()
    assert sum(counts) == 30
    assert len({mail["Message-ID"] for mail in sink.mails}) == len(sink.mails) == 30
    assert set(Mail.objects.values_list("fate", flat=True)) == {Fate.SENT}


def test_an_act_under_way_is_waited_for(world: World, sink: Sink) -> None:
    ids = _complete(world)
    acted = threading.Event()

    def take_back() -> None:
        try:
            with transaction.atomic():
                _do(world, Action.WITHDRAW, ids, world.as_intervenant, NOW + timedelta(minutes=10))
                acted.set()
                time.sleep(0.4)  # the mail is due, and the worker comes before this is committed
        finally:
            connection.close()

    thread = threading.Thread(target=take_back)
    thread.start()
    acted.wait()
    assert _sweep() == 0
    thread.join()
    assert sink.mails == []


def test_a_server_that_is_down_loses_nothing(world: World, port: int) -> None:
    _complete(world)
    assert _sweep() == 0
    waiting = Mail.objects.all()
    assert {mail.fate for mail in waiting} == {Fate.QUEUED}
    assert {mail.error for mail in waiting} == {"Le serveur d’envoi ne répond pas."}
    assert {mail.attempts for mail in waiting} == {0}
    sink = Sink()
    with listening(sink, port):
        assert _sweep() == 2
    assert len(sink.mails) == 2
    assert set(Mail.objects.values_list("error", flat=True)) == {""}


def test_a_refused_mail_is_tried_again_with_patience_then_given_up_in_words(world: World, sink: Sink) -> None:
    sink.answer, sink.keeps = "451 Try later", False
    _complete(world)
    at = AFTER
    for _ in range(len(leaving.RETRIES)):
        assert _sweep(at) == 0
        assert set(Mail.objects.values_list("fate", flat=True)) == {Fate.QUEUED}
        at = max(Mail.objects.values_list("due_at", flat=True)) + timedelta(seconds=1)
    _sweep(at)
    mail = Mail.objects.filter(fate=Fate.FAILED)[0]
    assert "Try later" in mail.error
    assert not MailLine.objects.filter(told=True).exists()


def test_an_address_that_does_not_exist_is_given_up_at_once(world: World, sink: Sink) -> None:
    sink.refused = {world.client.user.email}
    _complete(world)
    assert _sweep() == 1
    assert sink.to == [world.proche.user.email]
    failed = Mail.objects.get(to=world.client.user.email)
    assert failed.fate == Fate.FAILED
    assert "No such user" in failed.error


def test_a_worker_killed_between_claim_and_sending(world: World, sink: Sink) -> None:
    _complete(world)
    claimed = leaving.claim(world.agence, AFTER)  # and the worker dies here
    assert claimed is not None
    assert claimed.fate == Fate.SENDING
    assert _sweep(AFTER + timedelta(minutes=1)) == 1  # the other person's
    assert claimed.to not in sink.to
    assert _sweep(AFTER + timedelta(minutes=6)) == 1
    assert sink.to.count(claimed.to) == 1
    assert str(sink.mails[-1]["Message-ID"]) == claimed.message_id


def test_a_line_that_breaks_after_data_means_once_more_under_the_same_id(world: World, sink: Sink) -> None:
    _complete(world)
    sink.breaks = True
    assert _sweep() == 0
    assert set(MailLine.objects.values_list("told", flat=True)) == {True}  # they may have been read
    sink.breaks = False
    assert _sweep(AFTER + timedelta(minutes=2)) == 2
    ids = [str(mail["Message-ID"]) for mail in sink.mails]
    assert len(ids) == 4
    assert sorted(ids[:2]) == sorted(ids[2:])


def test_a_worker_that_wakes_too_late_changes_nothing(world: World, sink: Sink) -> None:
    _complete(world)
    late = leaving.claim(world.agence, AFTER)
    assert late is not None
    _sweep(AFTER + timedelta(minutes=6))
    sent_at = Mail.objects.get(pk=late.pk).sent_at
    sink.answer = "451 Try later"
    assert not leaving.deliver(late, Carrier())
    row = Mail.objects.get(pk=late.pk)
    assert (row.fate, row.sent_at) == (Fate.SENT, sent_at)


def test_a_mandate_that_ended_meanwhile_is_told_nothing(world: World, sink: Sink) -> None:
    _complete(world)
    world.proche.ends_on = NOW.date() - timedelta(days=1)
    world.proche.save()
    assert _sweep() == 1
    assert sink.to == [world.client.user.email]


def test_handed_over_and_back_in_time_tells_nobody(world: World, sink: Sink) -> None:
    visit = world.visit(day=MONDAY + timedelta(days=7))
    _do(world, Action.UNASSIGN, [visit.pk], world.as_manager, NOW, reason="Absente.")
    _do(world, Action.ASSIGN, [visit.pk], world.as_manager, NOW, intervenant_id=world.intervenant.pk)
    assert _sweep() == 0
    assert sink.mails == []


def test_moved_and_moved_back_in_time_tells_nobody(world: World, sink: Sink) -> None:
    day = MONDAY + timedelta(days=7)
    visit = world.visit(day=day)
    kept = visit.planned
    assert kept
    away = Facts(local(day, "14:00"), local(day, "15:00"), kept.km)
    _do(world, Action.MOVE, [visit.pk], world.as_manager, NOW, facts=away)
    count = Mail.objects.count()
    _do(world, Action.MOVE, [visit.pk], world.as_manager, NOW, facts=kept)
    assert Mail.objects.count() == count == 3
    assert _sweep() == 0
    assert sink.mails == []


def test_a_move_says_before_and_now(world: World, sink: Sink) -> None:
    day = MONDAY + timedelta(days=7)
    visit = world.visit(day=day)
    away = Facts(local(day, "14:00"), local(day, "15:00"), visit.planned_km)
    _do(world, Action.MOVE, [visit.pk], world.as_manager, NOW, facts=away)
    assert _sweep() == 3
    text = text_of(sink.mails[0])
    assert "Avant : 9 h 00 – 10 h 00" in text
    assert "Maintenant : 14 h 00 – 15 h 00, autre horaire, même durée" in text


def test_only_the_managers_of_the_secteur_are_told(world: World, sink: Sink) -> None:
    elsewhere = a_gestionnaire(world.agence, secteurs=[])
    a_gestionnaire(world.agence, may_arbitrate=False)
    pks = _complete(world)
    _do(world, Action.CANCEL_BY_CLIENT, pks, world.as_client, NOW, motif_id=world.motif().pk)
    told = MailLine.objects.filter(role="manager").values_list("mail__to", flat=True)
    assert list(told) == [world.gestionnaire.user.email]
    assert elsewhere.user.email not in told


def test_a_sign_in_mail_leaves_at_once_and_its_secret_is_erased(world: World, sink: Sink) -> None:
    user = a_user()
    notifications.queue_sign_in(user, world.agence, "Votre code", "123 456", "<p>123 456</p>", NOW)
    assert _sweep(NOW) == 1
    assert "123 456" in text_of(sink.mails[0])
    row = Mail.objects.get()
    assert (row.fate, row.text, row.html) == (Fate.SENT, "", "")


def test_without_a_mailer_the_outbox_is_the_mailbox(world: World) -> None:
    _complete(world)
    assert _sweep() == 2
    assert set(Mail.objects.values_list("fate", flat=True)) == {Fate.SENT}
    assert "à valider" in Mail.objects.all()[0].subject


def test_no_mail_crosses_an_agency_or_a_client(world: World, sink: Sink) -> None:
    other = a_world()
    _complete(world)
    _complete(other)
    assert _sweep() == 4
    for one, stranger in ((world, other), (other, world)):
        for mail in sink.mails:
            if mail["To"] in (one.client.user.email, one.proche.user.email):
                assert stranger.agence.name not in mail.as_string()
    assert len(set(sink.to)) == 4


def test_silence_counts_from_a_mail_that_reached_somebody_who_may_validate(world: World, sink: Sink) -> None:
    (pk,) = _complete(world)
    _sweep()
    sent_at = Mail.objects.get(to=world.client.user.email).sent_at
    assert sent_at
    assert notifications.delivered_at([pk], sent_at + timedelta(hours=47)) == {}
    assert notifications.delivered_at([pk], sent_at + timedelta(hours=49))[pk] - sent_at < timedelta(seconds=5)
    Mail.objects.filter(to=world.client.user.email).update(fate=Fate.BOUNCED, bounced_at=AFTER)
    world.proche.may_validate = False
    world.proche.save()
    assert notifications.delivered_at([pk], sent_at + timedelta(hours=49)) == {}
