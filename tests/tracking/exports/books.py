"""A gestionnaire who closes months and exports them, at instants that follow each other."""

import datetime as dt
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from interventions.guards import Facts
from interventions.models import Intervention
from interventions.operations import close_month, reopen_month
from interventions.states import Action
from tests.factories import World
from tracking.exports import making
from tracking.exports.records import Export, ExportKind, ExportLine, Nature

PAY, BILLING = ExportKind.PAY, ExportKind.BILLING
SEPTEMBER, OCTOBER, NOVEMBER = (dt.date(2026, month, 1) for month in (9, 10, 11))


@dataclass
class Books:
    """An agency's visits, its months and its exports."""

    world: World
    now: dt.datetime = field(init=False)

    def __post_init__(self) -> None:
        self.now = self.world.now

    def later(self) -> dt.datetime:
        """Let a minute pass."""
        self.now += dt.timedelta(minutes=1)
        return self.now

    def close(self, *months: dt.date) -> None:
        """Close months."""
        for month in months:
            close_month(self.world.as_manager, month, self.later())

    def reopen(self, *months: dt.date) -> None:
        """Reopen months."""
        for month in months:
            reopen_month(self.world.as_manager, month, self.later())

    def make(self, kind: ExportKind, month: dt.date) -> Export | None:
        """Make a numbered export."""
        return making.make(self.world.as_manager, kind, month, self.later())

    def export(self, kind: ExportKind, month: dt.date) -> list[tuple[str, ...]]:
        """Make one and return its lines; none where nothing was due."""
        made = self.make(kind, month)
        return lines(made) if made else []

    def act(self, visit: Intervention, action: Action, **fields: Any) -> None:
        """Do an act as the gestionnaire."""
        outcome = self.world.act(visit, action, self.world.as_manager, reason="Il le faut.", **fields)
        assert not outcome.refused, outcome.refused

    def done(self, visit: Intervention, **fields: Any) -> Intervention:
        """Let the intervenant declare a visit."""
        outcome = self.world.act(visit, Action.COMPLETE, self.world.as_intervenant, **fields)
        assert not outcome.refused, outcome.refused
        return visit

    def validated(self, day: dt.date, **fields: Any) -> Intervention:
        """Return a visit that both sides agree on."""
        return self.agreed(self.done(self.world.visit(day=day, **fields)))

    def agreed(self, visit: Intervention) -> Intervention:
        """Let the client validate a visit."""
        assert not self.world.act(visit, Action.VALIDATE, self.world.as_client).refused
        return visit

    def cancelled(self, day: dt.date, **motif: bool) -> Intervention:
        """Return a visit that the office cancelled, with a motif that says whether it stays billed and paid."""
        chosen = self.world.motif(kind="annulation")
        for name, value in motif.items():
            setattr(chosen, name, value)
        chosen.save()
        visit = self.world.visit(day=day)
        self.act(visit, Action.CANCEL, motif_id=chosen.pk)
        return visit

    def corrected(self, visit: Intervention, minutes: int, km: str = "2.4") -> None:
        """Lead a validated visit back, and let both sides agree on another length."""
        self.act(visit, Action.REOPEN)
        self.act(visit, Action.SEND_BACK)
        start = visit.retained_start
        self.done(visit, facts=Facts(start, start + dt.timedelta(minutes=minutes), Decimal(km)))
        self.agreed(visit)


def lines(export: Export) -> list[tuple[str, ...]]:
    """Return the lines of an export in the order of its file: nature, month, minutes, kilometres."""
    found = ExportLine.objects.filter(export_id=export.pk).order_by("place", "day", "start", "id")
    return [(Nature(one.nature).name, f"{one.month:%m}", f"{one.total_minutes}", f"{one.km}") for one in found]
