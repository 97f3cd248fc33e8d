"""Visits that no contrat facturable covers, and the contrat to propose for each: one statement, whatever the rows.

The rule of the suggestion is domain's, "Contrat facturable": one of the same prestation, the latest début if there
are several; it must be a contrat facturable for the visit. `ContratTerms.covers` says the same over one row.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import TruncMonth

from interventions.actor import Actor
from interventions.models import Contrat, ContratState, Intervention, Period
from interventions.operations import Change, among
from interventions.states import Action, Status
from interventions.workflow import FACT_CHANGES

if TYPE_CHECKING:
    from interventions.querysets import InterventionQuerySet


def suggested() -> Subquery:
    """Return, for a queryset of visits, the key of the contrat to propose for each; null where none suits."""
    same = Contrat.objects.filter(
        agence_id=OuterRef("agence_id"), client_id=OuterRef("client_id"), prestation_id=OuterRef("prestation_id")
    )
    runs = Q(ends_on__gte=OuterRef("day")) | (Q(ends_on__isnull=True) & ~Q(state=ContratState.TERMINATED))
    facturable = same.filter(runs, billable=True, starts_on__lte=OuterRef("day")).exclude(state=ContratState.DRAFT)
    return Subquery(facturable.order_by("-starts_on", "-id").values("pk")[:1])


def suggestions(ids: Collection[int], actor: Actor) -> dict[int, int | None]:
    """Return the contrat to propose for each of the actor's visits among `ids` (None where none suits).

    One statement for n visits. A visit that the actor does not see is not in the answer.
    """
    if not ids:
        return {}
    mine: Any = Intervention.objects.visible_to(actor).filter(among(ids))
    return dict(mine.annotate(suggested=suggested()).values_list("pk", "suggested"))


def to_attach(actor: Actor) -> InterventionQuerySet:
    """Return the actor's visits that no contrat facturable covers and that may still be attached to one.

    What is cancelled needs none, and a closed month stands still.
    """
    closed = Period.objects.filter(agence_id=OuterRef("agence_id"), month=OuterRef("month"), closed_at__isnull=False)
    mine = Intervention.objects.visible_to(actor).filter(status__in=FACT_CHANGES[Action.ATTACH])
    return mine.without_billable(actor.agence_id).alias(month=TruncMonth("day")).filter(~Exists(closed))


def is_to_admit(status: str, declared: object) -> bool:
    """Return whether attaching this visit presents it to the client: an intervenant added it without a contrat."""
    return status == Status.DRAFT and declared is not None


def changes(chosen: Mapping[int, tuple[int, int]], actor: Actor) -> list[Change]:
    """Return the acts that attach visits: `chosen` holds, by visit, the version seen and the contrat.

    A visit that an intervenant added without a contrat is admitted, any other attached; one statement.
    A visit that is not the actor's stays in, to be named as unknown by `apply`.
    """
    mine: Any = Intervention.objects.visible_to(actor).filter(among(chosen))
    standing = {key: is_to_admit(status, at) for key, status, at in mine.values_list("pk", "status", "declared_at")}
    return [
        Change(Action.ADMIT if standing.get(visit) else Action.ATTACH, visit, seen=version, contrat_id=contrat)
        for visit, (version, contrat) in chosen.items()
    ]


@dataclass(frozen=True)
class Proposals:
    """What a press would attach: the acts, and the visits that stay with a reason of their own.

    `covered` have a contrat facturable already; for `without` no contrat facturable of their prestation exists.
    """

    changes: list[Change]
    covered: list[int]
    without: list[int]


def proposals(seen: Mapping[int, int], actor: Actor) -> Proposals:
    """Return the acts that attach visits to what is proposed for each; `seen` holds the version by visit.

    Three statements whatever the rows. A visit that the actor does not see is in none of the lists.
    """
    found = suggestions(seen, actor)
    mine: Any = Intervention.objects.visible_to(actor).filter(among(seen))
    covered = set(mine.billable().values_list("pk", flat=True))
    known = {key: (seen[key], contrat) for key, contrat in found.items() if contrat and key not in covered}
    without = [key for key in seen if key in found and key not in covered and not found[key]]
    return Proposals(changes(known, actor), [key for key in seen if key in covered], without)


def contrats_of(clients: Iterable[int], actor: Actor) -> dict[int, list[Contrat]]:
    """Return the contrats of these clients that the actor sees, by client, the latest début first; one statement."""
    found: QuerySet[Any] = Contrat.objects.visible_to(actor).filter(client_id__in=set(clients))
    by_client: dict[int, list[Contrat]] = {}
    for contrat in found.select_related("prestation").order_by("-starts_on", "-id"):
        by_client.setdefault(contrat.client_id, []).append(contrat)
    return by_client
