"""Sixteen people who press at random on the same visits, while mails leave and the journal is sealed.

The full length, which says its figures:

    CONCURRENCY_SECONDS=60 .venv/bin/python -m pytest tests/interventions/test_concurrency.py -s -p no:randomly
"""

from __future__ import annotations

import os
import random
import threading
import time
from collections import Counter
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from django.db import connection, transaction

from interventions import operations
from interventions.actor import Actor
from interventions.models import Deliberation, Intervention, JournalEntry, Mail, Proposition
from interventions.operations import Change
from interventions.sealing import seal, verify
from interventions.states import Action, Choice, Ground, Status
from interventions.tasks import deliver_due_mails
from interventions.tenancy import set_agence, within
from interventions.workflow import actions_from
from tests.factories import NOW, World, a_world, key
from tests.interventions import replay
from tests.interventions.acts import longer

pytestmark = pytest.mark.django_db(transaction=True)
SECONDS = float(os.environ.get("CONCURRENCY_SECONDS", "4"))
PEOPLE, VISITS = 16, 8
ACTS = {
    "carer": (Action.COMPLETE, Action.CORRECT, Action.WITHDRAW, Action.ACCEPT_CHANGE, Action.REFUSE_CHANGE),
    "client": (Action.VALIDATE, Action.CONTEST, Action.CANCEL_BY_CLIENT, Action.RETRACT, Action.OBJECT),
    "proche": (Action.VALIDATE, Action.CONTEST, Action.RETRACT, Action.DISPUTE_CANCELLATION),
    "manager": (
        Action.SEND_BACK, Action.ESCALATE, Action.ARBITRATE, Action.REOPEN, Action.CANCEL, Action.MOVE,
        Action.VALIDATE_FOR_CLIENT, Action.COMPLETE_FOR_INTERVENANT,
    ),
}  # fmt: skip


class Crowd:
    """One agency, its visits, and what came of every press."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.visits = [world.visit(start=f"{8 + number:02d}:00") for number in range(VISITS)]
        self.people: dict[str, Actor] = {
            "carer": world.as_intervenant,
            "client": world.as_client,
            "proche": world.as_proche,
            "manager": world.as_manager,
        }
        self.refusing = world.motif(kind="refus", opens_hours=True).pk
        self.cancelling = world.motif().pk
        self.done: Counter[str] = Counter()
        self.errors: list[BaseException] = []
        self.until = time.monotonic() + SECONDS

    def person(self, number: int) -> None:
        """Press at random until the time is over: one press, one transaction, as in a portal, nothing tried again."""
        draw = random.Random(number)
        while time.monotonic() < self.until:
            who = draw.choice(sorted(ACTS))
            chosen = draw.sample(self.visits, draw.randint(1, 3))
            action = self._action(who, chosen[0], draw)
            ground = Ground.PHONE if action is Action.VALIDATE_FOR_CLIENT else None
            changes = [self._change(action, visit.pk, draw) for visit in chosen]
            with transaction.atomic():
                set_agence(self.world.agence.pk)
                outcome = operations.apply(changes, actor=self.people[who], at=NOW, key=key(), ground=ground)
            self.done[str(action)] += len(outcome.done)

    def _action(self, who: str, visit: Intervention, draw: random.Random) -> Action:
        """Choose what may go with the visit as it is now; others do something else with it at the same moment."""
        with within(self.world.agence.pk):
            status = Status(Intervention.objects.values_list("status", flat=True).get(pk=visit.pk))
        legal = [action for action in actions_from(status, self.people[who].role) if action in ACTS[who]]
        return draw.choice(legal or ACTS[who])

    def _change(self, action: Action, pk: int, draw: random.Random) -> Change:
        with within(self.world.agence.pk):
            seen = Intervention.objects.get(pk=pk)
        fields: dict[str, Any] = {"reason": "Il le faut.", "comment": "Un mot."}
        if action in (Action.CONTEST, Action.CORRECT, Action.MOVE):
            fields["facts"] = longer(seen.retained, draw.choice((-15, 15, -30)))
        if action in (Action.CONTEST, Action.OBJECT):
            fields["motif_id"] = self.refusing
        if action in (Action.CANCEL, Action.CANCEL_BY_CLIENT):
            fields["motif_id"] = self.cancelling
        if action is Action.ARBITRATE:
            fields["choice"] = draw.choice((Choice.INTERVENANT, Choice.CLIENT))
        return Change(action, pk, seen=seen.version if draw.random() < 0.5 else None, **fields)

    def background(self) -> None:
        """Let mails leave and seals be made meanwhile."""
        while time.monotonic() < self.until:
            deliver_due_mails()
            seal.seal_all(NOW)
            time.sleep(0.05)

    def run(self) -> None:
        """Let all of them work at once."""
        works: list[Callable[[], None]] = [partial(self.person, number) for number in range(PEOPLE)]
        threads = [threading.Thread(target=self._guarded, args=[work]) for work in (*works, self.background)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def _guarded(self, work: Callable[[], None]) -> None:
        try:
            work()
        except BaseException as error:
            self.errors.append(error)
        finally:
            connection.close()


def test_sixteen_at_once_lose_nothing_and_meet_no_error() -> None:
    crowd = Crowd(a_world())
    crowd.run()
    assert crowd.errors == []
    for visit in crowd.visits:
        replay.check(visit)
    entries = JournalEntry.objects.filter(agence=crowd.world.agence)
    assert entries.count() == sum(crowd.done.values()) + VISITS
    open_now = Proposition.objects.filter(intervention__in=crowd.visits, closed_at=None)
    assert len(set(open_now.values_list("intervention", flat=True))) == open_now.count()
    assert Deliberation.objects.count() == crowd.done[Action.ARBITRATE]
    told = Mail.objects.filter(agence=crowd.world.agence).values_list("batch_id", "user_id")
    assert len(set(told)) == len(told)
    seal.seal_all(NOW)
    assert list(verify.faults(crowd.world.agence)) == []
    print(f"\n{PEOPLE} people, {SECONDS:.0f} s, {VISITS} visits: {sum(crowd.done.values())} acts, {dict(crowd.done)}")  # noqa: T201
