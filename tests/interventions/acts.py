"""Doing one act and looking at all that it wrote: the row, the journal with its texts, the batch. Or at nothing."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from interventions import operations
from interventions.actor import Actor
from interventions.guards import Facts
from interventions.models import Batch, Deliberation, Intervention, JournalEntry, JournalText, Mail, Proposition
from interventions.operations import Change, NewVisit, Outcome
from interventions.states import Action, Ground, Origin
from tests.factories import World, key

BOOKKEEPING = {"version", "step", "status", "last_action", "last_role", "last_actor_id", "last_at"}
TEXTS = {"comment", "ordre_de_mission"}
FACT_CHANGES = (Action.MOVE, Action.ATTACH, Action.SET_MOTIF)

type Builder = Callable[[World], Intervention]


def row_of(visit: Intervention) -> dict[str, Any]:
    """Return every column of a visit as the database holds it."""
    return dict(Intervention.objects.filter(pk=visit.pk).values().get())


def written(visit: Intervention) -> tuple[Any, ...]:
    """Return all that is on record about a visit and its agency's mails, to see that nothing came of an act."""
    return (
        row_of(visit),
        JournalEntry.objects.filter(intervention=visit).count(),
        list(Proposition.objects.filter(intervention=visit).values()),
        Deliberation.objects.filter(intervention=visit).count(),
        Mail.objects.filter(agence=visit.agence_id).count(),
    )


def version(name: str, facts: Facts | None) -> dict[str, Any]:
    """Return the columns of one version of the facts."""
    start, end, km = (facts.start, facts.end, facts.km) if facts else (None, None, None)
    return {f"{name}_start": start, f"{name}_end": end, f"{name}_km": km}


def longer(facts: Facts | None, minutes: int = 15, km: str = "0") -> Facts:
    """Return facts that end later (or earlier) and have more kilometres."""
    assert facts is not None
    return replace(facts, end=facts.end + timedelta(minutes=minutes), km=facts.km + Decimal(km))


def earlier(facts: Facts | None, minutes: int = 60) -> Facts:
    """Return facts that start earlier."""
    assert facts is not None
    return replace(facts, start=facts.start - timedelta(minutes=minutes))


def ending(facts: Facts | None, end: datetime) -> Facts:
    """Return facts that end at that instant."""
    assert facts is not None
    return replace(facts, end=end)


def press(
    world: World, changes: list[Change], actor: Actor, at: datetime | None = None, **options: Any
) -> operations.Outcome:
    """Apply some changes as one press."""
    return operations.apply(changes, actor=actor, at=at or world.now, key=key(), **options)


def born(outcome: Outcome) -> Intervention:
    """Return the visit that the first row of a press brought into being."""
    return Intervention.objects.get(pk=outcome.done[0].intervention_id or 0)


def did(
    world: World,
    visit: Intervention,
    action: Action,
    actor: Actor,
    *,
    to: str,
    sets: dict[str, Any] | None = None,
    at: datetime | None = None,
    **entered: Any,
) -> Outcome:
    """Do it, and see that it led to `to`, set exactly the columns `sets`, and is in the journal as it was."""
    before = row_of(visit)
    outcome = world.act(visit, action, actor, at=at, **entered)
    assert [row.refusal for row in outcome.rows] == [None]
    row = outcome.rows[0]
    assert (row.intervention_id, row.action, row.from_status, row.to_status) == (
        visit.pk,
        action,
        before["status"],
        to,
    )
    after = row_of(visit)
    expected = before | (sets or {})
    assert {name: after[name] for name in after if name not in BOOKKEEPING} == {
        name: expected[name] for name in after if name not in BOOKKEEPING
    }
    assert after["status"] == to
    _check_bookkeeping(before, after, action, actor, at or world.now)
    _check_journal(visit, before, after, action, actor, at or world.now, entered)
    assert (outcome.batch.actor_id, outcome.batch.actor_name, outcome.batch.at) == (
        actor.user_id,
        actor.name,
        at or world.now,
    )
    return outcome


type Columns = dict[str, Any]


def _check_bookkeeping(before: Columns, after: Columns, action: Action, actor: Actor, at: datetime) -> None:
    assert after["version"] == before["version"] + 1
    last = [after[f"last_{name}"] for name in ("action", "role", "actor_id", "at")]
    if action in FACT_CHANGES:
        assert last == [before[f"last_{name}"] for name in ("action", "role", "actor_id", "at")]
        assert after["step"] == before["step"]
    else:
        assert last == [str(action), str(actor.role), actor.user_id, at]
        assert after["step"] == (before["step"] if action is Action.CORRECT else after["version"])


def _plain(value: Any) -> Any:
    if hasattr(value, "isoformat"):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value


def _check_journal(
    visit: Intervention,
    before: dict[str, Any],
    after: dict[str, Any],
    action: Action,
    actor: Actor,
    at: datetime,
    entered: dict[str, Any],
) -> None:
    entry = JournalEntry.objects.get(intervention=visit, version=after["version"])
    assert (entry.action, entry.role, entry.actor_id_kept, entry.at) == (
        str(action),
        str(actor.role),
        actor.user_id,
        at,
    )
    assert (entry.from_status, entry.to_status) == (before["status"], after["status"])
    changed = [name for name in after if after[name] != before[name] and name not in BOOKKEEPING | TEXTS]
    assert entry.before == {name: _plain(before[name]) for name in changed}
    assert entry.after == {name: _plain(after[name]) for name in changed}
    assert entry.motif_id_kept == entered.get("motif_id")
    check_texts(
        entry,
        entered.get("comment", ""),
        entered.get("reason", ""),
        entered.get("ordre_de_mission") or "",
    )


def check_texts(entry: JournalEntry, comment: str = "", reason: str = "", ordre: str = "") -> None:
    """See that the texts of an entry are apart, and that the entry's salted hash proves them."""
    texts = [text.strip() for text in (comment, reason, ordre)]
    apart = JournalText.objects.filter(entry=entry).first()
    if not any(texts):
        assert (apart, bytes(entry.texts_hash)) == (None, b"")
        return
    assert apart is not None
    assert [apart.comment, apart.reason, apart.ordre_de_mission] == texts
    salt = bytes(apart.salt)
    assert len(salt) == 16
    told = json.dumps(texts, ensure_ascii=False).encode()
    assert bytes(entry.texts_hash) == hashlib.sha256(salt + told).digest()


def refused(
    world: World,
    visit: Intervention,
    action: Action,
    actor: Actor,
    guard: str,
    *,
    at: datetime | None = None,
    **entered: Any,
) -> None:
    """Try it, and see that it is refused by that name and that nothing was written but the batch that says so."""
    before = written(visit)
    outcome = world.act(visit, action, actor, at=at, **entered)
    assert [str(row.refusal) for row in outcome.rows] == [guard], (action, actor.role)
    assert outcome.rows[0].message == str(outcome.rows[0].refusal.label)
    assert written(visit) == before
    kept = Batch.objects.get(pk=outcome.batch.pk).refused
    stood = {"status": Intervention.objects.get(pk=visit.pk).status} if guard == "status" else {}
    assert kept == [{"at": 0, "id": visit.pk, "action": str(action), "guard": guard} | stood]


def open_proposition(visit: Intervention) -> Proposition | None:
    """Return what the client says, while it is open."""
    return Proposition.objects.filter(intervention=visit, closed_at__isnull=True).first()


def last_proposition(visit: Intervention) -> Proposition:
    """Return the latest proposition, open or closed."""
    return Proposition.objects.filter(intervention=visit).order_by("-opened_at", "-pk")[0]


# A visit led to where a test needs it.


def done(world: World, **plan: Any) -> Intervention:
    """Return a visit that the intervenant declared as planned."""
    visit = world.visit(**plan)
    return _go(world, visit, Action.COMPLETE, world.as_intervenant)


def _go(world: World, visit: Intervention, action: Action, actor: Actor, **entered: Any) -> Intervention:
    outcome = world.act(visit, action, actor, **entered)
    assert not outcome.refused, outcome.refused
    return visit


def contest(world: World, visit: Intervention, actor: Actor | None = None, **entered: Any) -> Outcome:
    """Let the client say that the visit lasted 15 minutes less."""
    motif = world.motif(kind="refus", opens_hours=True, opens_km=False)
    given: dict[str, Any] = {"motif_id": motif.pk, "facts": longer(visit.declared, -15)}
    return world.act(visit, Action.CONTEST, actor or world.as_client, **(given | entered))


def contested(world: World, **plan: Any) -> Intervention:
    """Return a visit that the client modified."""
    visit = done(world, **plan)
    assert not contest(world, visit).refused
    return visit


def arbitration(world: World, **plan: Any) -> Intervention:
    """Return a visit whose modification the intervenant refused."""
    return _go(world, contested(world, **plan), Action.REFUSE_CHANGE, world.as_intervenant)


def validated(world: World, **plan: Any) -> Intervention:
    """Return a visit that the client validated."""
    return _go(world, done(world, **plan), Action.VALIDATE, world.as_client)


def validated_for_client(world: World, **plan: Any) -> Intervention:
    """Return a visit that a manager validated in the client's place."""
    return _go(world, done(world, **plan), Action.VALIDATE_FOR_CLIENT, world.as_manager, ground=Ground.PHONE)


def cancelled(world: World, **plan: Any) -> Intervention:
    """Return a visit that a manager cancelled."""
    return _go(world, world.visit(**plan), Action.CANCEL, world.as_manager, motif_id=world.motif().pk)


def cancelled_by_carer(world: World, **plan: Any) -> Intervention:
    """Return a visit that the intervenant set to Annulé."""
    return _go(world, world.visit(**plan), Action.CANCEL, world.as_intervenant)


def cancelled_by_client(world: World, **plan: Any) -> Intervention:
    """Return a declared visit that the client says did not take place."""
    visit = done(world, **plan)
    return _go(world, visit, Action.CANCEL_BY_CLIENT, world.as_client, motif_id=world.motif().pk)


def disputed(world: World, **plan: Any) -> Intervention:
    """Return a visit that a manager cancelled, which the client disputes."""
    return _go(world, cancelled(world, **plan), Action.DISPUTE_CANCELLATION, world.as_client, comment="Elle est venue")


def draft(world: World, **plan: Any) -> Intervention:
    """Return a visit without an intervenant."""
    return world.visit(intervenant_id=None, **plan)


def a_report(world: World, days_ago: int = 2, **fields: Any) -> NewVisit:
    """Return what an intervenant adds, days ago at the hour of `world.now`; an own client needs a visit besides."""
    start = world.now - timedelta(days=days_ago, hours=2)
    entered: dict[str, Any] = {
        "start": start,
        "end": start + timedelta(hours=1),
        "km": Decimal("1.5"),
        "origin": Origin.INTERVENANT,
    }
    chosen = {"client_id": world.client.pk, "prestation_id": world.prestation.pk}
    return NewVisit(**(chosen | entered | fields))


def reported(world: World, action: Action = Action.REPORT, **fields: Any) -> Intervention:
    """Return a visit that the intervenant added, at a client of theirs."""
    world.visit(day=world.now.date() - timedelta(days=5))
    change = Change(action, new=a_report(world, **fields), comment="Vue en urgence")
    outcome = press(world, [change], world.as_intervenant)
    assert not outcome.refused, outcome.refused
    return born(outcome)


def unattached(world: World, **fields: Any) -> Intervention:
    """Return a visit that the intervenant added where no contrat facturable covers it."""
    world.contrat.billable = False
    world.contrat.save(update_fields=["billable"])
    visit = reported(world, Action.REPORT_UNATTACHED, **fields)
    world.contrat.billable = True
    world.contrat.save(update_fields=["billable"])
    return visit
