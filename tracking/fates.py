"""What became of each row of a press: those that stayed first, with the reason, then those that went."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Case, Count, Exists, F, OuterRef, Q, QuerySet, Subquery, When

from interventions.actor import Actor
from interventions.models import Batch, Intervention, JournalEntry, Reminder
from interventions.operations import among
from interventions.states import Action, Role
from interventions.workflow import REMINDERS
from tracking.rows import PAGE
from tracking.whys import Why

DONE = "done"
ASKED_AGAIN = [str(action) for action in REMINDERS]


@dataclass(frozen=True)
class Fate:
    """One row of a press: the visit as it stands now, and what the press did to it or why it did not."""

    visit: Intervention
    done: bool
    said: str


@dataclass(frozen=True)
class Left:
    """A visit that a press left alone."""

    visit: int
    why: Why


@dataclass(frozen=True)
class Fates:
    """The rows of one press that the actor may see."""

    actor: Actor
    left: list[Left]
    entries: QuerySet[Any]
    done: int
    validated: int = 0
    attached: int = 0

    @property
    def by_reason(self) -> list[tuple[Why, int]]:
        """How many stayed for each reason, the most frequent first."""
        return Counter(left.why for left in self.left).most_common()

    def narrowed(self, to: str) -> Fates:
        """Return those that went ("done"), those that stayed for one reason, or, for any other word, all."""
        if to == DONE:
            return Fates(self.actor, [], self.entries, self.done)
        if why := Why.read(to):
            chosen = [left for left in self.left if left.why == why]
            return Fates(self.actor, chosen, self.entries.none(), 0)
        return self

    @property
    def count(self) -> int:
        """How many there are."""
        return len(self.left) + self.done

    def page(self, start: int) -> list[Fate]:
        """Return PAGE of them from a position on; a press never changes, so a position stays what it was."""
        left = self.left[start : start + PAGE]
        first = max(0, start - len(self.left))
        entries = list(self.entries.order_by("pk")[first : first + PAGE - len(left)]) if len(left) < PAGE else []
        keys = [row.visit for row in left] + [entry.intervention_id for entry in entries]
        visits = _visits(self.actor, keys)
        shown = [Fate(visits[row.visit], False, str(row.why.label)) for row in left if row.visit in visits]
        return shown + [
            Fate(visits[entry.intervention_id], True, str(Action(entry.action).label))
            for entry in entries
            if entry.intervention_id in visits
        ]


def _visits(actor: Actor, keys: list[int]) -> dict[Any, Any]:
    mine = Intervention.objects.visible_to(actor).filter(among(keys))
    return mine.select_related("client", "intervenant").in_bulk()


def batch_of(actor: Actor, public_id: UUID) -> Batch | None:
    """Return a press of the agency's staff, or None; which of its rows may be seen is another question."""
    found = Batch.objects.filter(agence_id=actor.agence_id, role=Role.MANAGER, public_id=public_id)
    return found.select_related("undoes").first()


def recent(actor: Actor) -> QuerySet[Batch]:
    """Return the lots, the latest first, with how many visits of each (`went`) the actor may see.

    One of which they may see no row is not there, unless it is theirs or they see all of the agency's. A press that
    validated in clients' places is a lot wherever it was made, and so is what undid one.
    """
    mine = Intervention.objects.visible_to(actor)
    entries = JournalEntry.objects.filter(batch=OuterRef("pk"), intervention__in=mine)
    reminders = Reminder.objects.filter(batch=OuterRef("pk"), intervention__in=mine)
    went, asked = (
        rows.order_by().values("batch").annotate(n=Count("pk")).values("n") for rows in (entries, reminders)
    )
    # A large lot knows its figures; to count its rows again for a list would cost more than the list.
    known = F("work__handled") - F("work__left")
    whole = Q(work__isnull=False) if actor.secteur_ids is None else Q(work__isnull=False, actor=actor.user_id)
    shown = Q(Exists(entries)) | Q(act__in=ASKED_AGAIN) & Q(Exists(reminders)) | Q(actor=actor.user_id)
    if actor.secteur_ids is None:
        shown |= Q(work__isnull=False)
    validated = Q(Exists(entries.filter(action=Action.VALIDATE_FOR_CLIENT)))
    lot = ~Q(act="") | validated | Q(undoes__isnull=False)
    found = Batch.objects.filter(lot, shown, agence_id=actor.agence_id, role=Role.MANAGER)
    undone = Batch.objects.filter(undoes=OuterRef("pk"), agence_id=actor.agence_id)
    return (
        found.annotate(
            went=Case(
                When(whole, then=known), When(act__in=ASKED_AGAIN, then=Subquery(asked)), default=Subquery(went)
            ),
            undone=Exists(undone),
        )
        .defer("refused")
        .order_by("-at", "-id")
    )


def fates(batch: Batch, actor: Actor) -> Fates:
    """Return what became of the rows of a press, as far as the actor may see them."""
    mine = Intervention.objects.visible_to(actor)
    reminders = batch.act in REMINDERS
    entries: Any = (batch.reminders if reminders else batch.entries).filter(intervention__in=mine)
    left = [Left(row["id"], Why.kept(row)) for row in batch.refused if row["id"]]
    if left:
        seen = set(mine.filter(among([row.visit for row in left])).values_list("pk", flat=True))
        left = [row for row in left if row.visit in seen]
    if reminders:
        return Fates(actor, left, entries, entries.count())
    in_place = Count("pk", filter=Q(action=Action.VALIDATE_FOR_CLIENT))
    attached = Count("pk", filter=Q(action=Action.ATTACH))
    counted = entries.aggregate(done=Count("pk"), validated=in_place, attached=attached)
    return Fates(actor, left, entries, **counted)
