"""The ids of somebody else, in the place of the owner's own in what the owner sends."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from django.db.models import F, Q

from interventions.models import Batch, Intervention, Motif
from interventions.states import Action
from tests import factories
from tests.factories import NOW
from tests.portals.leaks.forms import Form, Payload
from tests.portals.leaks.people import Stage
from tests.portals.leaks.world import Side, a_selection
from tracking.models import Selection

type Rows = Callable[[Stage, str], Iterator[Any]]
# What can be chosen in a form and names no row of an agency.
ENTERED = {"ground", "choice", "state", "second_start", "second_end", "km", "chips", "length", "kind", "fate"}
SHOWN = {"portee", "acte", "statut", "page", "unite", "validee", "courrier", "colonne", "dates", "defaut", "partagee"}
OF_MANDATES = {"may_validate", "may_contest", "gets_mails"}
OF_SERIES = {"weekdays", "interval", "skips_holidays"}
OF_MAILS = {"topic", "no_logo"}
OF_PEOPLE = {"civility", "tacit_opt_out", "past", "understood"}
OF_LISTS = {"billable", "accept", "opens_hours", "opens_km", "billed", "paid", "billing_step", "billing_rounding"}
OF_STAFF = {"scope", "may_manage", "may_arbitrate", "may_close", "may_unlock", "may_administer"}
OF_INVITATIONS = {"qui"}
OF_SETTINGS = {"second_factor_required"}
PLAIN = frozenset(
    ENTERED
    | SHOWN
    | OF_SETTINGS
    | OF_MANDATES
    | OF_SERIES
    | OF_MAILS
    | OF_PEOPLE
    | OF_LISTS
    | OF_STAFF
    | OF_INVITATIONS
)


def _sides(stage: Stage, role: str) -> list[Side]:
    """Return whose visits and clients are not the owner's; a manager has those of the client beside too."""
    return [stage.away] if role == "manager" else [stage.away, stage.near]


def _motifs(stage: Stage, _role: str) -> Iterator[Any]:
    for kind in ("refus", "annulation"):
        yield from Motif.objects.filter(agence=stage.away.world.agence, kind=kind)[:2]


def _contrats(stage: Stage, _role: str) -> Iterator[Any]:
    yield from (stage.away.world.contrat, stage.near.world.contrat)


def _intervenants(stage: Stage, _role: str) -> Iterator[Any]:
    yield stage.away.world.intervenant


def _prestations(stage: Stage, _role: str) -> Iterator[Any]:
    yield stage.away.world.prestation


def _clients(stage: Stage, role: str) -> Iterator[Any]:
    yield from (side.world.client for side in _sides(stage, role))


def _secteurs(stage: Stage, _role: str) -> Iterator[Any]:
    yield stage.away.secteur


def _visits(stage: Stage, role: str) -> Iterator[Any]:
    yield from (side.visits["done"] for side in _sides(stage, role))


def _selections(stage: Stage, _role: str) -> Iterator[Any]:
    yield a_selection(stage.away)
    colleague = factories.a_gestionnaire(stage.home.world.agence)
    visits = a_selection(stage.home).visits
    yield Selection.objects.create(agence=colleague.agence, user=colleague.user, visits=visits, made_at=NOW)


def _lots(stage: Stage, role: str) -> Iterator[Any]:
    for side in _sides(stage, role):
        entry = side.visits["done"].journal.get(action=Action.COMPLETE)
        yield Batch.objects.get(pk=entry.batch_id)


ROWS: dict[str, Rows] = {
    "motif": _motifs,
    "contrat": _contrats,
    "intervenant": _intervenants,
    "prestation": _prestations,
    "client": _clients,
    "secteur": _secteurs,
    "secteurs": _secteurs,
    "visite": _visits,
    "selection": _selections,
    "lot": _lots,
}


def unknown_choices(form: Form) -> set[str]:
    """Return what can be chosen in a form of which these tests do not know whether it names a row."""
    return {name for name in form.offered if name.rpartition("-")[2] not in {*ROWS, *PLAIN}}


def swapped(stage: Stage, role: str, form: Form, payload: Payload) -> Iterator[tuple[str, Payload]]:
    """Return the owner's payload with one id of a foreign row in it, each time another; and what was swapped."""
    for name, rows in ROWS.items():
        if name in payload:
            like = next(value for value in [*payload[name], *form.offered.get(name, [])] if value)
            for row in rows(stage, role):
                yield f"{name} {row}", payload | {name: [_written(row, like)]}
                if name == "visite":
                    yield f"{name} {row} beside one's own", payload | {name: [*payload[name], _written(row, like)]}
    for side in _sides(stage, role):
        own, theirs = (each.visits["planned"].public_id.hex for each in (stage.home, side))
        if f"{own}-seen" in payload:
            moved = {name.replace(own, theirs): value for name, value in payload.items()}
            yield f"the visit of {side.mark}", moved


def _written(row: Any, like: str) -> str:
    """Write a row's id as the form writes its own."""
    if like.isdecimal():
        return str(row.pk)
    return f"{row.public_id}:{row.version}" if ":" in like else str(row.public_id)


def mixed_up() -> int:
    """Count the visits that hang on something of another agency, or on the contrat of another client."""
    apart = Q()
    for name in ("client", "intervenant", "prestation", "contrat", "motif"):
        apart |= Q(**{f"{name}__isnull": False}) & ~Q(**{f"{name}__agence": F("agence")})
    others = Q(contrat__isnull=False) & ~Q(contrat__client=F("client"))
    return Intervention.objects.filter(apart | others).count()
