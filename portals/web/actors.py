"""From a signed-in user to who they may act as: one Actor for each row that joins them to an agency.

The number of queries does not grow with the rows. A row that has ended (archived, mandate over, gone) gives nobody.
"""

import datetime as dt
from collections.abc import Callable, Iterator
from typing import Any

from django.db.models import Prefetch, Q, QuerySet, prefetch_related_objects

from interventions.actor import Actor
from interventions.models import Agence, Client, Gestionnaire, Intervenant, Proche, ProcheKind, User
from interventions.prepared import Compiled
from interventions.states import Right, Role
from interventions.tenancy import as_person

# A mandate's dates are read in the agency's zone, which may be a day ahead of UTC or behind it.
ONE_DAY = dt.timedelta(days=1)

PROCHE_RIGHTS = {Right.VALIDATE: "may_validate", Right.CONTEST: "may_contest"}
MANAGER_RIGHTS = {
    Right.MANAGE: "may_manage",
    Right.ARBITRATE: "may_arbitrate",
    Right.CLOSE: "may_close",
    Right.UNLOCK: "may_unlock",
    Right.ADMINISTER: "may_administer",
}


def actors_of(user: User, now: dt.datetime) -> list[Actor]:
    """Return everybody that `user` may act as at the instant `now`: as intervenant, client, proche, then manager."""
    with as_person(user.pk):
        return [actor for of in _SOURCES.values() for actor in of(user, now, None)]


def actor_of(user: User, role: Role, row_id: int, now: dt.datetime) -> Actor | None:
    """Return the user acting through that one row, or None when it is not theirs or has ended."""
    with as_person(user.pk):
        return next(_SOURCES[role](user, now, row_id), None)


def first_agence_of(user: User, now: dt.datetime) -> Agence | None:
    """Return the agency that writes to somebody about their account: that of their first role, None without any."""
    actors = actors_of(user, now)
    return actors[0].agence if actors else None


def row_id(actor: Actor) -> int:
    """Return the key of the row through which the actor acts; refuses the system, which has none (KeyError)."""
    rows = {
        Role.INTERVENANT: actor.intervenant_id,
        Role.CLIENT: actor.client_id,
        Role.PROCHE: actor.proche_id,
        Role.MANAGER: actor.gestionnaire_id,
    }
    return rows[actor.role] or 0


def _intervenants(user: User, now: dt.datetime, row_id: int | None) -> Iterator[Actor]:
    for row in _rows(Intervenant, user, row_id):
        yield Actor(row.agence, Role.INTERVENANT, user.pk, _name(row), intervenant_id=row.pk)


def _clients(user: User, now: dt.datetime, row_id: int | None) -> Iterator[Actor]:
    tuteurs = Proche.objects.filter(_in_force(now), kind=ProcheKind.TUTEUR)
    rows = _rows(Client, user, row_id)
    ruled = [row for row in rows if row.agence.tuteur_acts_alone]
    prefetch_related_objects(ruled, Prefetch("proches", tuteurs, to_attr="tuteurs"))
    for row in rows:
        today = now.astimezone(row.agence.zone).date()
        alone = row.agence.tuteur_acts_alone and any(_holds(tuteur, today) for tuteur in row.tuteurs)
        yield Actor(row.agence, Role.CLIENT, user.pk, row.full_name, client_id=row.pk, may_act=not alone)


def _proches(user: User, now: dt.datetime, row_id: int | None) -> Iterator[Actor]:
    rows = Proche.objects.filter(_in_force(now), user=user, client__archived_at=None)
    if row_id is not None:
        rows = rows.filter(pk=row_id)
    for row in rows.select_related("agence").order_by("agence__name", "client__sort_name", "pk"):
        rights = frozenset(right for right, field in PROCHE_RIGHTS.items() if getattr(row, field))
        actor = Actor(
            row.agence, Role.PROCHE, user.pk, _name(row), client_id=row.client_id, proche_id=row.pk, rights=rights
        )
        if _holds(row, actor.today(now)):
            yield actor


def _managers(user: User, now: dt.datetime, row_id: int | None) -> Iterator[Actor]:
    rows = _rows(Gestionnaire, user, row_id)
    prefetch_related_objects([row for row in rows if not row.all_secteurs], "secteurs")
    for row in rows:
        rights = frozenset(right for right, field in MANAGER_RIGHTS.items() if getattr(row, field))
        secteurs = None if row.all_secteurs else frozenset(secteur.pk for secteur in row.secteurs.all())
        yield Actor(
            row.agence,
            Role.MANAGER,
            user.pk,
            _name(row),
            gestionnaire_id=row.pk,
            rights=rights,
            secteur_ids=secteurs,
        )


# What joins a user to an agency, in the order in which the agencies are offered.
_JOINING: dict[Any, tuple[QuerySet[Any], tuple[str, ...]]] = {
    Intervenant: (Intervenant.objects.filter(archived_at=None), ("agence__name", "pk")),
    Client: (Client.objects.filter(archived_at=None), ("agence__name", "sort_name", "pk")),
    Gestionnaire: (Gestionnaire.objects.filter(ended_at=None), ("agence__name", "pk")),
}


def _one(rows: QuerySet[Any]) -> Compiled[Any]:
    return Compiled(lambda key, user: rows.filter(pk=key, user=user), "agence")


# Each page asks for one of them.
_ONE = {model: _one(rows) for model, (rows, _order) in _JOINING.items()}


def _rows(model: Any, user: User, row_id: int | None) -> list[Any]:
    if row_id is not None:
        return _ONE[model](row_id, user.pk)
    rows, order = _JOINING[model]
    return list(rows.filter(user=user).select_related("agence").order_by(*order))


_SOURCES: dict[Role, Callable[[User, dt.datetime, int | None], Iterator[Actor]]] = {
    Role.INTERVENANT: _intervenants,
    Role.CLIENT: _clients,
    Role.PROCHE: _proches,
    Role.MANAGER: _managers,
}


def _name(row: Intervenant | Proche | Gestionnaire) -> str:
    return f"{row.first_name} {row.last_name}".strip()


def _in_force(now: dt.datetime) -> Q:
    """Return what may be in force in some zone; `_holds` then says for the agency's own."""
    today = now.astimezone(dt.UTC).date()
    ends = Q(ends_on=None) | Q(ends_on__gte=today - ONE_DAY)
    return ends & Q(starts_on__lte=today + ONE_DAY, ended_at=None)


def _holds(mandate: Proche, today: dt.date) -> bool:
    return mandate.starts_on <= today and (mandate.ends_on is None or today <= mandate.ends_on)
