"""What happened to the demo's visits: day after day, the way people do it, so that every status has its history."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

from config.demo_agence.cast import Cast
from interventions import operations
from interventions.actor import Actor
from interventions.models import Intervention, Motif
from interventions.operations import Change, NewVisit
from interventions.states import Action, Choice, Ground, Origin, Right, Role, Status

COMMENTS = (
    "Douche plus longue, pansement refait.",
    "Pharmacie de garde à Guérande.",
    "Rangé la salle de bains après le soin.",
)
ALL_RIGHTS = frozenset({Right.MANAGE, Right.ARBITRATE, Right.CLOSE, Right.UNLOCK, Right.ADMINISTER})


class Story:
    """The acts of one agency's people, each at its moment."""

    def __init__(self, cast: Cast, today: date) -> None:
        self.cast, self.today, self._press = cast, today, 0
        motifs = Motif.objects.filter(agence=cast.agence)
        self.refus = next(motif for motif in motifs if motif.label.startswith("L’heure de départ"))
        self.refus_km = next(motif for motif in motifs if motif.opens_km and not motif.opens_hours)
        self.annulation = next(motif for motif in motifs if motif.kind == "annulation")

    def tell(self, moment: Callable[[datetime], object]) -> None:
        """Live through the past days; `moment` is called after each half day, for what happens by itself."""
        first = self.today - timedelta(days=self.today.weekday() + 28)
        for offset in range((self.today - first).days):
            day = first + timedelta(days=offset)
            self._declare(day, self._at(day + timedelta(days=1), 8))
            moment(self._at(day + timedelta(days=1), 9))
            self._answer(day, self._at(day + timedelta(days=1), 18))
            moment(self._at(day + timedelta(days=1), 19))
        self._report()
        self._leave_something_to_contest()
        moment(self._at(self.today, 0))

    def _at(self, day: date, hour: int) -> datetime:
        at = datetime.combine(day, time(hour), self.cast.agence.zone).astimezone(UTC)
        return min(at, datetime.now(UTC) - timedelta(minutes=20))

    def _visits(self, day: date, status: Status) -> list[Intervention]:
        found = Intervention.objects.filter(agence=self.cast.agence, day=day, status=status)
        return list(found.order_by("retained_start", "pk"))

    def _apply(self, changes: list[Change], actor: Actor, at: datetime, ground: Ground | None = None) -> None:
        if changes:
            self._press += 1
            operations.apply(changes, actor=actor, at=at, key=f"demo-{self._press}", ground=ground)

    # --- the carers, the next morning

    def _declare(self, day: date, at: datetime) -> None:
        age = (self.today - day).days
        for place, carer in enumerate(self.cast.intervenants):
            # The first carer's last two days, and now and then somebody else's, are still to be declared.
            if (place == 0 and age <= 2) or (place == 3 and age <= 1):
                continue
            visits = [visit for visit in self._visits(day, Status.PLANNED) if visit.intervenant_id == carer.pk]
            changes = [self._declaration(visit, turn + age + place) for turn, visit in enumerate(visits)]
            self._apply(changes, self.as_intervenant(place), at)

    def _declaration(self, visit: Intervention, turn: int) -> Change:
        planned = visit.planned
        if planned is None or turn % 11 == 10:
            return Change(Action.CANCEL, visit.pk, comment="Hospitalisée depuis dimanche, prévenue par sa fille.")
        if turn % 4 == 3:
            facts = replace(planned, end=planned.end + timedelta(minutes=15), km=planned.km + Decimal("1.2"))
            return Change(Action.COMPLETE, visit.pk, facts=facts, comment=COMMENTS[turn % 3])
        return Change(Action.COMPLETE, visit.pk)

    # --- the clients, in the evening, and the agency

    def _answer(self, day: date, at: datetime) -> None:
        age = (self.today - day).days
        for place, client in enumerate(self.cast.clients):
            visits = [visit for visit in self._visits(day, Status.DONE) if visit.client_id == client.pk]
            changes = [change for turn, visit in enumerate(visits) if (change := self._reply(visit, turn, age, place))]
            self._apply(changes, self.as_client(place), at)
        if age > 4:
            self._decide(day, at + timedelta(hours=1))

    def _reply(self, visit: Intervention, turn: int, age: int, place: int) -> Change | None:
        facts = visit.declared
        # The demo's client leaves a week of visits to answer, the others a few days.
        if facts is None or age <= (7 if place == 0 else 2) or place == 5:
            return None
        kind = (turn + age + place) % 9
        if kind == 4:
            shorter = replace(facts, end=facts.end - timedelta(minutes=10))
            comment = "Partie après le thé, à l’heure prévue."
            return Change(Action.CONTEST, visit.pk, facts=shorter, motif_id=self.refus.pk, comment=comment)
        if kind == 7 and facts.km:
            fewer = replace(facts, km=Decimal("1.0"))
            return Change(Action.CONTEST, visit.pk, facts=fewer, motif_id=self.refus_km.pk)
        if kind == 8 and age < 12:
            return Change(
                Action.CANCEL_BY_CLIENT, visit.pk, motif_id=self.annulation.pk, comment="Personne n’est venu."
            )
        return Change(Action.VALIDATE, visit.pk)

    def _decide(self, day: date, at: datetime) -> None:
        for turn, visit in enumerate(self._visits(day, Status.CONTESTED)):
            place = next(i for i, carer in enumerate(self.cast.intervenants) if carer.pk == visit.intervenant_id)
            action = Action.ACCEPT_CHANGE if turn % 3 == 0 else Action.REFUSE_CHANGE
            comment = "" if action is Action.ACCEPT_CHANGE else "J’ai rendu la clé à la voisine à l’heure déclarée."
            self._apply([Change(action, visit.pk, comment=comment)], self.as_intervenant(place), at)
        later = at + timedelta(hours=2)
        decided = [
            Change(
                Action.ARBITRATE, visit.pk, choice=Choice.INTERVENANT, reason="La voisine confirme l’heure de départ."
            )
            for visit in self._visits(day, Status.ARBITRATION)
            if (self.today - day).days > 9
        ]
        self._apply(decided, self.as_manager, later)
        if (self.today - day).days > 14:
            late = [Change(Action.VALIDATE_FOR_CLIENT, visit.pk) for visit in self._visits(day, Status.DONE)]
            self._apply(late, self.as_manager, later, Ground.PHONE)

    def _report(self) -> None:
        """Let the first carer add two visits: one that a contrat covers, one that waits for the office."""
        day = self.today - timedelta(days=3)
        (client_id, prestation_id), _ = next(iter(self.cast.contrats.items()))
        other = next(p.pk for p in self.cast.prestations if (client_id, p.pk) not in self.cast.contrats)
        for action, prestation, hour in ((Action.REPORT, prestation_id, 19), (Action.REPORT_UNATTACHED, other, 20)):
            start = self._at(day, hour)
            new = NewVisit(client_id, prestation, start, start + timedelta(minutes=40), origin=Origin.INTERVENANT)
            comment = "Passage en plus, à la demande de la famille."
            self._apply([Change(action, new=new, comment=comment)], self.as_intervenant(0), self._at(self.today, 8))

    def _leave_something_to_contest(self) -> None:
        """Cancel one of the client's visits and validate another in their place, lately enough to be contested."""
        at, client = self._at(self.today, 8), self.cast.clients[0]
        recent = [
            visit for age in (4, 3, 2, 1) for visit in self._visits(self.today - timedelta(days=age), Status.DONE)
        ]
        mine = [visit for visit in recent if visit.client_id == client.pk]
        self._apply(
            [Change(Action.VALIDATE_FOR_CLIENT, visit.pk) for visit in mine[:1]], self.as_manager, at, Ground.PHONE
        )
        waiting = [
            visit for visit in self._visits(self.today - timedelta(days=1), Status.PLANNED) if visit.intervenant_id
        ]
        theirs = [visit for visit in waiting if visit.client_id == client.pk]
        self._apply(
            [Change(Action.CANCEL, visit.pk, motif_id=self.annulation.pk) for visit in theirs[:1]], self.as_manager, at
        )

    # --- who acts

    def as_intervenant(self, place: int) -> Actor:
        """The carer at this place of the cast."""
        carer = self.cast.intervenants[place]
        name = f"{carer.first_name} {carer.last_name}"
        return Actor(self.cast.agence, Role.INTERVENANT, carer.user_id, name, intervenant_id=carer.pk)

    def as_client(self, place: int) -> Actor:
        """The client at this place of the cast."""
        client = self.cast.clients[place]
        return Actor(self.cast.agence, Role.CLIENT, client.user_id, client.full_name, client_id=client.pk)

    @property
    def as_manager(self) -> Actor:
        """The gestionnaire."""
        person = self.cast.gestionnaire
        return Actor(
            self.cast.agence, Role.MANAGER, person.user_id, str(person), gestionnaire_id=person.pk, rights=ALL_RIGHTS
        )
