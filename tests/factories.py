"""Plain functions that make what a test needs, with defaults that could be true.

`PARIS` is the default zone; `NOW` a Wednesday noon at which the tests' visits of the days before are past.
"""

from __future__ import annotations

import itertools
import uuid
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from interventions import clock, operations
from interventions.actor import Actor, system
from interventions.models import (
    Absence,
    AbsenceKind,
    Agence,
    Client,
    Contrat,
    ContratState,
    Gestionnaire,
    GestionnaireSecteur,
    Intervenant,
    Intervention,
    Motif,
    Prestation,
    Proche,
    Secteur,
    Series,
    User,
)
from interventions.states import Action, Origin, Right, Role, Via

PARIS = ZoneInfo("Europe/Paris")
NOW = datetime(2026, 11, 25, 11, 0, tzinfo=UTC)
_count = itertools.count(1)


def number(prefix: str) -> str:
    """Return a number that no other row of this run has."""
    return f"{prefix}{next(_count):05d}"


def key() -> str:
    """Return a fresh idempotency key."""
    return str(uuid.uuid4())


def local(day: date, clock: str, tz: ZoneInfo = PARIS) -> datetime:
    """Return the instant, in UTC, at which the clock shows HH:MM on that day."""
    return datetime.combine(day, time.fromisoformat(clock), tz).astimezone(UTC)


def an_agence(**fields: Any) -> Agence:
    """Create an agency with its motifs, past its first day unless `first_day=True`."""
    name = fields.pop("name", None) or number("Agence ")
    fields.setdefault("first_day", False)
    return operations.create_agence(name, phone="02 61 91 20 30", email="contact@agence.example", **fields)


def a_user(email: str | None = None, password: str | None = None) -> User:
    """Create a user."""
    return User.objects.create_user(email or f"{number('u')}@personnes.example", password)


def a_secteur(agence: Agence, **fields: Any) -> Secteur:
    """Create a secteur."""
    return Secteur.objects.create(agence=agence, **({"name": number("Secteur ")} | fields))


def a_client(agence: Agence, **fields: Any) -> Client:
    """Create a client who has an address, unless `user=None`."""
    fields.setdefault("user", ...)
    if fields["user"] is ...:
        fields["user"] = a_user()
    defaults = {
        "number": number("CL"),
        "civility": "Mme",
        "last_name": "Quéré",
        "first_name": "Yvonne",
        "phone": "06 21 78 98 91",
        "address": "32 impasse du Vieux-Puits",
        "postal_code": "44510",
        "city": "Le Pouliguen",
        "access_code": "14B7",
    }
    return Client.objects.create(agence=agence, **(defaults | fields))


def an_intervenant(agence: Agence, **fields: Any) -> Intervenant:
    """Create an intervenant who has an address, unless `user=None`."""
    fields.setdefault("user", ...)
    if fields["user"] is ...:
        fields["user"] = a_user()
    defaults = {
        "number": number("SA"),
        "civility": "Mme",
        "last_name": "L’Héritier",
        "first_name": "Aïcha",
        "phone": "06 64 14 32 78",
        "weekly_minutes": 35 * 60,
    }
    return Intervenant.objects.create(agence=agence, **(defaults | fields))


def a_proche(client: Client, **fields: Any) -> Proche:
    """Create a mandate that has begun and has no end."""
    defaults = {
        "last_name": "Quéré",
        "first_name": "Anne",
        "starts_on": date(2026, 1, 1),
        "gets_mails": True,
    }
    fields.setdefault("user", None)
    fields["user"] = fields["user"] or a_user()
    return Proche.objects.create(agence=client.agence, client=client, **(defaults | fields))


def a_gestionnaire(agence: Agence, *, secteurs: list[Secteur] | None = None, **fields: Any) -> Gestionnaire:
    """Create a gestionnaire with every right, unless `may_…=False`; `secteurs` limits them."""
    rights = dict.fromkeys(("may_manage", "may_arbitrate", "may_close", "may_unlock", "may_administer"), True)
    fields.setdefault("user", None)
    fields["user"] = fields["user"] or a_user()
    defaults = {"last_name": "Morvan", "first_name": "Claire", "all_secteurs": secteurs is None}
    made = Gestionnaire.objects.create(agence=agence, **(rights | defaults | fields))
    for secteur in secteurs or []:
        GestionnaireSecteur.objects.create(agence=agence, gestionnaire=made, secteur=secteur)
    return made


def a_prestation(agence: Agence, name: str | None = None) -> Prestation:
    """Create a prestation."""
    return Prestation.objects.create(agence=agence, name=name or number("Prestation "))


def a_contrat(client: Client, prestation: Prestation, **fields: Any) -> Contrat:
    """Create a contrat facturable since the beginning of the year before."""
    defaults = {
        "number": number("CT"),
        "state": ContratState.SIGNED,
        "starts_on": date(2025, 1, 1),
        "billable": True,
    }
    return Contrat.objects.create(agence=client.agence, client=client, prestation=prestation, **(defaults | fields))


def a_series(world: World, **fields: Any) -> Series:
    """Create a series of a day a week from next week on, none of its visits planned yet."""
    usual: dict[str, Any] = {
        "client": world.client,
        "intervenant": world.intervenant,
        "prestation": world.prestation,
        "contrat": world.contrat,
        "rule": "FREQ=WEEKLY;INTERVAL=1;WKST=MO;BYDAY=MO",
        "starts_on": date(2026, 11, 30),
        "start": time(9),
        "end": time(10),
        "made_until": date(2026, 11, 29),
    }
    return Series.objects.create(agence=world.agence, **(usual | fields))


def an_absence(person: Client | Intervenant, **fields: Any) -> Absence:
    """Create an absence that goes on: a stay in hospital of a client, an illness of an intervenant."""
    if isinstance(person, Client):
        who: dict[str, Any] = {"client": person, "kind": AbsenceKind.HOSPITAL}
    else:
        who = {"intervenant": person, "kind": AbsenceKind.ILLNESS}
    return Absence.objects.create(agence=person.agence, **({"starts_on": date(2026, 11, 1)} | who | fields))


def actor_of(row: Intervenant | Client | Proche | Gestionnaire, via: Via = Via.PORTAL) -> Actor:
    """Return the actor that this row makes of its user."""
    common: dict[str, Any] = {"agence": row.agence, "user_id": row.user_id, "via": via}
    if isinstance(row, Intervenant):
        return Actor(role=Role.INTERVENANT, name=f"{row.first_name} {row.last_name}", intervenant_id=row.pk, **common)
    if isinstance(row, Client):
        return Actor(role=Role.CLIENT, name=row.full_name, client_id=row.pk, **common)
    if isinstance(row, Proche):
        held = {Right.VALIDATE: row.may_validate, Right.CONTEST: row.may_contest}
        rights = frozenset(right for right, has in held.items() if has)
        return Actor(
            role=Role.PROCHE, name=str(row), client_id=row.client_id, proche_id=row.pk, rights=rights, **common
        )
    held = {
        Right.MANAGE: row.may_manage,
        Right.ARBITRATE: row.may_arbitrate,
        Right.CLOSE: row.may_close,
        Right.UNLOCK: row.may_unlock,
        Right.ADMINISTER: row.may_administer,
    }
    secteurs = None if row.all_secteurs else frozenset(row.secteurs.values_list("pk", flat=True))
    rights = frozenset(right for right, has in held.items() if has)
    return Actor(
        role=Role.MANAGER, name=str(row), gestionnaire_id=row.pk, rights=rights, secteur_ids=secteurs, **common
    )


def visit_of(outcome: operations.Outcome, place: int = 0) -> Intervention:
    """Return the visit that a row of an outcome is about."""
    key_ = outcome.rows[place].intervention_id
    assert key_ is not None
    return Intervention.objects.get(pk=key_)


@dataclass(slots=True)
class World:
    """An agency with one of each kind of person, a prestation and a contrat facturable."""

    agence: Agence
    client: Client
    proche: Proche
    intervenant: Intervenant
    gestionnaire: Gestionnaire
    prestation: Prestation
    contrat: Contrat
    now: datetime = NOW

    @property
    def as_intervenant(self) -> Actor:
        """The intervenant, acting."""
        return actor_of(self.intervenant)

    @property
    def as_client(self) -> Actor:
        """The client, acting."""
        return actor_of(self.client)

    @property
    def as_proche(self) -> Actor:
        """The proche, acting for the client."""
        return actor_of(self.proche)

    @property
    def as_manager(self) -> Actor:
        """The gestionnaire, acting."""
        return actor_of(self.gestionnaire)

    def motif(self, label: str = "", *, kind: str = "annulation", **fields: Any) -> Motif:
        """Return the agency's first motif of that kind that fits."""
        found = Motif.objects.filter(agence=self.agence, kind=kind, **fields)
        return found.filter(label__icontains=label).order_by("position")[0]

    def visit(
        self, *, day: date | None = None, start: str = "09:00", minutes: int = 60, **fields: Any
    ) -> Intervention:
        """Plan a visit, yesterday at 9:00 for an hour by default, with everything it needs to be declared."""
        tz = self.agence.zone
        on = day or self.now.astimezone(tz).date() - timedelta(days=1)
        begins = local(on, start, tz)
        new: dict[str, Any] = {
            "client_id": self.client.pk,
            "prestation_id": self.prestation.pk,
            "start": begins,
            "end": begins + timedelta(minutes=minutes),
            "km": Decimal("2.4"),
            "intervenant_id": self.intervenant.pk,
            "contrat_id": self.contrat.pk,
            "origin": Origin.PLANNING,
        } | fields
        ordre = new.pop("ordre_de_mission", "")
        plan = operations.Change(Action.PLAN, new=operations.NewVisit(**new), ordre_de_mission=ordre)
        outcome = operations.apply([plan], actor=system(self.agence, Via.IMPORT), at=self.now, key=key())
        assert not outcome.refused, outcome.refused
        return visit_of(outcome)

    def act(
        self, visit: Intervention, action: Action, actor: Actor, *, at: datetime | None = None, **fields: Any
    ) -> operations.Outcome:
        """Do one act on one visit and return the outcome; `ground` and `ground_text` go to the batch."""
        batch = {name: fields.pop(name) for name in ("ground", "ground_text") if name in fields}
        change = operations.Change(action, visit.pk, **fields)
        outcome = operations.apply([change], actor=actor, at=at or self.now, key=key(), **batch)
        visit.refresh_from_db()
        return outcome


def a_world(**agence: Any) -> World:
    """Create an agency with one of each."""
    return a_world_of(an_agence(**agence))


def a_world_of(made: Agence) -> World:
    """Create one of each in an agency."""
    client, prestation = a_client(made), a_prestation(made)
    return World(
        made,
        client,
        a_proche(client),
        an_intervenant(made),
        a_gestionnaire(made),
        prestation,
        a_contrat(client, prestation),
    )


def a_world_today() -> World:
    """Create one agency whose people act now, for a browser that is on the machine's own clock."""
    made = a_world(name="Agence Rivage")
    made.now = clock.now()
    return made
