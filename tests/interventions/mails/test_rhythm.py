"""Each person's rhythm and quiet hours: when a mail leaves, and that the mails of a day are one."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
import time_machine

from interventions import deliveries, operations, rhythms
from interventions.models import (
    Client,
    Fate,
    Gestionnaire,
    Intervenant,
    Intervention,
    Mail,
    MailLine,
    MailPreference,
    Proche,
    Rhythm,
    User,
)
from interventions.states import Action
from interventions.tasks import deliver_due_mails
from tests.factories import (
    NOW,
    PARIS,
    World,
    a_client,
    a_contrat,
    a_proche,
    a_world,
    actor_of,
    an_intervenant,
    key,
    local,
)
from tests.interventions.acts import longer
from tests.interventions.mails.sink import Sink, free_port, listening, mailers, text_of

MONDAY = date(2026, 11, 23)


def _choice(**fields: Any) -> MailPreference:
    return MailPreference(**fields)


def _leaves(choice: MailPreference | None, day: date, clock: str) -> str:
    return f"{rhythms.leaves_at(choice, local(day, clock), PARIS).astimezone(PARIS):%d/%m %H:%M}"


@pytest.mark.parametrize(
    ("fields", "day", "clock", "leaves"),
    [
        ({}, MONDAY, "03:12", "23/11 03:12"),
        ({"rhythm": Rhythm.DAY, "hour": time(18)}, MONDAY, "17:59", "23/11 18:00"),
        ({"rhythm": Rhythm.DAY, "hour": time(18)}, MONDAY, "18:00", "23/11 18:00"),
        ({"rhythm": Rhythm.DAY, "hour": time(18)}, MONDAY, "18:01", "24/11 18:00"),
        ({"rhythm": Rhythm.DAY, "hour": time(18)}, date(2026, 11, 30), "19:00", "01/12 18:00"),
        ({"rhythm": Rhythm.WEEK, "weekday": 4, "hour": time(8)}, MONDAY, "09:00", "27/11 08:00"),
        ({"rhythm": Rhythm.WEEK, "weekday": 0, "hour": time(8)}, MONDAY, "09:00", "30/11 08:00"),
        ({"quiet_from": time(21), "quiet_until": time(7)}, MONDAY, "23:00", "24/11 07:00"),
        ({"quiet_from": time(21), "quiet_until": time(7)}, MONDAY, "06:59", "23/11 07:00"),
        ({"quiet_from": time(21), "quiet_until": time(7)}, MONDAY, "07:00", "23/11 07:00"),
        ({"quiet_from": time(12), "quiet_until": time(14)}, MONDAY, "13:30", "23/11 14:00"),
        ({"quiet_from": time(12), "quiet_until": time(14)}, MONDAY, "11:59", "23/11 11:59"),
        # The night of the autumn change, and the spring one whose half past two does not exist.
        ({"rhythm": Rhythm.DAY, "hour": time(18)}, date(2026, 10, 24), "18:30", "25/10 18:00"),
        ({"quiet_from": time(21), "quiet_until": time(2, 30)}, date(2027, 3, 28), "00:30", "28/03 03:30"),
    ],
)
def test_when_a_mail_leaves(fields: dict[str, Any], day: date, clock: str, leaves: str) -> None:
    assert _leaves(_choice(**fields), day, clock) == leaves
    assert _leaves(None, day, clock).endswith(clock)


@pytest.fixture
def world(transactional_db: None) -> World:
    return a_world()


@pytest.fixture
def sink(settings: Any) -> Iterator[Sink]:
    port = free_port()
    settings.MAILERS = mailers(port)
    made = Sink()
    with listening(made, port):
        yield made


def _sweep(at: datetime) -> int:
    with time_machine.travel(at, tick=True):
        return deliver_due_mails()


def _complete(world: World, at: datetime, **fields: Any) -> int:
    visit = world.visit(day=MONDAY - timedelta(days=Mail.objects.count() + 1), **fields)
    change = operations.Change(Action.COMPLETE, visit.pk)
    assert not operations.apply([change], actor=world.as_intervenant, at=at, key=key()).refused
    return visit.pk


def _choose(world: World, user: User | None, **chosen: Any) -> None:
    assert user is not None
    rhythms.choose(world.agence, user.pk, NOW, **chosen)


def _of(sink: Sink, user: User | None) -> list[Any]:
    assert user is not None
    return [mail for mail in sink.mails if mail["To"] == user.email]


def test_the_mails_of_a_day_are_one(world: World, sink: Sink) -> None:
    _choose(world, world.client.user, rhythm=Rhythm.DAY, hour=time(18))
    for minutes in (0, 30, 60):
        _complete(world, NOW + timedelta(minutes=minutes))
    evening = local(NOW.date(), "18:00")
    assert _sweep(evening - timedelta(minutes=1)) == 1  # that of the proche, who chose nothing
    assert _sweep(evening + timedelta(minutes=1)) == 1
    (mail,) = _of(sink, world.client.user)
    assert mail["Subject"].startswith("3 visites à valider")
    assert sorted(Mail.objects.filter(user=world.client.user).values_list("fate", flat=True)) == [
        Fate.MERGED,
        Fate.MERGED,
        Fate.SENT,
    ]
    assert MailLine.objects.filter(mail__user=world.client.user, told=True).count() == 3
    assert _sweep(evening + timedelta(days=1)) == 0


def test_two_presses_of_one_undo_window_are_one_mail_when_the_second_may_leave(world: World, sink: Sink) -> None:
    _complete(world, NOW)
    _complete(world, NOW + timedelta(minutes=4))
    assert _sweep(NOW + timedelta(minutes=11)) == 0
    assert _sweep(NOW + timedelta(minutes=15)) == 2
    (mail,) = _of(sink, world.client.user)
    assert mail["Subject"].startswith("2 visites à valider")


def test_who_presses_on_and_on_is_not_waited_for(world: World, sink: Sink) -> None:
    for minutes in range(0, 60, 5):
        _complete(world, NOW + timedelta(minutes=minutes))
    assert _sweep(NOW + timedelta(minutes=19)) == 0
    assert _sweep(NOW + timedelta(minutes=21)) == 2


def test_one_address_in_every_role_gets_one_mail_with_parts(world: World, sink: Sink) -> None:
    """Client here, proche of two others, intervenant and gestionnaire: whatever is told leaves as one mail."""
    user = world.client.user
    assert user is not None
    relatives = [a_client(world.agence, last_name=name) for name in ("Le Bihan", "Kermarrec")]
    for relative in relatives:
        a_proche(relative, user=user)
    Intervenant.objects.filter(pk=world.intervenant.pk).update(user=user)
    Gestionnaire.objects.filter(pk=world.gestionnaire.pk).update(user=user)
    other = an_intervenant(world.agence)
    terms = {one: a_contrat(one, world.prestation) for one in relatives}

    def visit(client: Client, carer: Intervenant, start: str) -> Intervention:
        hangs = {"client_id": client.pk, "contrat_id": terms[client].pk} if client in terms else {}
        return world.visit(day=MONDAY, start=start, intervenant_id=carer.pk, **hangs)

    press = {"at": NOW}
    for number, client in enumerate([world.client, *relatives]):
        world.act(visit(client, other, f"{8 + number}:00".zfill(5)), Action.COMPLETE, actor_of(other), **press)
    stranger = a_client(world.agence, last_name="Tanguy")
    terms[stranger] = a_contrat(stranger, world.prestation)
    mine = visit(stranger, world.intervenant, "14:00")
    world.act(mine, Action.COMPLETE, actor_of(world.intervenant), **press)
    motif = world.motif(kind="refus", opens_hours=True)
    contest = {"facts": longer(mine.declared, -15), "motif_id": motif.pk}
    world.act(mine, Action.CONTEST, actor_of(stranger), at=NOW + timedelta(minutes=3), **contest)
    decided = visit(stranger, other, "16:00")
    world.act(decided, Action.COMPLETE, actor_of(other), **press)
    world.act(
        decided, Action.CONTEST, actor_of(stranger), at=NOW, **contest | {"facts": longer(decided.declared, -15)}
    )
    world.act(decided, Action.REFUSE_CHANGE, actor_of(other), at=NOW + timedelta(minutes=2))

    _sweep(NOW + timedelta(minutes=14))
    (mail,) = _of(sink, user)
    text = text_of(mail)
    for name in ("Quéré", "Le Bihan", "Kermarrec"):
        assert f"{name}, avec" in text or name == "Quéré"
    assert mail["Subject"].startswith("3 visites à valider, 1 visite modifiée par le client, 1 visite à délibérer")
    for page in ("/lien/", "/intervenant/refusees/", "/gestion/deliberations/"):
        assert text.count(page) == 1


def test_after_two_days_down_the_mails_of_both_are_one_and_the_next_comes_the_day_after(
    world: World, sink: Sink
) -> None:
    _choose(world, world.client.user, rhythm=Rhythm.DAY, hour=time(18))
    _complete(world, NOW)
    _complete(world, NOW + timedelta(days=1))
    back = local(NOW.date() + timedelta(days=2), "09:00")
    _sweep(back)
    assert len(_of(sink, world.client.user)) == 1
    _complete(world, back)
    _sweep(local(back.date(), "18:01"))
    assert len(_of(sink, world.client.user)) == 1
    _sweep(local(back.date() + timedelta(days=1), "18:01"))
    assert len(_of(sink, world.client.user)) == 2


def test_what_settled_meanwhile_is_not_in_it(world: World, sink: Sink) -> None:
    _choose(world, world.client.user, rhythm=Rhythm.DAY, hour=time(18))
    answered, _open = _complete(world, NOW), _complete(world, NOW)
    change = operations.Change(Action.VALIDATE, answered)
    operations.apply([change], actor=world.as_client, at=NOW + timedelta(hours=1), key=key())
    _sweep(local(NOW.date(), "18:01"))
    (mail,) = _of(sink, world.client.user)
    assert mail["Subject"].startswith("1 visite à valider")


def test_several_clients_and_roles_of_one_person_are_parts_of_one_mail(world: World, sink: Sink) -> None:
    other = a_client(world.agence, last_name="Le Bihan")
    a_proche(other, user=world.client.user)
    contrat = a_contrat(other, world.prestation)
    _choose(world, world.client.user, rhythm=Rhythm.WEEK, weekday=4, hour=time(8))
    _complete(world, NOW)
    _complete(world, NOW, client_id=other.pk, contrat_id=contrat.pk)
    _sweep(local(MONDAY + timedelta(days=3), "23:00"))
    assert not _of(sink, world.client.user)
    _sweep(local(MONDAY + timedelta(days=4), "08:01"))
    (mail,) = _of(sink, world.client.user)
    assert "Le Bihan" in text_of(mail)
    assert "2 visites à valider" in mail["Subject"]


def test_none_means_none_and_is_no_silence(world: World, sink: Sink) -> None:
    visit = _complete(world, NOW)
    _sweep(NOW + timedelta(minutes=11))
    later = NOW + timedelta(days=3)
    assert visit in deliveries.delivered_at([visit], later)
    for user in (world.client.user, world.proche.user):
        _choose(world, user, rhythm=Rhythm.NONE)
    assert deliveries.delivered_at([visit], later) == {}
    _complete(world, NOW)
    assert _sweep(NOW + timedelta(hours=1)) == 0
    unreached: Any = Client.objects
    assert list(unreached.without_mails(NOW.date())) == [world.client]


def test_a_tuteur_cannot_but_read(world: World, sink: Sink) -> None:
    Proche.objects.filter(pk=world.proche.pk).update(kind="tuteur", gets_mails=False)
    _choose(world, world.proche.user, rhythm=Rhythm.NONE)
    _choose(world, world.client.user, rhythm=Rhythm.NONE)
    _complete(world, NOW)
    assert _sweep(NOW + timedelta(minutes=11)) == 1
    assert sink.to == [world.proche.user.email]
    unreached: Any = Client.objects
    assert not unreached.without_mails(NOW.date()).exists()


def test_a_new_choice_moves_what_still_waits_but_not_into_the_undo_window(world: World) -> None:
    _complete(world, NOW)
    mine = Mail.objects.filter(user=world.client.user)
    _choose(world, world.client.user, rhythm=Rhythm.DAY, hour=time(18))
    assert mine.get().due_at == local(NOW.date(), "18:00")
    _choose(world, world.client.user, rhythm=Rhythm.BATCH)
    assert mine.get().due_at == NOW + timedelta(minutes=10)


def test_a_retry_waits_for_the_end_of_the_quiet_hours(world: World, sink: Sink) -> None:
    _choose(world, world.client.user, quiet_from=time(21), quiet_until=time(7))
    _complete(world, NOW)
    Mail.objects.update(due_at=local(NOW.date(), "20:59"))
    assert _sweep(local(NOW.date(), "23:00")) == 1  # the proche's
    assert Mail.objects.get(user=world.client.user).due_at == local(NOW.date() + timedelta(days=1), "07:00")
    assert _sweep(local(NOW.date() + timedelta(days=1), "07:00")) == 1


def test_mails_about_the_same_visit_are_one_conversation_and_lead_to_the_choice(world: World, sink: Sink) -> None:
    visit = _complete(world, NOW)
    _sweep(NOW + timedelta(minutes=11))
    operations.apply(
        [operations.Change(Action.SEND_BACK, visit, reason="Erreur.")],
        actor=world.as_manager,
        at=NOW + timedelta(hours=1),
        key=key(),
    )
    _sweep(NOW + timedelta(hours=2))
    first, second = _of(sink, world.client.user)
    assert second["In-Reply-To"] == second["References"] == first["Message-ID"]
    assert first["In-Reply-To"] is None
    assert first["List-Unsubscribe"].endswith("/client/mails/>")
    assert "/client/mails/" in text_of(first)
