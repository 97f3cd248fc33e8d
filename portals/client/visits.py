"""The visits that the client's side sees, each with what this person may do about it now."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any
from uuid import UUID

from django.http import Http404
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from interventions import operations
from interventions.checks import contestable_until
from interventions.guards import Guard
from interventions.models import Intervention
from interventions.models.people import Civility
from interventions.querysets import InterventionQuerySet
from interventions.states import Action, Role, Status
from portals.client.entrance import PORTAL, Addresses, Entrance, entrance_of
from portals.client.gaps import Gap, hours_gap, km_gap
from portals.client.telling import Told, told
from portals.client.words import STATUS_WORDS
from portals.web import format as fmt
from portals.web.discretion import discreet_mission
from portals.web.requests import ActorRequest

TUTEUR_ANSWERS = gettext_lazy("Votre tuteur répond à votre place.")
MANDATE = (Guard.MAY_VALIDATE, Guard.MAY_CONTEST)
ANSWERS = (Action.VALIDATE, Action.CONTEST, Action.CANCEL_BY_CLIENT)


@dataclass(frozen=True)
class Visit:
    """One visit as a block shows it; what may be done comes from the domain, nothing is decided here.

    `until` is the last day on which what others did of it may be contested; `tutored` says that this is the client
    in person, whose tuteur answers alone.
    """

    row: Intervention
    possible: operations.Possibility
    today: date
    until: date | None = None
    tutored: bool = False
    entrance: Entrance = PORTAL

    @property
    def anchor(self) -> str:
        """The id of its block in the page."""
        return f"visite-{self.row.public_id}"

    @property
    def at(self) -> Addresses:
        """Where it is shown and acted upon."""
        return Addresses(self.entrance, self.row.public_id, self.anchor)

    @property
    def carer(self) -> str:
        """«Aïcha L.», all that the client's side learns of the intervenant's name here."""
        return self.row.intervenant.short_name if self.row.intervenant else _("Intervenant à désigner")

    @property
    def the_carer(self) -> str:
        """«l’intervenante», or «l’intervenant» where nobody said."""
        civility = self.row.intervenant.civility if self.row.intervenant else ""
        return _("l’intervenante") if civility == Civility.MRS else _("l’intervenant")

    @property
    def mission(self) -> str:
        """The ordre de mission, without the intervenant's whole name."""
        return discreet_mission(self.row)

    @cached_property
    def told(self) -> Told:
        """The sentence that says who came and when."""
        return told(self.row, self.today)

    @property
    def status_label(self) -> str:
        """Where it stands, seen from the person helped."""
        return str(STATUS_WORDS[self.row.state])

    @property
    def minutes(self) -> int:
        """How long it lasted, a clock change included; nothing once cancelled."""
        return 0 if self.is_cancelled else fmt.elapsed(self.row.retained_start, self.row.retained_end)

    @property
    def is_awaiting(self) -> bool:
        """Whether the client has still to say what became of it."""
        return self.row.state is Status.DONE

    @property
    def is_cancelled(self) -> bool:
        """Whether its hours are shown struck through."""
        return self.row.state is Status.CANCELLED

    @cached_property
    def gaps(self) -> tuple[Gap | None, Gap | None]:
        """How its hours and its kilometres differ from the plan, where there was one."""
        planned, done = self.row.planned, self.row.retained
        return (None, None) if planned is None else (hours_gap(planned, done), km_gap(planned, done))

    @property
    def as_planned(self) -> bool:
        """Whether it was planned and took place exactly so."""
        return self.row.planned_start is not None and self.gaps == (None, None)

    def may(self, action: Action) -> bool:
        """Return whether the domain lets this person do `action` now."""
        return action in self.possible.actions

    @property
    def may_validate(self) -> bool:
        """Whether Valider is offered."""
        return self.may(Action.VALIDATE)

    @property
    def may_modify(self) -> bool:
        """Whether Modifier is offered."""
        return self.may(Action.CONTEST)

    @property
    def may_cancel(self) -> bool:
        """Whether Annuler is offered."""
        return self.may(Action.CANCEL_BY_CLIENT)

    @property
    def may_retract(self) -> bool:
        """Whether the answer may be taken back."""
        return self.may(Action.RETRACT)

    @property
    def may_dispute(self) -> bool:
        """Whether the client's side may say that a cancelled visit did take place."""
        return self.may(Action.DISPUTE_CANCELLATION)

    @property
    def may_object(self) -> bool:
        """Whether a validation that did not come from the client's side may be contested."""
        return self.may(Action.OBJECT)

    @property
    def reasons(self) -> list[Promise]:
        """Why an answer is closed, each reason once, in the order of the buttons."""
        guards = [self.possible.blocked[action] for action in ANSWERS if action in self.possible.blocked]
        return [self._said(guard) for guard in dict.fromkeys(guards)]

    @property
    def why_left_out(self) -> Promise | str:
        """Why the press for the whole week leaves it alone; nothing where it does not."""
        guard = self.possible.blocked.get(Action.VALIDATE)
        return self._said(guard) if guard else ""

    @property
    def retract_reason(self) -> Promise | str:
        """Why an answer that still waits, or was just given, cannot be taken back; nothing where it can be."""
        guard = self.possible.blocked.get(Action.RETRACT)
        return self._said(guard) if guard else ""

    def _said(self, guard: Guard) -> Promise:
        return TUTEUR_ANSWERS if self.tutored and guard in MANDATE else guard.label


def joined(visits: InterventionQuerySet) -> InterventionQuerySet:
    """Read with each visit whom and what its block names, in the same statement."""
    return visits.select_related("intervenant", "prestation", "motif")


def with_possibilities(rows: Iterable[Any], request: ActorRequest) -> list[Visit]:
    """Return the visits with what may be done, in a number of statements that does not grow with them."""
    rows = list(rows)
    possible = operations.possibilities([row.pk for row in rows], request.actor, request.now)
    tutored = request.actor.role is Role.CLIENT and not request.actor.may_act
    entrance = entrance_of(request)
    known = ((row, possible[row.pk]) for row in rows if row.pk in possible)
    today = request.actor.today(request.now)
    return [Visit(row, may, today, contestable_until(may.row, request.actor), tutored, entrance) for row, may in known]


def visible(request: ActorRequest) -> InterventionQuerySet:
    """Return the visits of the client that this person looks at, and no other; by a link, those of its mail."""
    return joined(entrance_of(request).opens(Intervention.objects.visible_to(request.actor)))


def find(request: ActorRequest, public_id: UUID) -> Visit:
    """Return one of the client's visits; any other is not there (404)."""
    found = with_possibilities(visible(request).filter(public_id=public_id), request)
    if not found:
        raise Http404
    return found[0]
