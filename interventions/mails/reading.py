"""Which lines of a mail still have something to say, and what is true of their visits now."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from interventions import recipients
from interventions.models import (
    Batch,
    Intervenant,
    Intervention,
    JournalEntry,
    JournalText,
    Mail,
    MailLine,
    Proposition,
)
from interventions.recipients import Recipients
from interventions.states import Action, Role
from interventions.workflow import Told

FACTS = ("planned_start", "planned_end", "planned_km", "intervenant_id", "prestation_id")


@dataclass(frozen=True, slots=True)
class Matter:
    """One visit as one mail tells of it: who reads, what was done, what is true now."""

    line: MailLine
    told: Told
    action: Action
    visit: Intervention
    entry: JournalEntry
    batch: Batch
    texts: JournalText | None
    proposition: Proposition | None

    @property
    def asks(self) -> bool:
        """Whether it is the reader's turn."""
        turn = self.visit.state.turn
        return turn is not None and str(turn) == str(self.told)


def lock(lines: Iterable[MailLine]) -> dict[int, Intervention]:
    """Lock the visits of these lines against any act, in order, and return them as they are.

    Whoever acts afterwards sees the mail as leaving; whoever acted before is seen here.
    """
    visits = (
        Intervention.objects.filter(pk__in=[line.intervention_id for line in lines])
        .order_by("pk")
        .select_for_update(of=("self",), no_key=True)
    )
    return {visit.pk: visit for visit in visits}


def read(mail: Mail, now: datetime) -> list[Matter]:
    """Return what the mail has left to say, oldest visit first. Locks the visits; call it in a transaction.

    A line drops out when its visit is past the step it tells of, when its reader no longer has the role in which
    they were told, or when nothing is changed after all. The statements do not grow with the lines.
    """
    lines = list(mail.lines.select_related("entry__batch"))
    visits = lock(lines)
    current = [line for line in lines if visits[line.intervention_id].step == line.step]
    if not current:
        return []
    _attach(visits)
    people = _people(mail, current, visits, now)
    texts = JournalText.objects.in_bulk([line.entry_id for line in current])
    open_ones = Proposition.objects.filter(intervention__in=visits, closed_at__isnull=True).select_related("motif")
    propositions = {one.intervention_id: one for one in open_ones}
    found = []
    for line in current:
        visit = visits[line.intervention_id]
        told = _told(line, visit, mail, people)
        if told and not _came_to_nothing(line, visit, told):
            entry = line.entry
            text, proposed = texts.get(entry.pk), propositions.get(visit.pk)
            action = Action(line.action)
            found.append(Matter(line, told, action, visit, entry, entry.batch, text, proposed))
    return sorted(found, key=lambda one: (one.visit.retained_start, one.visit.pk))


def _attach(visits: dict[int, Intervention]) -> None:
    """Give the locked visits their neighbours; joined in the locking statement, they would be locked too."""
    names = Intervention.objects.filter(pk__in=visits).select_related("client", "intervenant", "prestation", "motif")
    for full in names:
        for name in ("client", "intervenant", "prestation", "motif"):
            setattr(visits[full.pk], name, getattr(full, name))


def _people(mail: Mail, lines: Sequence[MailLine], visits: dict[int, Intervention], now: datetime) -> Recipients:
    own = Intervenant.objects.filter(agence_id=mail.agence_id, user_id=mail.user_id).values_list("pk", flat=True)
    return recipients.read(
        mail.agence_id,
        clients={visit.client_id for visit in visits.values()},
        intervenants=list(own),
        managers=any(line.role == Role.MANAGER for line in lines),
        today=now.astimezone(mail.agence.zone).date(),
    )


def _told(line: MailLine, visit: Intervention, mail: Mail, people: Recipients) -> Told | None:
    """Return in what role the reader may read this line today, or None."""
    if line.role == Role.CLIENT:
        return Told.CLIENT if mail.user_id in people.of_client(visit.client_id) else None
    if line.role == Role.MANAGER:
        return Told.MANAGER if mail.user_id in people.of_managers(visit.client_id) else None
    own = people.intervenants_of(mail.user_id)
    if visit.intervenant_id in own:
        return Told.INTERVENANT
    return Told.FORMER_INTERVENANT if line.entry.before.get("intervenant_id") in own else None


def _came_to_nothing(line: MailLine, visit: Intervention, told: Told) -> bool:
    """Whether what the agency changed is as it was before: moved and moved back, handed over and back."""
    if line.action != Action.MOVE or told is Told.FORMER_INTERVENANT:
        return False
    before = line.entry.before
    return all(_same(before[name], getattr(visit, name)) for name in FACTS if name in before)


def _same(journalled: Any, present: Any) -> bool:
    if isinstance(present, datetime):
        return isinstance(journalled, str) and datetime.fromisoformat(journalled) == present
    return journalled == present or str(journalled) == str(present)


def told_lines(matters: Sequence[Matter]) -> list[int]:
    """Return the keys of the lines that figure."""
    return [matter.line.pk for matter in matters]
