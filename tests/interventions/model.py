"""A second, naive reading of the rules for one visit: what each act should do, or None where it should not go.

Written from docs/domain.md, not from the code. Times are instants; the agency has its default settings.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from interventions.guards import Facts

PARIS = ZoneInfo("Europe/Paris")
UNDO = timedelta(minutes=10)


@dataclass(frozen=True)
class Step:
    """One act as it is tried: by whom, what, with what entered."""

    who: str
    action: str
    facts: Facts | None = None
    motif: str = ""  # "hours", "km", "annulation" or ""
    text: bool = True
    ground: bool = True
    choice: str = ""
    cancels: bool = False


@dataclass(frozen=True)
class Visit:
    """A visit as the rules see it."""

    status: str
    planned: Facts | None
    declared: Facts | None
    retained: Facts
    carer: bool = True
    contrat: bool = True
    reported: bool = False
    was_done: bool = False
    checked: bool = False
    withdrawn: bool = False
    settled: str = ""
    settled_at: datetime | None = None
    cancelled_by: str = ""
    proposed: Facts | None = None
    open: str = ""  # "", "change" or "annulation"
    last: str = "plan"
    last_role: str = "system"
    last_at: datetime | None = None

    @property
    def day(self) -> date:
        return self.retained.start.astimezone(PARIS).date()


CLIENTS = ("client", "proche", "reader")
ROLE = {"reader": "proche", "clerk": "manager"}
MOTIF_REFUS = ("hours", "km")


def after(visit: Visit, step: Step, now: datetime) -> Visit | None:
    """Return the visit after the act, or None if the rules refuse it."""
    rule = RULES.get(step.action)
    if rule is None:
        return None
    result = rule(visit, step, now)
    if result is None:
        return None
    if step.action in ("move", "attach"):
        return result
    return replace(result, last=step.action, last_role=ROLE.get(step.who, step.who), last_at=now)


def today(now: datetime) -> date:
    return now.astimezone(PARIS).date()


def is_past(visit: Visit, facts: Facts, now: datetime) -> bool:
    planned_end = visit.planned.end if visit.planned else facts.end
    return visit.day < today(now) and planned_end <= now and facts.end <= now


def valid(facts: Facts, now: datetime) -> bool:
    return facts.start < facts.end <= now and facts.end - facts.start <= timedelta(hours=24) and 0 <= facts.km <= 999


def within(since: date, days: int, now: datetime) -> bool:
    return today(now) <= since + timedelta(days=days)


def closed(visit: Visit) -> Visit:
    return replace(visit, proposed=None, open="")


def undeclared(visit: Visit, status: str) -> Visit:
    back = visit.planned or visit.retained
    return replace(
        visit,
        status=status,
        declared=None,
        retained=back,
        was_done=False,
        settled="",
        settled_at=None,
        cancelled_by="",
    )


def complete(visit: Visit, step: Step, now: datetime) -> Visit | None:
    who = {"complete": ("carer",), "complete_for_intervenant": ("manager", "clerk")}[step.action]
    facts = step.facts or visit.planned
    if visit.status != "planned" or step.who not in who or facts is None or not visit.contrat:
        return None
    if step.who != "carer" and not step.text:
        return None
    if not is_past(visit, facts, now) or (step.facts and not valid(step.facts, now)):
        return None
    return replace(visit, status="done", declared=facts, retained=facts, was_done=True, checked=True)


def assign(visit: Visit, step: Step, now: datetime) -> Visit | None:
    if visit.status != "draft" or step.who not in ("manager", "clerk") or visit.declared:
        return None
    return replace(visit, status="planned", carer=True)


def unassign(visit: Visit, step: Step, now: datetime) -> Visit | None:
    if visit.status != "planned" or step.who not in ("manager", "clerk") or not step.text:
        return None
    return replace(visit, status="draft", carer=False)


def cancel(visit: Visit, step: Step, now: datetime) -> Visit | None:
    if step.who == "carer":
        if visit.status != "planned" or not is_past(visit, visit.planned or visit.retained, now):
            return None
    elif (
        step.who not in ("manager", "clerk") or visit.status not in ("draft", "planned") or step.motif != "annulation"
    ):
        return None
    return replace(visit, status="cancelled", cancelled_by="intervenant" if step.who == "carer" else "manager")


def correct(visit: Visit, step: Step, now: datetime) -> Visit | None:
    if visit.status != "done" or step.who != "carer" or step.facts is None or not valid(step.facts, now):
        return None
    return replace(visit, declared=step.facts, retained=step.facts)


def withdraw(visit: Visit, step: Step, now: datetime) -> Visit | None:
    own = {"done": ("complete", "report", "correct"), "cancelled": ("cancel",), "draft": ("report_unattached",)}
    if step.who != "carer" or visit.last_role != "carer" or visit.last not in own.get(visit.status, ()):
        return None
    if visit.last_at is None or now > visit.last_at + UNDO:
        return None
    if visit.planned is None:
        return replace(undeclared(visit, "cancelled"), withdrawn=True)
    return undeclared(visit, "planned")


def send_back(visit: Visit, step: Step, now: datetime) -> Visit | None:
    if visit.status != "done" or step.who not in ("manager", "clerk") or not step.text:
        return None
    return undeclared(visit, "planned" if visit.planned else "cancelled")


def validate(visit: Visit, step: Step, now: datetime) -> Visit | None:
    if visit.status != "done" or step.who not in ("client", "proche"):
        return None
    return replace(visit, status="validated", settled="client", settled_at=now)


def validate_for_client(visit: Visit, step: Step, now: datetime) -> Visit | None:
    if visit.status != "done" or step.who not in ("manager", "clerk") or not step.ground:
        return None
    return replace(visit, status="validated", settled="on_behalf", settled_at=now)


def proposal(visit: Visit, step: Step, base: Facts) -> Facts | None:
    if step.facts is None:
        return None
    if step.motif == "hours":
        return replace(step.facts, km=base.km)
    return replace(base, km=step.facts.km)


def contest(visit: Visit, step: Step, now: datetime) -> Visit | None:
    if visit.status != "done" or step.who not in ("client", "proche", "manager", "clerk"):
        return None
    if step.motif not in MOTIF_REFUS or (step.who in ("manager", "clerk") and not step.ground) or not visit.declared:
        return None
    proposed = proposal(visit, step, visit.declared)
    if proposed is None or proposed == visit.declared or not valid(proposed, now):
        return None
    return replace(visit, status="contested", proposed=proposed, open="change")


def cancel_by_client(visit: Visit, step: Step, now: datetime) -> Visit | None:
    if visit.status != "done" or step.who not in ("client", "proche", "manager", "clerk"):
        return None
    if step.motif != "annulation" or (step.who in ("manager", "clerk") and not step.ground):
        return None
    return replace(visit, status="cancelled", cancelled_by="client", open="annulation")


def retract(visit: Visit, step: Step, now: datetime) -> Visit | None:
    if step.who not in ("client", "proche", "manager", "clerk") or visit.last_at is None or visit.declared is None:
        return None
    if visit.status == "validated":
        if visit.last != "validate" or now > visit.last_at + UNDO:
            return None
    elif not (
        visit.status == "contested" or (visit.status == "cancelled" and visit.last == "cancel_by_client")
    ) or not within(today(visit.last_at), 7, now):
        return None
    back = replace(visit, status="done", retained=visit.declared, settled="", settled_at=None, cancelled_by="")
    return closed(back)


def accept_change(visit: Visit, step: Step, now: datetime) -> Visit | None:
    if visit.status != "contested" or step.who != "carer" or visit.proposed is None:
        return None
    agreed = replace(visit, status="validated", retained=visit.proposed, settled="agreement", settled_at=now)
    return closed(agreed)


def refuse_change(visit: Visit, step: Step, now: datetime) -> Visit | None:
    return replace(visit, status="arbitration") if visit.status == "contested" and step.who == "carer" else None


def escalate(visit: Visit, step: Step, now: datetime) -> Visit | None:
    if visit.status != "contested" or step.who not in ("manager", "clerk") or not step.text:
        return None
    return replace(visit, status="arbitration")


def dispute_cancellation(visit: Visit, step: Step, now: datetime) -> Visit | None:
    against = {
        "carer": ("client", "manager"),
        "client": ("intervenant", "manager"),
        "proche": ("intervenant", "manager"),
    }
    if visit.status != "cancelled" or visit.withdrawn or visit.last not in ("cancel", "cancel_by_client"):
        return None
    if visit.cancelled_by not in against.get(step.who, ()) or not step.text or visit.last_at is None:
        return None
    if not visit.carer:
        return None
    if not is_past(visit, visit.declared or visit.planned or visit.retained, now):
        return None
    if not within(max(today(visit.last_at), visit.day), 7, now):
        return None
    return replace(visit, status="arbitration")


def object_(visit: Visit, step: Step, now: datetime) -> Visit | None:
    if visit.status != "validated" or step.who not in ("client", "proche") or visit.settled != "on_behalf":
        return None
    if visit.settled_at is None or not within(today(visit.settled_at), 30, now):
        return None
    if step.cancels:
        return replace(visit, status="arbitration", proposed=None, open="annulation")
    if step.motif not in MOTIF_REFUS:
        return None
    proposed = proposal(visit, step, visit.declared or visit.retained)
    if proposed is None or proposed == visit.retained or not valid(proposed, now):
        return None
    return replace(visit, status="arbitration", proposed=proposed, open="change")


def third(step: Step, now: datetime) -> tuple[bool, Facts | None]:
    """Return (may be chosen, facts) of a version that the manager enters."""
    if step.cancels:
        return step.motif == "annulation", None
    return step.facts is not None and valid(step.facts, now), step.facts


def intervenants(visit: Visit) -> tuple[bool, Facts | None]:
    """Return (may be chosen, facts) of the carer's version."""
    if visit.cancelled_by == "intervenant":
        return True, None
    return visit.declared is not None, visit.declared


def clients(visit: Visit) -> tuple[bool, Facts | None]:
    """Return (may be chosen, facts) of the client's version."""
    if visit.open:
        return True, visit.proposed
    disputes = visit.last == "dispute_cancellation" and visit.last_role in ("client", "proche")
    return disputes and visit.planned is not None, visit.planned


def arbitrate(visit: Visit, step: Step, now: datetime) -> Visit | None:
    if visit.status != "arbitration" or step.who != "manager" or not step.text:
        return None
    versions = {
        "third": third(step, now),
        "intervenant": intervenants(visit),
        "client": clients(visit),
        "": (False, None),
    }
    offered, facts = versions[step.choice]
    if not offered or (step.facts is not None and not valid(step.facts, now)):
        return None
    if facts is None:
        decided = replace(visit, status="cancelled", cancelled_by="manager", settled="", settled_at=None)
        return closed(decided)
    if not visit.checked and not visit.contrat:
        return None
    decided = replace(visit, status="validated", retained=facts, checked=True, cancelled_by="")
    return closed(replace(decided, settled="deliberation", settled_at=now))


def reopen(visit: Visit, step: Step, now: datetime) -> Visit | None:
    if visit.status not in ("validated", "cancelled") or step.who not in ("manager", "clerk") or not step.text:
        return None
    if visit.withdrawn:
        return None
    back = closed(replace(visit, settled="", settled_at=None, cancelled_by=""))
    if visit.was_done and visit.declared:
        return replace(back, status="done", retained=visit.declared)
    if not visit.carer:
        return replace(back, status="draft")
    planned = visit.planned or visit.retained
    return replace(back, status="planned", planned=planned, retained=planned)


def move(visit: Visit, step: Step, now: datetime) -> Visit | None:
    if visit.status not in ("draft", "planned") or step.who not in ("manager", "clerk") or visit.declared:
        return None
    if step.facts is None:
        return visit
    if step.facts.end <= step.facts.start:
        return None
    return replace(visit, planned=step.facts, retained=step.facts)


RULES = {
    "complete": complete,
    "complete_for_intervenant": complete,
    "assign": assign,
    "unassign": unassign,
    "cancel": cancel,
    "correct": correct,
    "withdraw": withdraw,
    "send_back": send_back,
    "validate": validate,
    "validate_for_client": validate_for_client,
    "contest": contest,
    "cancel_by_client": cancel_by_client,
    "retract": retract,
    "accept_change": accept_change,
    "refuse_change": refuse_change,
    "escalate": escalate,
    "dispute_cancellation": dispute_cancellation,
    "object": object_,
    "arbitrate": arbitrate,
    "reopen": reopen,
    "move": move,
}
