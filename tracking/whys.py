"""Why a visit stays where it is, in the words of a list: of one that its status stops, which status that is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from interventions.guards import Guard
from interventions.operations import RowOutcome
from interventions.states import Status

# «L’état ne permet plus cette action», said of many visits at once, would tell nobody apart.
STANDS: dict[Status, Promise] = {
    Status.DRAFT: _("Encore en brouillon"),
    Status.PLANNED: _("Encore à réaliser"),
    Status.DONE: _("Déjà réalisée"),
    Status.CONTESTED: _("Refusée par le client"),
    Status.ARBITRATION: _("À délibérer"),
    Status.VALIDATED: _("Déjà validée"),
    Status.CANCELLED: _("Annulée"),
}
# Whoever reads this of fifty visits in a row, or of a lot that they undo, has not had each before them.
SAID: dict[Guard, Promise] = {Guard.STALE: _("Changée entre-temps\u00a0: à relire avant d’agir.")}


@dataclass(frozen=True)
class Why:
    """What stops a visit: a guard, and the status where it is the status (None in lots of before that was kept)."""

    guard: Guard
    status: Status | None = None

    @classmethod
    def of(cls, answer: RowOutcome) -> Why | None:
        """Return why a row stays; None if it goes."""
        guard = answer.refusal
        return cls(guard, _status(guard, answer.from_status)) if guard else None

    @classmethod
    def kept(cls, left: Mapping[str, Any]) -> Why:
        """Return why a row stayed, from what a press kept of it (`Batch.refused`)."""
        guard = Guard(left["guard"])
        return cls(guard, _status(guard, left.get("status", "")))

    @classmethod
    def read(cls, text: str) -> Why | None:
        """Return the reason that an address names; None if it names none."""
        name, _dash, status = text.partition("-")
        if name not in set(Guard) or (status and not (name == Guard.STATUS and status in set(Status))):
            return None
        return cls(Guard(name), _status(Guard(name), status))

    @property
    def value(self) -> str:
        """Its name in an address."""
        return f"{self.guard}-{self.status}" if self.status else str(self.guard)

    @property
    def label(self) -> Promise:
        """Say it."""
        return STANDS[self.status] if self.status else SAID.get(self.guard, self.guard.label)


def _status(guard: Guard, text: str) -> Status | None:
    return Status(text) if text and guard is Guard.STATUS else None
