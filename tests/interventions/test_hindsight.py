"""What a month would have been under other settings is what happens where they hold: one script, played again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from interventions import operations, reminders, silence
from interventions.actor import Actor
from interventions.guards import Guard
from interventions.hindsight import months, questions
from interventions.models import Agence, Fate, Intervention, JournalEntry, Mail, MailLine, Reminder
from interventions.operations import Change
from interventions.operations.reading import read_rows
from interventions.states import Action, Ground, Role, Status
from tests.factories import World, a_world, an_absence, local
from tests.interventions.acts import longer

pytestmark = pytest.mark.django_db
OCTOBER = date(2026, 10, 1)
DAY = timedelta(days=1)
FIRST, LAST = date(2026, 10, 19), date(2026, 11, 11)
NOW = local(LAST, "12:00")
# Each visit: the day of October, then what is tried with it: (days later, hour, action).
SCRIPT: list[tuple[int, list[tuple[int, int, Action]]]] = [
    (19, [(1, 10, Action.COMPLETE)]),
    (19, [(0, 21, Action.COMPLETE), (1, 10, Action.COMPLETE), (9, 16, Action.VALIDATE)]),
    (20, [(1, 10, Action.COMPLETE), (9, 8, Action.VALIDATE)]),
    (20, [(1, 10, Action.COMPLETE), (10, 15, Action.VALIDATE)]),
    (21, [(1, 10, Action.COMPLETE), (7, 10, Action.CORRECT), (16, 16, Action.VALIDATE)]),
    (22, [(1, 10, Action.COMPLETE), (3, 16, Action.CONTEST), (8, 16, Action.RETRACT), (12, 16, Action.VALIDATE)]),
    (23, [(1, 10, Action.COMPLETE), (3, 16, Action.CONTEST), (5, 16, Action.RETRACT), (18, 16, Action.VALIDATE)]),
    (24, [(1, 10, Action.COMPLETE), (2, 16, Action.CONTEST)]),
    (25, [(1, 10, Action.COMPLETE), (2, 16, Action.CONTEST), (5, 16, Action.ACCEPT_CHANGE)]),
    (26, [(1, 10, Action.COMPLETE_FOR_INTERVENANT), (4, 16, Action.VALIDATE_FOR_CLIENT), (9, 16, Action.OBJECT)]),
    (27, [(1, 10, Action.COMPLETE), (1, 11, Action.WITHDRAW), (2, 10, Action.COMPLETE)]),
    (28, [(1, 10, Action.COMPLETE), (2, 10, Action.CANCEL_BY_CLIENT), (8, 10, Action.DISPUTE_CANCELLATION)]),
]


def loose(**settings: Any) -> dict[str, Any]:
    """Return settings under which nothing happens by itself, and everything may be taken back for long."""
    far = {"retract_days": 60, "object_days": 60, "dispute_days": 60, "undo_minutes": 1440, "reminder_days": 2}
    return {"tacit_enabled": False, "escalate_enabled": False, "no_answer_days": 6, **far, **settings}


def who(world: World, action: Action) -> Actor:
    if action in (Action.COMPLETE_FOR_INTERVENANT, Action.VALIDATE_FOR_CLIENT):
        return world.as_manager
    if action in (Action.COMPLETE, Action.CORRECT, Action.WITHDRAW, Action.ACCEPT_CHANGE, Action.DISPUTE_CANCELLATION):
        return world.as_intervenant
    return world.as_client


def entered(world: World, action: Action, visit: Intervention) -> dict[str, Any]:
    refus = world.motif(kind="refus", opens_hours=True).pk
    said: dict[Action, Callable[[], dict[str, Any]]] = {
        Action.CONTEST: lambda: {"motif_id": refus, "facts": longer(visit.declared)},
        Action.OBJECT: lambda: {"motif_id": refus, "facts": longer(visit.declared)},
        Action.CORRECT: lambda: {"facts": longer(visit.declared)},
        Action.CANCEL_BY_CLIENT: lambda: {"motif_id": world.motif().pk},
        Action.DISPUTE_CANCELLATION: lambda: {"comment": "J’y étais."},
        Action.COMPLETE_FOR_INTERVENANT: lambda: {"reason": "Téléphone perdu."},
        Action.VALIDATE_FOR_CLIENT: lambda: {"ground": Ground.PHONE},
    }
    return said[action]() if action in said else {}


class Played:
    """What became of the script at one agency: which guard refused which acts, what the clock and a manager met."""

    def __init__(self, *, asks: bool = False, **settings: Any) -> None:
        self.asks = asks
        self.world = a_world(**loose(**settings))
        self.world.now = local(FIRST, "08:00")
        self.visits = [self.world.visit(day=OCTOBER.replace(day=day)) for day, _tries in SCRIPT]
        self.refused: dict[tuple[Action, Guard | None], int] = {}
        self.could_say: set[int] = set()
        self.at_once: set[int] = set()
        for moment, step in self._moments():
            self._post(moment)
            step(moment)

    def _moments(self) -> Iterator[tuple[datetime, Callable[[datetime], None]]]:
        """Yield each moment of the script in order, the daily jobs at nine among them."""
        todo: list[tuple[datetime, int, Callable[[datetime], None]]] = []
        for place, (day, tries) in enumerate(SCRIPT):
            for later, hour, action in tries:
                on = OCTOBER.replace(day=day) + later * DAY
                todo.append((local(on, f"{hour:02d}:00"), len(todo), self._act(self.visits[place], action)))
        for number in range((LAST - FIRST).days + 1):
            todo.append((local(FIRST + number * DAY, "09:00"), len(todo), self._jobs))
        for at, _order, step in sorted(todo, key=lambda one: one[:2]):
            yield at, step

    def _post(self, moment: datetime) -> None:
        """Let the mails that are due arrive."""
        due = Mail.objects.filter(agence=self.world.agence, sent_at=None, due_at__lt=moment)
        MailLine.objects.filter(mail__in=due).update(told=True)
        for mail in due:
            Mail.objects.filter(pk=mail.pk).update(fate=Fate.DELIVERED, sent_at=mail.due_at, delivered_at=mail.due_at)

    def _jobs(self, moment: datetime) -> None:
        agence = Agence.objects.get(pk=self.world.agence.pk)
        self._ask(moment)
        for job in (reminders.ask_again, reminders.remind, silence.validate_tacitly, silence.escalate):
            job(agence, moment)

    def _ask(self, moment: datetime) -> None:
        """Note of which visits a manager could say now that they stayed without an answer."""
        if not self.asks:
            return
        done = Intervention.objects.filter(agence=self.world.agence, status=Status.DONE)
        changes = [Change(Action.VALIDATE_FOR_CLIENT, visit.pk) for visit in done]
        seen = operations.preview(changes, actor=self.world.as_manager, at=moment, ground=Ground.NO_ANSWER)
        self.could_say |= {row.id for row in seen.going}

    def _act(self, visit: Intervention, action: Action) -> Callable[[datetime], None]:
        def does(moment: datetime) -> None:
            visit.refresh_from_db()
            self._ask(moment)
            said = entered(self.world, action, visit)
            outcome = self.world.act(visit, action, who(self.world, action), at=moment, **said)
            for row in outcome.refused:
                self.refused[action, row.refusal] = self.refused.get((action, row.refusal), 0) + 1
            if action is Action.COMPLETE and outcome.done and moment.astimezone(self.world.agence.zone).hour == 21:
                self.at_once.add(visit.pk)

        return does

    def did(self, action: Action) -> int:
        """Return with how many visits this was done."""
        mine = JournalEntry.objects.filter(agence=self.world.agence, action=action)
        return mine.values("intervention").distinct().count()

    def reminded(self) -> int:
        """Return of how many visits the clock reminded somebody."""
        return Reminder.objects.filter(agence=self.world.agence).values("intervention").distinct().count()

    def month(self) -> months.Month:
        """Return October as it is read on the last day."""
        return months.read(self.world.agence, OCTOBER, NOW)

    def asked(self, question: questions.Question, **settings: Any) -> int:
        """Return the answer for October, at this agency with these settings."""
        wanted = Agence.objects.get(pk=self.world.agence.pk)
        for name, value in settings.items():
            setattr(wanted, name, value)
        return question(self.month(), wanted)


def test_what_nobody_s_answer_would_have_brought_is_what_it_brings() -> None:
    still = Played(asks=True)
    clock: dict[str, Any] = {"tacit_enabled": True, "tacit_days": 8, "escalate_enabled": True, "escalate_days": 4}
    real = Played(**clock)
    for question, done in (
        (questions.validated_tacitly, Action.VALIDATE_TACITLY),
        (questions.escalated, Action.ESCALATE),
    ):
        expected = real.did(done)
        assert expected, "the script shows something"
        assert (still.asked(question, **clock), still.asked(question)) == (expected, 0)
        assert real.asked(question) == expected, "the same seen from where it happened"
    assert real.asked(questions.validated_tacitly, tacit_days=10), "what only the clock ended would have gone on"
    assert (
        0
        < len(still.could_say)
        == still.asked(questions.unanswered)
        != still.asked(questions.unanswered, no_answer_days=60)
    )
    later = Played(reminder_days=5)
    counts = still.reminded(), later.reminded()
    assert counts[0] > counts[1] > 0
    assert (still.asked(questions.reminded), still.asked(questions.reminded, reminder_days=5)) == counts
    assert still.asked(questions.reminded, reminder_days=0) == 0
    an_absence(still.world.client, starts_on=OCTOBER.replace(day=19), ends_on=OCTOBER.replace(day=19))
    away = still.asked(questions.validated_tacitly, **clock)
    assert away < real.did(Action.VALIDATE_TACITLY)
    operations.close_month(still.world.as_manager, OCTOBER, local(date(2026, 11, 1), "08:00"))
    assert still.asked(questions.validated_tacitly, **clock) < away, "the clock stood still in the closed month"
    assert still.asked(questions.validated_tacitly, **clock, module_enabled=False) == 0


LATE = {
    Action.WITHDRAW: (Guard.UNDO_WINDOW, Role.INTERVENANT, {"undo_minutes": 10}),
    Action.RETRACT: (Guard.RETRACT_WINDOW, Role.CLIENT, {"retract_days": 3}),
    Action.DISPUTE_CANCELLATION: (Guard.DISPUTE_WINDOW, Role.CLIENT, {"dispute_days": 3}),
    Action.OBJECT: (Guard.OBJECT_WINDOW, Role.CLIENT, {"object_days": 3}),
}


def test_what_would_have_come_too_late_or_earlier_fares_so_there_and_the_rest_is_read_as_it_was() -> None:
    still = Played()
    real = Played(same_day_allowed=True, undo_minutes=10, retract_days=3, dispute_days=3, object_days=3)
    for action, (guard, role, chosen) in LATE.items():
        question = questions.late(action, guard, role)
        assert real.refused[action, guard] == 1
        assert (still.asked(question, **chosen), still.asked(question)) == (1, 0)
    assert still.refused[Action.COMPLETE, Guard.PAST] == len(real.at_once) == 1
    # Each that its intervenant declared: all of them end before midnight.
    declared = sum(any(action is Action.COMPLETE for *_, action in tries) for _day, tries in SCRIPT)
    assert still.asked(questions.declared_at_once) == 0
    assert still.asked(questions.declared_at_once, same_day_allowed=True) == declared
    acts = JournalEntry.objects.filter(agence=still.world.agence, role__in=(Role.INTERVENANT, Role.CLIENT))
    assert still.asked(questions.refused_by_module, module_enabled=False) == acts.count()
    for history in still.month().histories:
        last = history.row_after(len(history.moments) - 1)
        now = read_rows(Intervention.objects.filter(pk=last.id))[last.id]
        now.proposition = None
        assert last == now
    many = statements(still.month)
    other = a_world()
    assert months.read(other.agence, OCTOBER, NOW).visits == 0
    other.now = local(FIRST, "08:00")
    other.act(other.visit(day=FIRST), Action.COMPLETE, other.as_intervenant, at=local(FIRST + DAY, "10:00"))
    assert statements(lambda: months.read(other.agence, OCTOBER, NOW)) <= many <= 10


def statements(reads: Callable[[], Any]) -> int:
    with CaptureQueriesContext(connection) as seen:
        reads()
    return len(seen)
