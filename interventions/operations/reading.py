"""Reading what a decision needs: rows under lock, the months, the terms of what was chosen."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cache, lru_cache
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import F, FilteredRelation, Q

from interventions import hours
from interventions.actor import Actor
from interventions.guards import ContratTerms, Facts, MotifTerms, OpenProposition, Row
from interventions.models import Client, Contrat, Intervenant, Intervention, Motif, MotifKind, Prestation
from interventions.operations.changes import Change
from interventions.querysets import InterventionQuerySet, among
from interventions.states import Role, Status

OWN_CLIENT_DAYS = 60

_PLAIN = (
    "id",
    "public_id",
    "status",
    "version",
    "step",
    "client_id",
    "intervenant_id",
    "prestation_id",
    "contrat_id",
    "origin",
    "day",
    "series_id",
)
_FACTS = tuple(f"{name}_{part}" for name in ("planned", "declared", "retained") for part in ("start", "end", "km"))
_REST = (
    "ordre_de_mission",
    "comment",
    "done_at",
    "declared_at",
    "declared_on_behalf",
    "settled_by",
    "settled_at",
    "last_action",
    "last_role",
    "last_actor_id",
    "last_at",
    "cancelled_by",
    "withdrawn",
    "billable_checked",
    "motif_id",
)
_CONTRAT = tuple(f"contrat__{name}" for name in ("client_id", "state", "billable", "starts_on", "ends_on"))
_PROPOSITION = tuple(f"open_proposition__{name}" for name in ("id", "is_annulation", "motif_id", "start", "end", "km"))
_AT = len(_PLAIN)
_STATUSES = {str(status): status for status in Status}
_COLUMNS = (*_PLAIN, *_FACTS, *_REST, *_CONTRAT, *_PROPOSITION, "client__tacit_opt_out")


_MONTHS = "SELECT month, closed_at FROM interventions_period WHERE agence_id = %s AND month = ANY(%s) ORDER BY id"
_MONTHS_SHARED = _MONTHS + " FOR SHARE"

# The days of a visit are those of the agency's calendar.
_AWAY = """
SELECT visit.id FROM interventions_intervention visit
JOIN interventions_agence agence ON agence.id = visit.agence_id
WHERE visit.id = ANY(%s) AND EXISTS (
    SELECT 1 FROM interventions_absence absence
    WHERE absence.agence_id = visit.agence_id AND absence.client_id = visit.client_id
    AND absence.starts_on <= ((visit.retained_end - interval '1 second') AT TIME ZONE agence.timezone)::date
    AND COALESCE(absence.ends_on, 'infinity'::date) >= visit.day
)
"""


def _row(values: tuple[Any, ...]) -> Row:
    key, public_id, status, *others = values[:_AT]
    facts, contrat, proposition = values[_AT : _AT + 9], values[-12:-7], values[-7:-1]
    parts: tuple[Any, ...] = (
        key,
        public_id,
        _STATUSES[status],
        *others,
        None if facts[0] is None else Facts(*facts[0:3]),
        None if facts[3] is None else Facts(*facts[3:6]),
        Facts(*facts[6:9]),
        *values[_AT + 9 : -12],
        None if contrat[0] is None else ContratTerms(*contrat),
        values[-1],
        None if proposition[0] is None else _proposition(proposition),
    )
    return Row(*parts)


def _proposition(values: tuple[Any, ...]) -> OpenProposition:
    key, is_annulation, motif_id, start, end, km = values
    return OpenProposition(key, is_annulation, None if start is None else Facts(start, end, km), motif_id)


def read_rows(found: InterventionQuerySet) -> dict[int, Row]:
    """Read the visits of a queryset with all that guards look at, in one statement; no lock."""
    return {values[0]: _row(values) for values in _with_neighbours(found)}


def _with_neighbours(found: InterventionQuerySet) -> Any:
    return found.annotate(
        open_proposition=FilteredRelation("propositions", condition=Q(propositions__closed_at__isnull=True))
    ).values_list(*_COLUMNS)


def read_visible(actor: Actor, ids: Collection[int]) -> dict[int, Row]:
    """Read the actor's visits among `ids` with all that guards look at, in one statement; no lock."""
    try:
        sql, parameters = _sql_visible_to(actor)
    except EmptyResultSet:
        # Somebody without any secteur sees nothing, which no statement needs to be asked.
        return {}
    with connection.cursor() as cursor:
        cursor.execute(sql, [list(ids) if value == [] else value for value in parameters])
        return {values[0]: _row(values) for values in cursor.fetchall()}


@lru_cache(maxsize=1024)
def _sql_visible_to(actor: Actor) -> tuple[str, tuple[Any, ...]]:
    """Return the statement that reads the actor's visits with some keys, put together once, and its parameters.

    An empty list stands in the place of the keys.
    """
    mine = Intervention.objects.visible_to(actor).filter(among([]))
    sql, parameters = _with_neighbours(mine).query.sql_with_params()
    return sql, parameters


@cache
def _sql_by_keys() -> str:
    """Return the statement that reads the visits with some keys, put together once: its one parameter is the keys."""
    sql, _parameters = _with_neighbours(Intervention.objects.filter(among([]))).query.sql_with_params()
    return str(sql)


def _read(keys: list[int]) -> dict[int, Row]:
    with connection.cursor() as cursor:
        cursor.execute(_sql_by_keys(), [keys])
        return {values[0]: _row(values) for values in cursor.fetchall()}


def absent_clients(ids: Collection[int]) -> frozenset[int]:
    """Return the visits among `ids` that begin or end on a day on which their client is away."""
    with connection.cursor() as cursor:
        cursor.execute(_AWAY, [list(ids)])
        return frozenset(key for (key,) in cursor.fetchall())


def lock_rows(actor: Actor, ids: Collection[int]) -> dict[int, Row]:
    """Lock the actor's visits among `ids`, in the order of their keys, then read them as they are now."""
    if not ids:
        return {}
    mine = Intervention.objects.visible_to(actor).filter(among(ids))
    locked = list(mine.order_by("pk").select_for_update(no_key=True, of=("self",)).values_list("pk", flat=True))
    return _read(locked)


def closed_months(agence_id: int, days: Iterable[date], share: bool = True) -> frozenset[date]:
    """Return the closed months among those of `days`; `share` holds them as they are until the transaction ends."""
    months = sorted({hours.month_of(day) for day in days})
    if not months:
        return frozenset()
    with connection.cursor() as cursor:
        cursor.execute(
            _MONTHS_SHARED if share else _MONTHS,
            [agence_id, months],
        )
        return frozenset(month for month, closed_at in cursor.fetchall() if closed_at is not None)


def own_clients(actor: Actor, now: datetime) -> InterventionQuerySet:
    """Return the visits that make a client an intervenant's own: theirs, in the last or next 60 days."""
    today, reach = actor.today(now), timedelta(days=OWN_CLIENT_DAYS)
    return Intervention.objects.visible_to(actor).between(today - reach, today + reach)


@dataclass(slots=True)
class Terms:
    """What the changes of a press refer to, of this agency only; what is absent is not there to be chosen."""

    contrats: dict[int, tuple[ContratTerms, int]] = field(default_factory=dict)
    motifs: dict[int, MotifTerms] = field(default_factory=dict)
    intervenants: frozenset[int] = frozenset()
    prestations: frozenset[int] = frozenset()
    clients: frozenset[int] = frozenset()
    own_clients: frozenset[int] = frozenset()
    numbers: set[str] = field(default_factory=set)

    def billable_for(self, client_id: int, prestation_id: int, day: date) -> int | None:
        """Return the contrat facturable of that prestation for that client and day: the latest début if several."""
        fitting = [
            (terms.starts_on, key)
            for key, (terms, prestation) in self.contrats.items()
            if prestation == prestation_id and terms.covers(client_id, day)
        ]
        return max(fitting)[1] if fitting else None


def read_terms(changes: Iterable[Change], actor: Actor, now: datetime) -> Terms:
    """Read what the changes refer to, one statement a kind and none for a kind that nobody refers to."""
    changes = list(changes)
    news = [change.new for change in changes if change.new]
    terms = Terms()
    contrats = {change.contrat_id for change in changes} | {new.contrat_id for new in news}
    reported = {new.client_id for new in news} if actor.role is Role.INTERVENANT else set()
    terms.contrats = _contrats(actor, contrats - {None}, reported)
    motifs = {change.motif_id for change in changes if change.motif_id}
    if motifs:
        found = Motif.objects.filter(agence_id=actor.agence_id, pk__in=motifs)
        terms.motifs = {
            motif.pk: MotifTerms(
                motif.pk,
                motif.kind == MotifKind.ANNULATION,
                motif.opens_hours,
                motif.opens_km,
                motif.archived_at is None,
            )
            for motif in found
        }
    terms.intervenants = _keys(
        Intervenant, actor, [c.intervenant_id for c in changes] + [n.intervenant_id for n in news]
    )
    terms.prestations = _keys(Prestation, actor, [c.prestation_id for c in changes] + [n.prestation_id for n in news])
    terms.clients = _keys(Client, actor, [new.client_id for new in news] + [c.client_id for c in changes])
    numbers = {new.number for new in news} - {""}
    if numbers:
        taken = Intervention.objects.filter(agence_id=actor.agence_id, number__in=numbers)
        terms.numbers = set(taken.values_list("number", flat=True))
    if reported:
        terms.own_clients = frozenset(own_clients(actor, now).values_list("client_id", flat=True))
    return terms


def _contrats(actor: Actor, keys: set[Any], clients: set[int]) -> dict[int, tuple[ContratTerms, int]]:
    if not keys and not clients:
        return {}
    found = Contrat.objects.filter(among(keys) | Q(client__in=clients), agence_id=actor.agence_id)
    rows: Iterable[Any] = found.values_list(
        "pk", "prestation_id", "client_id", "state", "billable", "starts_on", "ends_on"
    )
    return {key: (ContratTerms(*terms), prestation) for key, prestation, *terms in rows}


def _keys(model: Any, actor: Actor, wanted: Iterable[int | None]) -> frozenset[int]:
    keys = {key for key in wanted if key is not None}
    if not keys:
        return frozenset()
    found = model.objects.filter(among(keys), agence_id=actor.agence_id)
    if model is not Prestation and actor.role is not Role.SYSTEM:
        found = found.filter(archived_at__isnull=True)
    if model is Client and actor.role is Role.MANAGER and actor.secteur_ids is not None:
        found = found.filter(secteur__in=actor.secteur_ids)
    return frozenset(found.annotate(key=F("pk")).values_list("key", flat=True))
