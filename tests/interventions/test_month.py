"""A month of an agency, its clock moving an hour at a time: each mail that left, against what should have."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
import time_machine

from interventions import operations, rhythms
from interventions.actor import Actor
from interventions.jobs import run_due
from interventions.models import Fate, Intervention, JobRun, Mail, Rhythm
from interventions.operations import Change
from interventions.states import Action, Settled, Status
from interventions.tasks import deliver_due_mails
from tests.factories import PARIS, World, a_client, a_contrat, a_world, key, local
from tests.interventions.acts import longer
from tests.interventions.mails.sink import Sink, free_port, listening, mailers

HOUR = timedelta(hours=1)
BEGINS, ENDS = date(2026, 10, 12), date(2026, 11, 12)
# From Monday night to Thursday morning nothing ran.
DOWN = (date(2026, 11, 3), date(2026, 11, 4))


@pytest.fixture
def sink(settings: Any) -> Iterator[Sink]:
    port = free_port()
    settings.MAILERS = mailers(port)
    made = Sink()
    with listening(made, port):
        yield made


@pytest.fixture
def world(transactional_db: None) -> World:
    made = a_world(tacit_enabled=True, tacit_days=7, reminder_days=3, escalate_enabled=True, escalate_days=7)
    made.now = local(BEGINS, "08:00")
    made.proche.delete()
    return made


CARER_READS = [
    ("22/10 15", "1 visite modifiée par le client"),
    ("30/10 10", "1 modification transmise à l’agence"),
    ("05/11 10", "1 visite modifiée par le client"),
    ("05/11 11", "Le client a repris sa réponse"),
]


class Month:
    """What is done by people, at which hour, and the hours that pass."""

    def __init__(self, world: World, sink: Sink) -> None:
        self.world, self.sink = world, sink
        self.acts: dict[datetime, list[tuple[Intervention, Action, Actor, dict[str, Any]]]] = {}
        self.left: list[tuple[str, str, str]] = []

    def at(self, day: date, clock: str, visit: Intervention, action: Action, actor: Actor, **fields: Any) -> None:
        """Let somebody act then."""
        self.acts.setdefault(local(day, clock), []).append((visit, action, actor, fields))

    def live(self) -> None:
        """Let every hour pass: people act, two schedulers run the jobs, mails leave."""
        moment, last = local(BEGINS, "08:00"), local(ENDS, "23:00")
        while moment <= last:
            for visit, action, actor, fields in self.acts.get(moment, []):
                change = Change(action, visit.pk, **fields)
                outcome = operations.apply([change], actor=actor, at=moment, key=key())
                assert not outcome.refused, (moment, action, outcome.refused)
            if moment.astimezone(PARIS).date() not in DOWN:
                self._tick(moment + timedelta(minutes=15))
            moment += HOUR

    def _tick(self, moment: datetime) -> None:
        before = len(self.sink.mails)
        with time_machine.travel(moment, tick=False):
            run_due(moment)
            run_due(moment)
            deliver_due_mails()
        when = f"{moment.astimezone(PARIS):%d/%m %H}"
        self.left += [(when, str(mail["To"]), str(mail["Subject"])) for mail in self.sink.mails[before:]]

    def of(self, email: str) -> list[tuple[str, str]]:
        """Return what left for this person, and when."""
        return [(when, subject.partition(",")[0]) for when, to, subject in self.left if to == email]


@dataclass
class Visits:
    """The visits of the month by what becomes of them; `first` and `second` are of who wants one mail a day."""

    silent: Intervention
    answered: Intervention
    first: Intervention
    second: Intervention
    unread: Intervention


def _what_happens(month: Month, world: World, daily: Any, none: Any) -> Visits:
    """Put down what people do in the month, and return the visits whose end is looked at."""
    carer = world.as_intervenant
    terms = {one: a_contrat(one, world.prestation) for one in (daily, none)}

    def visit(day: date, client: Any = None) -> Intervention:
        other = {"client_id": client.pk, "contrat_id": terms[client].pk} if client else {}
        return world.visit(day=day, **other)

    # Silence over the night of the clock change: asked on 20 October at 10.15, reminded on the 23rd, validated when
    # seven times 24 hours have passed, on the 27th at 9.15; the mail waits for the end of the undo window.
    silent = visit(date(2026, 10, 19))
    month.at(date(2026, 10, 20), "10:00", silent, Action.COMPLETE, carer)
    # Answered the day after it was asked: nothing to remind.
    answered = visit(date(2026, 10, 20))
    month.at(date(2026, 10, 21), "10:00", answered, Action.COMPLETE, carer)
    month.at(date(2026, 10, 22), "10:00", answered, Action.VALIDATE, world.as_client)
    # Two visits of one day for who wants one mail a day; over the days that nothing ran, and the end of the month.
    first, second = visit(date(2026, 10, 30), daily), visit(date(2026, 10, 29), daily)
    month.at(date(2026, 10, 31), "10:00", first, Action.COMPLETE, carer)
    month.at(date(2026, 10, 31), "14:00", second, Action.COMPLETE, carer)
    # Who wants none is never taken to have been silent.
    unread = visit(date(2026, 10, 13), none)
    month.at(date(2026, 10, 14), "10:00", unread, Action.COMPLETE, carer)
    # A modification that the intervenant leaves without an answer, and one that the client takes back.
    contested, retracted = visit(date(2026, 10, 21)), visit(date(2026, 11, 4))
    month.at(date(2026, 10, 22), "10:00", contested, Action.COMPLETE, carer)
    month.at(date(2026, 10, 22), "15:00", contested, Action.CONTEST, world.as_client, **_longer(world, contested))
    month.at(date(2026, 11, 5), "10:00", retracted, Action.COMPLETE, carer)
    month.at(date(2026, 11, 5), "10:00", retracted, Action.CONTEST, world.as_client, **_longer(world, retracted))
    month.at(date(2026, 11, 5), "11:00", retracted, Action.RETRACT, world.as_client)
    return Visits(silent, answered, first, second, unread)


def test_a_month(world: World, sink: Sink) -> None:
    daily, none = a_client(world.agence, last_name="Le Bihan"), a_client(world.agence, last_name="Kermarrec")
    for person, chosen in ((daily, {"rhythm": Rhythm.DAY, "hour": time(18)}), (none, {"rhythm": Rhythm.NONE})):
        rhythms.choose(world.agence, person.user.pk, world.now, **chosen)
    month = Month(world, sink)
    visits = _what_happens(month, world, daily, none)
    month.live()

    assert month.of(world.client.user.email) == [
        ("20/10 10", "1 visite à valider"),
        ("21/10 10", "1 visite à valider"),
        ("22/10 10", "1 visite à valider"),
        ("23/10 09", "Rappel : 1 visite à valider"),
        ("27/10 10", "1 visite validée sans réponse"),
        ("30/10 10", "Votre modification attend l’agence"),
        ("08/11 09", "1 visite à valider"),
        ("11/11 09", "Rappel : 1 visite à valider"),
    ]
    assert month.of(daily.user.email) == [
        ("31/10 18", "2 visites à valider"),
        ("05/11 18", "Rappel : 2 visites à valider"),
        ("08/11 18", "2 visites validées sans réponse"),
    ]
    assert month.of(none.user.email) == []
    assert month.of(world.intervenant.user.email) == CARER_READS
    assert month.of(world.gestionnaire.user.email) == [("30/10 10", "1 visite à délibérer")]
    for one in (visits.silent, visits.answered, visits.first, visits.second, visits.unread):
        one.refresh_from_db()
    assert {one.settled_by for one in (visits.silent, visits.first, visits.second)} == {Settled.TACIT}
    assert visits.answered.settled_by == Settled.CLIENT
    assert visits.unread.state is Status.DONE
    assert not Mail.objects.filter(fate__in=(Fate.QUEUED, Fate.SENDING)).exclude(user=none.user).exists()
    _every_job_ran_once_a_day(world)


def _longer(world: World, visit: Intervention) -> dict[str, Any]:
    """Return what contests a visit: half an hour more."""
    return {"facts": longer(visit.planned, 30), "motif_id": world.motif(kind="refus", opens_hours=True).pk}


def _every_job_ran_once_a_day(world: World) -> None:
    days = (ENDS - BEGINS).days + 1 - len(DOWN)
    runs = JobRun.objects.filter(agence=world.agence)
    assert {runs.filter(name=name).count() for name in runs.values_list("name", flat=True)} == {days}
    assert not runs.exclude(error="").exists()
    assert {run.started_at.astimezone(PARIS).hour for run in runs} == {9}
    assert all(run.started_at.tzinfo is UTC or run.started_at.utcoffset() == timedelta(0) for run in runs)
