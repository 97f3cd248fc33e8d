"""Chainable verbs over visits and people. Every query starts from an actor: `visible_to` first, the rest narrows."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Self

from django.apps import apps
from django.contrib.postgres.expressions import ArraySubquery
from django.db import models
from django.db.models import Exists, F, Func, OuterRef, Q, Value
from django.db.models.expressions import RawSQL
from django.db.models.functions import Collate, Upper

from interventions.actor import Actor
from interventions.states import Right, Role, Status


def among(keys: Collection[int], column: str = "pk") -> Q:
    """Return the condition that a row's key is one of `keys`, as one array parameter whatever their number.

    `column` names another column of keys to look at.
    """
    return Q(**{f"{column}__in": RawSQL("SELECT unnest(%s::bigint[])", [list(keys)])})


class OneOf(Func):
    """Whether a value is one of an array's: the planner takes it to be short, and goes by the key's index."""

    template, arg_joiner = "(%(expressions)s))", " = ANY ("
    output_field = models.BooleanField()


class Each(Func):
    """A row for each element of an array. An array is asked for row by row, so never by reading a table whole."""

    function = "unnest"
    set_returning = True
    output_field = models.BigIntegerField()


def billable() -> Q:
    """Return the condition that a visit's contrat is a "contrat facturable" for it, as guards.ContratTerms says."""
    return (
        Q(contrat__billable=True, contrat__client=F("client"), contrat__starts_on__lte=F("day"))
        & ~Q(contrat__state="draft")
        & (Q(contrat__ends_on__gte=F("day")) | (Q(contrat__ends_on__isnull=True) & ~Q(contrat__state="terminated")))
    )


def _takes_mails(path: str, *, chosen: bool = True) -> Q:
    """Return the condition that the user at `path` has not refused mails, nor their address sent one back.

    `chosen` says that the person may refuse them.
    """
    refused = Q(refused_address=OuterRef(f"{path}__email"))
    if chosen:
        refused |= Q(rhythm="none")
    preferences = apps.get_model("interventions", "MailPreference")._default_manager
    return ~Q(Exists(preferences.filter(refused, agence=OuterRef("agence"), user=OuterRef(path))))


class InterventionQuerySet(models.QuerySet["models.Model"]):
    """Visits."""

    def visible_to(self, actor: Actor) -> InterventionQuerySet:
        """Return the visits that concern the actor, and no other: of the agency, then by role.

        An intervenant sees their own, a client or proche that client's, a manager those of the secteurs given (a
        client without one is seen by managers without a limit). What an intervenant added and took back shows on
        no portal.
        """
        mine = self.filter(agence_id=actor.agence_id)
        if actor.role is Role.SYSTEM:
            return mine
        if actor.role is Role.MANAGER:
            if actor.secteur_ids is None:
                return mine
            return mine.filter(client__secteur__in=actor.secteur_ids)
        mine = mine.filter(withdrawn=False)
        if actor.role is Role.INTERVENANT:
            return mine.filter(intervenant_id=actor.intervenant_id) if actor.intervenant_id else mine.none()
        return mine.filter(client_id=actor.client_id) if actor.client_id else mine.none()

    def awaiting(self, role: Role, today: date | None = None) -> InterventionQuerySet:
        """Return the visits whose turn it is for `role`; for an intervenant, of those planned, the past ones.

        `today` is the agency's date: the reference offers visits "qui ont une date antérieure à la date du jour".
        """
        turns = [status for status in Status if status.turn is role]
        found = self.filter(status__in=turns)
        if role is Role.INTERVENANT and today is not None:
            found = found.filter(Q(day__lt=today) | ~Q(status=Status.PLANNED))
        return found

    def to_declare(self, today: date, same_day: bool = False) -> InterventionQuerySet:
        """Return what the intervenant has to declare: planned visits of the days before today (today's too if so)."""
        limit = Q(day__lte=today) if same_day else Q(day__lt=today)
        return self.filter(limit, status=Status.PLANNED)

    def between(self, first: date, last: date) -> InterventionQuerySet:
        """Return the visits of these days of the agency's calendar, both included."""
        return self.filter(day__gte=first, day__lte=last)

    def billable(self) -> InterventionQuerySet:
        """Return the visits that a contrat facturable covers."""
        return self.filter(billable())

    def without_billable(self, agence_id: int) -> InterventionQuerySet:
        """Return the visits of an agency that no contrat facturable covers: all that `billable` leaves out.

        Asked from the contrats, each of which has the days that it does not cover by the index of its visits: nearly
        every visit is covered, and reading them all to find the others would cost what the agency ever did.
        """
        everything: models.QuerySet[models.Model] = self.model._default_manager.filter(agence_id=agence_id)
        contrats = apps.get_model("interventions", "Contrat")._default_manager.filter(agence_id=agence_id)
        own = everything.filter(contrat_id=OuterRef("pk"))
        state_forbids = Q(state="draft") | Q(state="terminated", ends_on__isnull=True)
        found = everything.filter(contrat__isnull=True).values("pk")
        for some, uncovered in (
            (contrats.filter(Q(billable=False) | state_forbids), own),
            (contrats, own.filter(day__lt=OuterRef("starts_on"))),
            (contrats.filter(ends_on__isnull=False), own.filter(day__gt=OuterRef("ends_on"))),
        ):
            found = found.union(some.values(visit=Each(ArraySubquery(uncovered.values("pk")))), all=True)
        return self.filter(OneOf(F("pk"), ArraySubquery(found)))

    def numbered(self, text: str) -> InterventionQuerySet:
        """Return the visits whose number begins with `text`, in any case, by number.

        Those without a number are never meant. It looks at the first thousand of the agency that the transaction works
        for, in a function of the database (migration 0039), which alone may go by the index of numbers.
        """
        found = self.filter(pk__in=RawSQL("SELECT visits_numbered(%s)", [text]))
        return found.order_by(Collate(Upper("number"), "C"), "id")

    def in_order(self) -> InterventionQuerySet:
        """Return them by time, the oldest first."""
        return self.order_by("day", "retained_start", "id")


class PersonQuerySet(models.QuerySet["models.Model"]):
    """People of an agency, found and sorted as a French reader expects."""

    def found_by(self, text: str) -> Self:
        """Return those whose name or number holds every word of `text`, whatever the accents and case."""
        found = self
        for word in text.split():
            key = Func(Value(word), function="french_key", output_field=models.TextField())
            found = found.filter(Q(sort_name__contains=key) | Q(number__icontains=word))
        return found

    def current(self) -> Self:
        """Return those who are not archived."""
        return self.filter(archived_at__isnull=True)

    def by_name(self) -> Self:
        """Return them in the order of the French alphabet."""
        return self.order_by("sort_name", "id")


class ClientQuerySet(PersonQuerySet):
    """Clients."""

    def visible_to(self, actor: Actor) -> Self:
        """Return the clients that the actor may see: a manager those of the secteurs given, anyone else their own."""
        mine = self.filter(agence_id=actor.agence_id)
        if actor.role is Role.MANAGER:
            return mine if actor.secteur_ids is None else mine.filter(secteur__in=actor.secteur_ids)
        if actor.role is Role.SYSTEM:
            return mine
        return mine.filter(pk=actor.client_id) if actor.client_id else mine.none()

    def without_mails(self, today: date) -> Self:
        """Return the clients whom no mail reaches: neither themselves nor a proche whose mandate runs."""
        runs = Q(proches__starts_on__lte=today, proches__ended_at=None) & (
            Q(proches__ends_on__isnull=True) | Q(proches__ends_on__gte=today)
        )
        rows = self.model._default_manager.filter(pk=OuterRef("pk"))
        tuteur = rows.filter(runs, proches__kind="tuteur").filter(_takes_mails("proches__user", chosen=False))
        proche = rows.filter(runs, proches__gets_mails=True).filter(_takes_mails("proches__user"))
        themselves = Q(user__isnull=False, gets_mails=True) & _takes_mails("user")
        return self.exclude(themselves).filter(~Exists(proche), ~Exists(tuteur))


class IntervenantQuerySet(PersonQuerySet):
    """Intervenants."""

    def visible_to(self, actor: Actor) -> Self:
        """Return the intervenants that the actor may see: a manager all of the agency's, an intervenant themselves."""
        mine = self.filter(agence_id=actor.agence_id)
        if actor.role in (Role.MANAGER, Role.SYSTEM):
            return mine
        return mine.filter(pk=actor.intervenant_id) if actor.intervenant_id else mine.none()


class SecteurQuerySet(models.QuerySet["models.Model"]):
    """Secteurs."""

    def visible_to(self, actor: Actor) -> Self:
        """Return the secteurs of the agency, of a manager with a limit theirs; nobody else has to do with them."""
        mine = self.filter(agence_id=actor.agence_id)
        if actor.role is Role.MANAGER:
            return mine if actor.secteur_ids is None else mine.filter(pk__in=actor.secteur_ids)
        return mine if actor.role is Role.SYSTEM else mine.none()


class GestionnaireQuerySet(models.QuerySet["models.Model"]):
    """The staff, for whoever administers."""

    def visible_to(self, actor: Actor) -> Self:
        """Return the staff of a manager's agency; who has some secteurs only sees whom these alone concern too."""
        mine = self.filter(agence_id=actor.agence_id)
        if actor.role is not Role.MANAGER:
            return mine if actor.role is Role.SYSTEM else mine.none()
        if actor.secteur_ids is None:
            return mine
        given = apps.get_model("interventions", "GestionnaireSecteur")._default_manager
        theirs = given.filter(gestionnaire=OuterRef("pk"))
        beyond = theirs.exclude(secteur__in=actor.secteur_ids)
        return mine.filter(Exists(theirs), ~Exists(beyond), all_secteurs=False)


class ContratQuerySet(models.QuerySet["models.Model"]):
    """Contrats."""

    def visible_to(self, actor: Actor) -> Self:
        """Return the contrats of the clients that the actor may see."""
        mine = self.filter(agence_id=actor.agence_id)
        if actor.role is Role.MANAGER and actor.secteur_ids is not None:
            return mine.filter(client__secteur__in=actor.secteur_ids)
        if actor.role in (Role.MANAGER, Role.SYSTEM):
            return mine
        return mine.filter(client_id=actor.client_id) if actor.client_id else mine.none()


class SeriesQuerySet(models.QuerySet["models.Model"]):
    """Series of visits."""

    def visible_to(self, actor: Actor) -> Self:
        """Return the series of the clients that the agency's people may see; nobody else plans."""
        mine = self.filter(agence_id=actor.agence_id)
        if actor.role is Role.MANAGER:
            return mine if actor.secteur_ids is None else mine.filter(client__secteur__in=actor.secteur_ids)
        return mine if actor.role is Role.SYSTEM else mine.none()


class AbsenceQuerySet(models.QuerySet["models.Model"]):
    """Absences of clients and intervenants."""

    def visible_to(self, actor: Actor) -> Self:
        """Return the absences of the intervenants, and of the clients that the agency's people may see."""
        mine = self.filter(agence_id=actor.agence_id)
        if actor.role is Role.MANAGER:
            if actor.secteur_ids is None:
                return mine
            return mine.filter(Q(client__isnull=True) | Q(client__secteur__in=actor.secteur_ids))
        return mine if actor.role is Role.SYSTEM else mine.none()

    def meeting(self, first: date, last: date) -> Self:
        """Return those that hold any of these days, both included."""
        return self.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=first), starts_on__lte=last)


class MailQuerySet(models.QuerySet["models.Model"]):
    """Mails, for the people of the agency's desk."""

    def visible_to(self, actor: Actor) -> Self:
        """Return the mails that a manager may read: the agency's, or those about clients of their secteurs only.

        A mail that names one client of another secteur is not shown to a manager with a limit, nor are sign-in mails,
        which are about nobody's visits.
        """
        if actor.role is not Role.MANAGER:
            return self.none()
        mine = self.filter(agence_id=actor.agence_id)
        if actor.secteur_ids is None:
            return mine
        others = self.model._default_manager.filter(
            Q(lines__intervention__client__secteur__isnull=True)
            | ~Q(lines__intervention__client__secteur__in=actor.secteur_ids),
            pk=OuterRef("pk"),
        )
        return mine.filter(~Exists(others), kind="visits")


class AccessQuerySet(models.QuerySet["models.Model"]):
    """Who looked at what is sensitive."""

    def visible_to(self, actor: Actor) -> Self:
        """Return the looks that a manager may see: those at the agency's, for who administers it."""
        mine = self.filter(agence_id=actor.agence_id)
        return mine if actor.role is Role.MANAGER and actor.has(Right.ADMINISTER) else self.none()


class JobRunQuerySet(models.QuerySet["models.Model"]):
    """Runs of what the system does by itself."""

    def visible_to(self, actor: Actor) -> Self:
        """Return the runs that a manager may see: those for the agency."""
        return self.filter(agence_id=actor.agence_id) if actor.role is Role.MANAGER else self.none()
