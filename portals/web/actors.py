"""From a signed-in user to who they may act as: one Actor for each row that joins them to an agency.

The number of queries does not grow with the rows. A row that has ended (archived, mandate over, gone) gives nobody.
"""

import datetime as dt
from collections.abc import Callable, Iterator
from typing import Any

from django.db.models import Prefetch, Q, QuerySet, prefetch_related_objects

from interventions.actor import Actor
from interventions.models import Agence, Client, Gestionnaire, Intervenant, Proche, ProcheKind, User
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
        return [actor for of in _SOURCES.values() for actor in of(user, now, Q())]


def actor_of(user: User, role: Role, row_id: int, now: dt.datetime) -> Actor | None:
    """Return the user acting through that one row, or None when it is not theirs or has ended."""
    with as_person(user.pk):
        return next(_SOURCES[role](user, now, Q(pk=row_id)), None)


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


def _intervenants(user: User, now: dt.datetime, narrowed: Q) -> Iterator[Actor]:
    rows: QuerySet[Any] = Intervenant.objects.filter(narrowed, user=user, archived_at=None).select_related("agence")
    for row in rows.order_by("agence__name", "pk"):
        yield Actor(row.agence, Role.INTERVENANT, user.pk, _name(row), intervenant_id=row.pk)


def _clients(user: User, now: dt.datetime, narrowed: Q) -> Iterator[Actor]:
    tuteurs = Proche.objects.filter(_in_force(now), kind=ProcheKind.TUTEUR)
    found: QuerySet[Any] = Client.objects.filter(narrowed, user=user, archived_at=None).select_related("agence")
    rows = list(found.order_by("agence__name", "sort_name", "pk"))
    ruled = [row for row in rows if row.agence.tuteur_acts_alone]
    prefetch_related_objects(ruled, Prefetch("proches", tuteurs, to_attr="tuteurs"))
    for row in rows:
        today = now.astimezone(row.agence.zone).date()
        alone = row.agence.tuteur_acts_alone and any(_holds(tuteur, today) for tuteur in row.tuteurs)
        yield Actor(row.agence, Role.CLIENT, user.pk, row.full_name, client_id=row.pk, may_act=not alone)


def _proches(user: User, now: dt.datetime, narrowed: Q) -> Iterator[Actor]:
    rows = Proche.objects.filter(narrowed, _in_force(now), user=user, client__archived_at=None)
    for row in rows.select_related("agence").order_by("agence__name", "client__sort_name", "pk"):
        rights = frozenset(right for right, field in PROCHE_RIGHTS.items() if getattr(row, field))
        actor = Actor(
            row.agence, Role.PROCHE, user.pk, _name(row), client_id=row.client_id, proche_id=row.pk, rights=rights
        )
        if _holds(row, actor.today(now)):
            yield actor


def _managers(user: User, now: dt.datetime, narrowed: Q) -> Iterator[Actor]:
    found = Gestionnaire.objects.filter(narrowed, user=user, ended_at=None).select_related("agence")
    rows = list(found.order_by("agence__name", "pk"))
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


_SOURCES: dict[Role, Callable[[User, dt.datetime, Q], Iterator[Actor]]] = {
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
