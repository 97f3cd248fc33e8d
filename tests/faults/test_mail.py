"""The mail server is down, slow, refuses, or dies after DATA; the worker is killed with a mail in its hands."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from interventions.models import Fate
from tests.factories import World
from tests.faults.service import Service, eventually
from tests.faults.story import all_left, arrived, declared, each_once, is_whole, mails, time_passes
from tests.interventions.mails.sink import Sink, listening


class Slow(Sink):
    """A mail server that waits for leave before it hears for whom a mail is."""

    def __init__(self) -> None:
        super().__init__()
        self.asked = 0
        self.released = False

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:  # noqa: N802
        """Wait for leave."""
        self.asked += 1
        while not self.released:
            await asyncio.sleep(0.05)
        return await super().handle_RCPT(server, session, envelope, address, options)


@pytest.fixture(autouse=True)
def at_work(service: Service) -> None:
    service.up("worker", "beat")


def test_down_for_a_while(world: World, service: Service) -> None:
    visits = declared(world, 4)
    eventually(lambda: {mail.error for mail in mails(world)} == {"Le serveur d’envoi ne répond pas."}, "said so")
    assert {(mail.fate, mail.attempts) for mail in mails(world)} == {(Fate.QUEUED, 0)}
    post = Sink()
    with listening(post, service.ports["mail"]):
        eventually(lambda: all_left(world), "mails leave")
    assert len(post.mails) == len(mails(world)) == 4
    assert arrived(world, post) == each_once(world)
    is_whole(world, visits)


def test_slow_and_the_worker_killed_mid_mail(world: World, service: Service) -> None:
    visits = declared(world, 4)
    post = Slow()
    with listening(post, service.ports["mail"]):
        eventually(lambda: post.asked == 2, "two senders at once, no more")
        service.kill("worker")
        assert sorted(mail.fate for mail in mails(world)) == [Fate.QUEUED] * 2 + [Fate.SENDING] * 2
        post.released = True
        service.up("worker")
        # What it had in hand is nobody's until the lease is over.
        eventually(
            lambda: sorted(mail.fate for mail in mails(world)) == [Fate.SENDING] * 2 + [Fate.SENT] * 2,
            "the others leave meanwhile, and are settled before their lease is let run out",
        )
        time_passes(world)
        eventually(lambda: all_left(world), "all leave")
    assert len(post.mails) == 4
    assert arrived(world, post) == each_once(world)
    is_whole(world, visits)


def test_refusing_some_and_dying_after_data(world: World, service: Service, sink: Sink) -> None:
    sink.breaks = True
    visits = declared(world, 4)
    gone, *others = [visit.client.user.email for visit in visits]
    sink.refused = {gone}
    eventually(lambda: len(set(sink.to)) == 3 and not _in_hand(world), "each was tried")
    fates = {mail.to: (mail.fate, " ".join(mail.error.split())) for mail in mails(world)}
    assert fates.pop(gone) == (Fate.FAILED, "Adresse refusée par le serveur : No such user")
    assert set(fates.values()) == {(Fate.QUEUED, "La liaison avec le serveur d’envoi s’est rompue.")}
    sink.breaks = False
    time_passes(world)
    eventually(lambda: all_left(world), "all leave")
    # At most once more, under the same Message-ID, by which the reader's program knows it.
    assert arrived(world, sink) == each_once(world) + each_once(world)
    assert sorted(set(sink.to)) == sorted(others)
    is_whole(world, visits)


def _in_hand(world: World) -> bool:
    return any(mail.fate == Fate.SENDING or not mail.attempts for mail in mails(world))
