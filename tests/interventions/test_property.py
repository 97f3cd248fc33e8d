"""Random people do random things to visits; a naive model says what should have come of it."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from interventions import operations
from interventions.actor import Actor
from interventions.guards import Facts
from interventions.models import Intervention, Mail, Proposition
from interventions.operations import Change, NewVisit
from interventions.states import Action, Choice, Ground, Origin
from tests.factories import World, a_gestionnaire, a_proche, a_world, actor_of, key, visit_of
from tests.interventions import replay
from tests.interventions.model import PARIS, RULES, Step, Visit, after

GROUNDS = {"validate_for_client": Ground.SIGNED_SHEET, "contest": Ground.LETTER, "cancel_by_client": Ground.PHONE}
EXAMPLES = int(os.environ.get("PROPERTY_EXAMPLES", "30"))
WHO = ("carer", "client", "proche", "reader", "manager", "clerk", "stranger")
PAUSES = (0, 3, 8, 20, 60 * 26, 60 * 24 * 8, 60 * 24 * 31)

steps = st.fixed_dictionaries(
    {
        # Acts that lead on are drawn more often than those that mostly do not apply.
        "action": st.sampled_from(
            [*RULES, "complete", "complete", "validate", "contest", "cancel_by_client", "reopen"]
        ),
        "who": st.sampled_from(WHO),
        "right_person": st.booleans(),
        "facts": st.one_of(st.none(), st.tuples(st.integers(-20, 20), st.integers(-70, 40), st.integers(0, 3))),
        "motif": st.sampled_from(["hours", "km", "annulation", ""]),
        "text": st.booleans() | st.just(True),
        "ground": st.booleans() | st.just(True),
        "choice": st.sampled_from(["intervenant", "client", "third", ""]),
        "cancels": st.booleans(),
        "pause": st.sampled_from(PAUSES) | st.just(3),
    }
)
LIKELY = {
    "complete": "carer",
    "correct": "carer",
    "withdraw": "carer",
    "accept_change": "carer",
    "refuse_change": "carer",
    "validate": "client",
    "contest": "proche",
    "retract": "client",
    "object": "client",
    "cancel_by_client": "client",
    "arbitrate": "manager",
}


class Room:
    """One agency, its people, and one visit lived twice: in the database and in the model."""

    def __init__(self, reported: bool, contrat: bool) -> None:
        self.world = world = a_world()
        reader = a_proche(world.client, may_validate=False, may_contest=False)
        self.people: dict[str, Actor] = {
            "carer": world.as_intervenant,
            "client": world.as_client,
            "proche": world.as_proche,
            "reader": actor_of(reader),
            "manager": world.as_manager,
            "clerk": actor_of(a_gestionnaire(world.agence, may_arbitrate=False)),
            "stranger": a_world().as_manager,
        }
        self.motifs = {
            "hours": world.motif(kind="refus", opens_hours=True, opens_km=False).pk,
            "km": world.motif(kind="refus", opens_hours=False, opens_km=True).pk,
            "annulation": world.motif().pk,
            "": None,
        }
        self.now = world.now
        seed = world.visit(contrat_id=world.contrat.pk if contrat else None)
        self.visit, self.model = (seed, self._planned(seed, contrat)) if not reported else self._report(world, seed)
        self.entries = 1

    def _planned(self, visit: Intervention, contrat: bool) -> Visit:
        return Visit("planned", visit.planned, None, visit.retained, contrat=contrat)

    def _report(self, world: World, seed: Intervention) -> tuple[Intervention, Visit]:
        start = seed.retained_start - timedelta(days=1)
        new = NewVisit(
            world.client.pk, world.prestation.pk, start, start + timedelta(hours=1), origin=Origin.INTERVENANT
        )
        change = Change(Action.REPORT, new=new)
        outcome = operations.apply([change], actor=self.people["carer"], at=self.now, key=key())
        visit = visit_of(outcome)
        model = Visit("done", None, new.facts, new.facts, reported=True, was_done=True, checked=True)
        return visit, replace(model, last="report", last_role="carer", last_at=self.now)

    def live(self, drawn: dict[str, Any]) -> None:
        """Let the step happen in both and compare everything."""
        self.now += timedelta(minutes=drawn["pause"])
        step = self._step(drawn)
        expected = after(self.model, step, self.now) if step.who != "stranger" else None
        outcome = self._apply(step)
        assert bool(outcome.done) == (expected is not None), (step, self.model, outcome.rows)
        if expected is not None:
            self.model = expected
            self.entries += 1
        self._compare()

    def _step(self, drawn: dict[str, Any]) -> Step:
        who = LIKELY.get(drawn["action"], drawn["who"]) if drawn["right_person"] else drawn["who"]
        return Step(
            who,
            drawn["action"],
            self._facts(drawn["facts"]),
            drawn["motif"],
            drawn["text"],
            drawn["ground"],
            drawn["choice"],
            drawn["cancels"],
        )

    def _facts(self, drawn: tuple[int, int, int] | None) -> Facts | None:
        if drawn is None:
            return None
        start, end, km = drawn
        base = self.model.retained
        return Facts(
            base.start + timedelta(minutes=start), base.end + timedelta(minutes=end), base.km + Decimal(km) / 2
        )

    def _apply(self, step: Step) -> operations.Outcome:
        carer = self.world.intervenant.pk if step.action == "assign" else None
        change = Change(
            Action(step.action),
            self.visit.pk,
            facts=step.facts,
            comment="Un mot" if step.text else "",
            reason="Parce que" if step.text else "",
            motif_id=self.motifs[step.motif],
            intervenant_id=carer,
            choice=Choice(step.choice) if step.choice else None,
            cancels=step.cancels,
        )
        ground = GROUNDS.get(step.action) if step.ground else None
        return operations.apply([change], actor=self.people[step.who], at=self.now, key=key(), ground=ground)

    def _compare(self) -> None:
        self.visit.refresh_from_db()
        visit, model = self.visit, self.model
        assert visit.status == model.status
        assert (visit.planned, visit.declared, visit.retained) == (model.planned, model.declared, model.retained)
        assert visit.day == model.retained.start.astimezone(PARIS).date()
        assert (visit.settled_by, visit.withdrawn) == (model.settled, model.withdrawn)
        assert (visit.intervenant_id is not None) == model.carer
        opened = Proposition.objects.filter(intervention=visit, closed_at__isnull=True)
        kinds = ["annulation" if found.is_annulation else "change" for found in opened]
        assert kinds == ([model.open] if model.open else [])

    def check_journal(self) -> None:
        """The journal is the history: its pairs are legal and follow each other, folding it gives the row."""
        self.visit.refresh_from_db()
        assert self.visit.version == self.entries
        replay.check(self.visit)

    def check_mails(self) -> None:
        """Nobody gets two mails of one press, and a visit stands once in each."""
        mails = list(Mail.objects.filter(agence=self.world.agence).values_list("batch_id", "user_id"))
        assert len(mails) == len(set(mails))


@pytest.mark.django_db
@settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(reported=st.booleans(), contrat=st.booleans() | st.just(True), drawn=st.lists(steps, min_size=4, max_size=16))
def test_whatever_people_do_the_rules_hold(reported: bool, contrat: bool, drawn: list[dict[str, Any]]) -> None:
    with transaction.atomic():
        room = Room(reported, contrat)
        for step in drawn:
            room.live(step)
        room.check_journal()
        room.check_mails()
        transaction.set_rollback(True)
