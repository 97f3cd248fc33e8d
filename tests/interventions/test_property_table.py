"""Everybody does anything to several visits, in months that close and reopen, under settings that change meanwhile.

The model is the transition table as data: what it forbids is refused and changes nothing, what goes went from one of
its statuses to another, by a role that it names, in an open month; what refuses is a guard that it names for the act.
The values that an act leaves are the other model's business (test_property.py).

    PROPERTY_EXAMPLES=2000 .venv/bin/python -m pytest tests/interventions/test_property_table.py
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from interventions import operations
from interventions.actor import Actor, system
from interventions.guards import Facts, Guard
from interventions.models import (
    Deliberation,
    Intervention,
    JournalEntry,
    Mail,
    MailLine,
    Proposition,
)
from interventions.operations import Change, NewVisit
from interventions.operations.deciding import GROUNDS
from interventions.states import Action, Choice, Origin, Right, Role, Status, Via
from interventions.workflow import FACT_CHANGES, PORTAL_ROLES, REMINDERS, RULES, TABLE, Need, needs
from tests.factories import a_client, a_gestionnaire, a_proche, a_secteur, a_world, actor_of, an_intervenant, key
from tests.interventions import replay

EXAMPLES = int(os.environ.get("PROPERTY_EXAMPLES", "25"))
MONTHS = (date(2026, 10, 1), date(2026, 11, 1))
WHO = (
    "carer", "other carer", "client", "proche", "reader", "tuteur", "manager", "clerk", "judge", "viewer", "elsewhere",
    "stranger", "job", "import",
)  # fmt: skip
# Who can do what their role may.
ABLE = ("carer", "client", "proche", "manager", "job")
BIRTHS = (Action.PLAN, Action.REPORT, Action.REPORT_UNATTACHED)
ACTIONS = [*TABLE, *FACT_CHANGES, *REMINDERS]
# Refused whatever the act: what is entered, and where it would lead, is not the table's to say.
ANYWHERE = {Guard.FACTS, Guard.MOTIF, Guard.CONTRAT, Guard.INTERVENANT, Guard.MONTH, Guard.GROUND}
BESIDE = {
    Action.MOVE: {Guard.NOTHING_DECLARED},
    Action.ATTACH: set(),
    Action.SET_MOTIF: set(),
    Action.PLAN: {Guard.UNKNOWN},
    Action.REPORT: {Guard.UNKNOWN},
    Action.REPORT_UNATTACHED: {Guard.UNKNOWN},
}
CHOSEN: dict[str, tuple[Any, ...]] = {
    "module_enabled": (True, True, False),
    "same_day_allowed": (True, False),
    "undo_minutes": (0, 10, 1440),
    "retract_days": (0, 7),
    "dispute_days": (0, 7),
    "object_days": (0, 30),
    "no_answer_days": (0, 7),
    "tacit_enabled": (True, False),
    "tacit_days": (0, 7),
    "escalate_enabled": (True, False),
    "escalate_days": (0, 7),
    "four_eyes": (True, False),
    "tuteur_acts_alone": (True, False),
}
acts = st.fixed_dictionaries(
    {
        "action": st.sampled_from(ACTIONS),
        "legal": st.sampled_from([True, True, True, False]),
        "who": st.sampled_from(WHO),
        "visit": st.integers(0, 5),
        "facts": st.none() | st.tuples(st.integers(-20, 20), st.integers(-70, 40), st.integers(0, 3)),
        "days": st.sampled_from([0, 0, 0, -30, 30]),
        "text": st.sampled_from([True, True, False]),
        "motif": st.sampled_from(["hours", "km", "annulation", ""]),
        "ground": st.integers(0, 4),
        "choice": st.sampled_from([*Choice, None]),
        "flag": st.booleans(),
        "fresh": st.sampled_from([True, True, True, False]),
        "pause": st.sampled_from([0, 3, 3, 20, 60 * 26, 60 * 24 * 8]),
    }
)
steps = st.one_of(
    acts,
    acts,
    acts,
    acts,
    acts,
    st.tuples(st.sampled_from(["close", "reopen"]), st.sampled_from(MONTHS), st.sampled_from(WHO)),
    st.sampled_from([(name, value) for name, values in CHOSEN.items() for value in values]),
    st.just("mails arrive"),
)


@dataclass(frozen=True)
class Tried:
    """One act as it is tried."""

    who: str
    actor: Actor
    change: Change
    ground: Any


class Room:
    """One agency with its people, two visits in two months, and what was seen of them last."""

    def __init__(self) -> None:
        self.world = world = a_world()
        agence, client = world.agence, world.client
        rights: dict[str, Any] = {"may_manage": False, "may_arbitrate": False, "may_close": False, "may_unlock": False}
        self.people: dict[str, Actor] = {
            "carer": world.as_intervenant,
            "other carer": actor_of(an_intervenant(agence)),
            "client": world.as_client,
            "proche": world.as_proche,
            "reader": actor_of(a_proche(client, may_validate=False, may_contest=False)),
            "tuteur": actor_of(a_proche(a_client(agence), kind="tuteur")),
            "manager": world.as_manager,
            "clerk": actor_of(a_gestionnaire(agence, may_arbitrate=False, may_close=False)),
            "judge": actor_of(a_gestionnaire(agence, **(rights | {"may_arbitrate": True}))),
            "viewer": actor_of(a_gestionnaire(agence, may_administer=False, **rights)),
            "elsewhere": actor_of(a_gestionnaire(agence, secteurs=[a_secteur(agence)])),
            "stranger": a_world().as_manager,
            "job": system(agence),
            "import": system(agence, Via.IMPORT),
        }
        self.motifs: dict[str, int | None] = {
            "hours": world.motif(kind="refus", opens_hours=True, opens_km=False).pk,
            "km": world.motif(kind="refus", opens_hours=False, opens_km=True).pk,
            "annulation": world.motif().pk,
            "": None,
        }
        self.now = world.now
        self.visits = [world.visit(), world.visit(day=date(2026, 10, 30))]
        self.closed: set[date] = set()
        self.entries = 2

    def live(self, step: Any) -> None:
        """Let the step happen, and see that the rules held."""
        still = self.inside_closed_months()
        if step == "mails arrive":
            self._deliver()
        elif isinstance(step, dict):
            self._act(step)
        elif step[0] in ("close", "reopen"):
            self._month(*step)
            return
        else:
            operations.choose(self.people["manager"], dict([step]), self.now)
        assert self.inside_closed_months() == still

    def _deliver(self) -> None:
        mine = Mail.objects.filter(agence=self.world.agence, fate="queued")
        MailLine.objects.filter(mail__in=mine).update(told=True)
        mine.update(fate="delivered", sent_at=self.now, delivered_at=self.now)

    def _month(self, way: str, month: date, who: str) -> None:
        actor, closes = self.people[who], way == "close"
        change = operations.close_month if closes else operations.reopen_month
        may = actor.has(Right.CLOSE if closes else Right.UNLOCK) and actor.secteur_ids is None
        try:
            change(actor, month, self.now)
            assert may, (way, who)
        except operations.Refused:
            assert not may, (way, who)
            return
        if actor.agence_id == self.world.agence.pk:
            (self.closed.add if closes else self.closed.discard)(month)

    def _act(self, drawn: dict[str, Any]) -> None:
        self.now += timedelta(minutes=drawn["pause"])
        row = self.visits[drawn["visit"] % len(self.visits)]
        row.refresh_from_db()
        tried = self._tried(drawn, row)
        before, standing = self.written(), Status(row.status)
        with_row = tried.change.new is None
        forbidden = self.forbidden(tried, row)
        outcome = operations.apply([tried.change], actor=tried.actor, at=self.now, key=key(), ground=tried.ground)
        (said,) = outcome.rows
        action = tried.change.action
        event(f"{action}: {said.refusal or 'done'}")
        if not said.done:
            assert self.written() == before, (action, said)
            allowed = set(RULES[action].guards if action in RULES else ()) | ANYWHERE | BESIDE.get(action, set())
            assert said.refusal in ({forbidden} if forbidden else allowed), (action, tried.who, said, forbidden)
            return
        assert not forbidden, (action, tried.who, standing, forbidden)
        if action in REMINDERS:
            assert self.written() == before
            return
        self.entries += 1
        made = Intervention.objects.get(pk=said.intervention_id or 0)
        if not with_row:
            self.visits.append(made)
        self._went(action, standing if with_row else None, made, tried.actor)

    def _went(self, action: Action, source: Status | None, made: Intervention, actor: Actor) -> None:
        """See that an act that went is the table's, leads where it may, and stands in the journal."""
        if action in TABLE:
            assert (source, Status(made.status)) in TABLE[action].pairs
        else:
            assert source == made.status
        assert made.day.replace(day=1) not in self.closed
        entry = JournalEntry.objects.get(intervention=made, version=made.version)
        assert (entry.action, entry.role, entry.actor_id_kept) == (action, actor.role, actor.user_id)
        replay.check(made)

    def _tried(self, drawn: dict[str, Any], row: Intervention) -> Tried:
        """Return the act that was drawn; a legal one leads on from where the visit stands, with all that it needs."""
        action, who = drawn["action"], drawn["who"]
        if drawn["legal"]:
            offered = [one for one in TABLE if row.status in TABLE[one].sources]
            action = offered[ACTIONS.index(action) % len(offered)]
            fitting = [one for one in ABLE if self.people[one].role in TABLE[action].by]
            who = fitting[WHO.index(who) % len(fitting)]
            asked = needs(action, self.people[who].role)
            motif = "annulation" if Need.MOTIF_ANNULATION in asked else "hours"
            drawn = drawn | {"text": True, "motif": motif, "ground": 0, "facts": drawn["facts"] or (0, -15, 0)}
            drawn |= {"days": 0, "fresh": True, "choice": drawn["choice"] or Choice.INTERVENANT}
        grounds = GROUNDS.get(action, ())
        ground = grounds[drawn["ground"] % len(grounds)] if grounds and drawn["ground"] < len(grounds) else None
        return Tried(who, self.people[who], self._change(action, drawn, row), ground)

    def _change(self, action: Action, drawn: dict[str, Any], row: Intervention) -> Change:
        text, facts = "Un mot." if drawn["text"] else "", self._facts(drawn, row)
        said: dict[str, Any] = {"comment": text, "reason": text, "motif_id": self.motifs[drawn["motif"]]}
        if action in BIRTHS:
            facts = facts or row.retained
            own = action is not Action.PLAN
            new = NewVisit(
                self.world.client.pk, self.world.prestation.pk, facts.start, facts.end, facts.km,
                intervenant_id=None if own or drawn["flag"] else self.world.intervenant.pk,
                contrat_id=None if own else self.world.contrat.pk,
                origin=Origin.INTERVENANT if own else Origin.PLANNING,
            )  # fmt: skip
            return Change(action, new=new, **said)
        if action is Action.ASSIGN:
            said["intervenant_id"] = self.world.intervenant.pk
        if action in (Action.ATTACH, Action.ADMIT):
            said["contrat_id"] = self.world.contrat.pk
        seen = row.version if drawn["fresh"] else row.version + 1
        return Change(action, row.pk, seen, facts=facts, choice=drawn["choice"], cancels=drawn["flag"], **said)

    def _facts(self, drawn: dict[str, Any], row: Intervention) -> Facts | None:
        if drawn["facts"] is None:
            return None
        start, end, km = drawn["facts"]
        days, base = timedelta(days=drawn["days"]), row.retained
        minutes = [timedelta(minutes=by) for by in (start, end)]
        return Facts(base.start + minutes[0] + days, base.end + minutes[1] + days, base.km + Decimal(km) / 2)

    def forbidden(self, tried: Tried, row: Intervention) -> Guard | None:
        """Return for what the table refuses the act, in the order in which it says so; None where guards decide."""
        actor, change = tried.actor, tried.change
        action, rule = change.action, RULES.get(change.action)
        if actor.role not in (rule.by if rule else (Role.MANAGER, Role.SYSTEM)):
            return Guard.RIGHT
        if actor.role is Role.MANAGER and action is not Action.ARBITRATE and not actor.has(Right.MANAGE):
            return Guard.RIGHT
        if (actor.role in PORTAL_ROLES or tried.who == "job") and not actor.agence.module_enabled:
            return Guard.MODULE
        if change.new is not None:
            return Guard.UNKNOWN if tried.who in ("stranger", "elsewhere") else None
        if not self._sees(tried.who, row):
            return Guard.UNKNOWN
        if change.seen != row.version:
            return Guard.STALE
        return Guard.STATUS if row.status not in _sources(action) else self._needed(tried)

    def _sees(self, who: str, row: Intervention) -> bool:
        """Whether the visit is this person's at all."""
        if who in ("carer", "other carer"):
            return row.intervenant_id == self.people[who].intervenant_id
        return who not in ("stranger", "elsewhere", "tuteur")

    def _needed(self, tried: Tried) -> Guard | None:
        change, grounds = tried.change, GROUNDS.get(tried.change.action, ())
        motif = {pk: name for name, pk in self.motifs.items()}[change.motif_id]
        there = {
            Need.REASON: (Guard.REASON, change.reason),
            Need.COMMENT: (Guard.COMMENT, change.comment),
            Need.GROUND: (Guard.GROUND, tried.ground in grounds and tried.ground != "other"),
            Need.MOTIF_REFUS: (Guard.MOTIF, motif in ("hours", "km")),
            Need.MOTIF_ANNULATION: (Guard.MOTIF, motif == "annulation"),
            Need.VERSION: (Guard.VERSION, change.choice),
            Need.FACTS: (Guard.FACTS, change.facts),
        }
        asked = [there[need] for need in needs(change.action, tried.actor.role)]
        return next((guard for guard, given in asked if not given), None)

    def written(self) -> list[Any]:
        """Return all that an act could have written of the visits."""
        mine = {"agence": self.world.agence}
        tables = (Intervention, JournalEntry, Proposition, Deliberation)
        return [list(table._base_manager.filter(**mine).order_by("pk").values()) for table in tables]

    def inside_closed_months(self) -> list[Any]:
        """Return what is written of the visits in closed months."""
        mine = {"agence": self.world.agence}
        rows = Intervention.objects.filter(**mine).order_by("pk").values()
        inside = [row for row in rows if row["day"].replace(day=1) in self.closed]
        keys = [row["id"] for row in inside]
        beside = [
            list(table._base_manager.filter(**mine, intervention__in=keys).order_by("pk").values())
            for table in (JournalEntry, Proposition, Deliberation)
        ]
        return [inside, beside]


def _sources(action: Action) -> tuple[Status, ...]:
    return tuple(FACT_CHANGES.get(action) or RULES[action].sources)


@pytest.mark.django_db
@settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(drawn=st.lists(steps, min_size=8, max_size=20))
def test_the_table_holds_whoever_does_what_when(drawn: list[Any]) -> None:
    with transaction.atomic():
        room = Room()
        for step in drawn:
            room.live(step)
        for visit in room.visits:
            replay.check(visit)
        assert JournalEntry.objects.filter(agence=room.world.agence).count() == room.entries
        transaction.set_rollback(True)
