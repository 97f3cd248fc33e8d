"""Who a mail about a visit goes to, by role: addresses and rights as they stand, read for many visits at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Exists, OuterRef, Q

from interventions.models import Client, Gestionnaire, GestionnaireSecteur, Intervenant, MailPreference, Proche, Rhythm
from interventions.models.people import ProcheKind
from interventions.querysets import among


@dataclass(slots=True)
class Recipients:
    """The people who may be told of some visits of one agency, on one day.

    `client_side` holds the users told for each client, `themselves` which of them is the client, `guarded` the clients
    who have a tuteur, `carers` the user of each intervenant, `managers` each
    gestionnaire's user with the secteurs they are limited to (None: all).
    """

    addresses: dict[int, str] = field(default_factory=dict)
    client_side: dict[int, set[int]] = field(default_factory=lambda: defaultdict(set))
    themselves: dict[int, int] = field(default_factory=dict)
    guarded: set[int] = field(default_factory=set)
    carers: dict[int, int] = field(default_factory=dict)
    managers: dict[int, frozenset[int] | None] = field(default_factory=dict)
    secteurs: dict[int, int | None] = field(default_factory=dict)

    def of_client(self, client_id: int) -> set[int]:
        """Return the users told for this client: the client, and the proches who chose mails."""
        return self.client_side.get(client_id, set())

    def of_intervenant(self, intervenant_id: int | None) -> set[int]:
        """Return the user of this intervenant, if they have an address and are still there."""
        user = self.carers.get(intervenant_id) if intervenant_id else None
        return {user} if user else set()

    def of_managers(self, client_id: int) -> set[int]:
        """Return the users who decide for the secteur of this client; without one, those without a limit."""
        secteur = self.secteurs.get(client_id)
        return {user for user, limit in self.managers.items() if limit is None or secteur in limit}

    def intervenants_of(self, user_id: int) -> set[int]:
        """Return which of the intervenants read this user is."""
        return {intervenant for intervenant, user in self.carers.items() if user == user_id}


def read(
    agence_id: int, *, clients: Collection[int], intervenants: Iterable[int | None], managers: bool, today: date
) -> Recipients:
    """Read who may be told, in at most five statements however many visits; `today` is the agency's date.

    Archived people and ended gestionnaires get nothing, nor do switched off accounts, nor who chose no mail at all. A
    mandate counts on both its dates; a tuteur and a gestionnaire get the mails whatever was chosen.
    """
    found = Recipients()
    _read_clients(found, agence_id, clients)
    _read_proches(found, agence_id, clients, today)
    _read_intervenants(found, agence_id, {one for one in intervenants if one})
    if managers:
        _read_managers(found, agence_id)
    return found


def _wants_none(agence_id: int) -> Exists:
    """Return the condition that a person chose to get no mail of this agency."""
    return Exists(MailPreference.objects.filter(agence_id=agence_id, user=OuterRef("user"), rhythm=Rhythm.NONE))


def _read_clients(found: Recipients, agence_id: int, clients: Collection[int]) -> None:
    found_clients = Client.objects.filter(among(clients), agence_id=agence_id).annotate(
        unwilling=_wants_none(agence_id)
    )
    rows = found_clients.values_list(
        "pk", "secteur_id", "gets_mails", "archived_at", "user_id", "user__email", "user__is_active", "unwilling"
    )
    for pk, secteur, wanted, archived_at, user, email, active, unwilling in rows:
        found.secteurs[pk] = secteur
        if user and wanted and active and archived_at is None and not unwilling:
            found.client_side[pk].add(user)
            found.themselves[pk] = user
            found.addresses[user] = email


def _read_proches(found: Recipients, agence_id: int, clients: Collection[int], today: date) -> None:
    rows = Proche.objects.filter(
        Q(gets_mails=True) & ~_wants_none(agence_id) | Q(kind=ProcheKind.TUTEUR),
        Q(ends_on__isnull=True) | Q(ends_on__gte=today),
        among(clients, "client"),
        agence_id=agence_id,
        starts_on__lte=today,
        ended_at=None,
        user__is_active=True,
    ).values_list("client_id", "user_id", "user__email", "kind")
    for client, user, email, kind in rows:
        found.client_side[client].add(user)
        found.addresses[user] = email
        if kind == ProcheKind.TUTEUR:
            found.guarded.add(client)


def _read_intervenants(found: Recipients, agence_id: int, intervenants: Collection[int]) -> None:
    if not intervenants:
        return
    rows = Intervenant.objects.filter(
        ~_wants_none(agence_id),
        among(intervenants),
        agence_id=agence_id,
        archived_at__isnull=True,
        user__is_active=True,
    ).values_list("pk", "user_id", "user__email")
    for pk, user, email in rows:
        if user:
            found.carers[pk] = user
            found.addresses[user] = email


def _read_managers(found: Recipients, agence_id: int) -> None:
    limits: dict[int, set[int]] = defaultdict(set)
    for pk, secteur in GestionnaireSecteur.objects.filter(agence_id=agence_id).values_list(
        "gestionnaire_id", "secteur_id"
    ):
        limits[pk].add(secteur)
    rows = Gestionnaire.objects.filter(
        agence_id=agence_id, ended_at__isnull=True, may_arbitrate=True, user__is_active=True
    ).values_list("pk", "user_id", "user__email", "all_secteurs")
    for pk, user, email, everywhere in rows:
        found.managers[user] = None if everywhere else frozenset(limits[pk])
        found.addresses[user] = email
