"""What lines ask for, done through the workflow's own operations: the only writer of visits and their journal."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from interventions import operations
from interventions.guards import Facts
from interventions.models import Intervention
from interventions.operations import Change, NewVisit
from interventions.states import Action, Origin

from .base import Base
from .run import Run

if TYPE_CHECKING:
    from .visits import Visit


class Interrupted(Exception):
    """Somebody changed a visit or closed a month while the import ran: all of it is given up. Its text is French."""


@dataclass(frozen=True, slots=True)
class Wish:
    """A visit that is here, what a line wants of it, and the fields that may be written."""

    row: Intervention
    visit: "Visit"
    fields: tuple[str, ...]


def plan(run: Run, base: Base, visits: "Sequence[Visit]") -> list[int]:
    """Plan new visits and return their keys, in the same order. Without an intervenant a visit is a draft."""
    changes = [Change(Action.PLAN, ordre_de_mission=visit.ordre_de_mission, new=_new(base, visit)) for visit in visits]
    return _apply(run, changes)


def change(run: Run, base: Base, wishes: Sequence[Wish]) -> None:
    """Change visits that are draft or planned: first who comes, then when and what, then under which contrat.

    Each is one act a visit, so that the journal tells them apart; a step that no line asks for costs nothing.
    """
    touched: set[int] = set()
    for step in (_staffing, _detaching, _moving, _attaching):
        changes = [
            made
            for wish in wishes
            if (made := step(run, base, wish, None if wish.row.pk in touched else wish.row.version))
        ]
        if changes:
            _apply(run, changes)
            touched.update(made.intervention_id for made in changes if made.intervention_id)


def _new(base: Base, visit: "Visit") -> NewVisit:
    return NewVisit(
        client_id=base.clients.ids[visit.client],
        prestation_id=base.prestations.id(visit.prestation),
        start=visit.start,
        end=visit.end,
        km=visit.km,
        intervenant_id=base.intervenants.ids[visit.intervenant] if visit.intervenant else None,
        contrat_id=base.contrats[visit.contrat].id if visit.contrat else None,
        origin=Origin.IMPORT,
        number=visit.number,
    )


def _staffing(run: Run, base: Base, wish: Wish, seen: int | None) -> Change | None:
    """A carer for a draft, or none any more for a planned visit. One carer for another is a move."""
    if "intervenant" not in wish.fields or (wish.visit.intervenant and wish.row.intervenant_id):
        return None
    if wish.visit.intervenant:
        carer = base.intervenants.ids[wish.visit.intervenant]
        return Change(Action.ASSIGN, wish.row.pk, seen, intervenant_id=carer)
    return Change(Action.UNASSIGN, wish.row.pk, seen, reason=_("Import n° %(number)d") % {"number": run.row().number})


def _moving(run: Run, base: Base, wish: Wish, seen: int | None) -> Change | None:
    visit, fields = wish.visit, wish.fields
    reassigned = "intervenant" in fields and visit.intervenant and wish.row.intervenant_id
    other_client = _other_client(base, wish)
    if not reassigned and not other_client and not {"hours", "km", "prestation", "ordre_de_mission"} & set(fields):
        return None
    return Change(
        Action.MOVE,
        wish.row.pk,
        seen,
        facts=_facts(wish),
        intervenant_id=base.intervenants.ids[visit.intervenant] if reassigned else None,
        prestation_id=base.prestations.id(visit.prestation) if "prestation" in fields else None,
        ordre_de_mission=visit.ordre_de_mission if "ordre_de_mission" in fields else None,
        client_id=other_client,
    )


def _facts(wish: Wish) -> Facts | None:
    """The planned facts with what the line changes of them: hours and kilometres change each by itself."""
    now, visit = wish.row.planned or wish.row.retained, wish.visit
    start, end = (visit.start, visit.end) if "hours" in wish.fields else (now.start, now.end)
    km = visit.km if "km" in wish.fields else now.km
    facts = Facts(start, end, km)
    return facts if facts != now else None


def _other_client(base: Base, wish: Wish) -> int | None:
    """The key of the client to whom the line moves the visit: a client changes as one with their contrat."""
    client = base.clients.ids[wish.visit.client]
    return client if "contrat" in wish.fields and client != wish.row.client_id else None


def _detaching(_run: Run, base: Base, wish: Wish, seen: int | None) -> Change | None:
    """A contrat is its client's: a visit that moves to another client leaves the former contrat first."""
    if _other_client(base, wish) is None or wish.row.contrat_id is None:
        return None
    return Change(Action.ATTACH, wish.row.pk, seen, contrat_id=None)


def _attaching(_run: Run, base: Base, wish: Wish, seen: int | None) -> Change | None:
    contrat = base.contrats[wish.visit.contrat].id if wish.visit.contrat else None
    detached = _other_client(base, wish) is not None
    if "contrat" not in wish.fields or contrat == (None if detached else wish.row.contrat_id):
        return None
    return Change(Action.ATTACH, wish.row.pk, seen, contrat_id=contrat)


def _apply(run: Run, changes: list[Change]) -> list[int]:
    outcome = operations.apply(changes, actor=run.actor, at=run.at, key=run.next_key())
    if outcome.refused:
        raise Interrupted(outcome.refused[0].message)
    return [row.intervention_id for row in outcome.rows if row.intervention_id is not None]
