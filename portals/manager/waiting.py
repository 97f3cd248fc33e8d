"""What waits for a human at the agency: one condition a subject, read by the home page, its lists and the menu."""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Case, Count, DateTimeField, F, Max, Min, Q, When
from django.utils.translation import gettext_lazy as _

from interventions import unanswered
from interventions.actor import Actor
from interventions.models import Client, Fate, Intervention, Mail
from interventions.prepared import prepared, with_words
from interventions.states import Labelled, Status
from portals.web.requests import ActorRequest

CAME_BACK = (Fate.BOUNCED, Fate.FAILED)


class Subject(Labelled):
    """Why a visit waits; the value stands in the address."""

    ARBITRATION = "a-deliberer", _("À délibérer")
    UNATTACHED = "a-rattacher", _("À rattacher")
    DRAFTS = "brouillons", _("Brouillons")
    CONTESTED = "contestees", _("Contestées sans réponse")
    OVERDUE = "passees", _("Passées, à réaliser")
    UNANSWERED = "sans-reponse", _("Sans réponse du client")

    def condition(self, today: date) -> Q:
        """Return which visits wait for this reason on the agency's date `today`; no visit waits for two."""
        return {
            Subject.ARBITRATION: Q(status=Status.ARBITRATION),
            Subject.UNATTACHED: Q(status=Status.DRAFT, declared_start__isnull=False),
            Subject.DRAFTS: Q(status=Status.DRAFT, declared_start__isnull=True),
            Subject.CONTESTED: Q(status=Status.CONTESTED),
            Subject.OVERDUE: Q(status=Status.PLANNED, day__lt=today),
            Subject.UNANSWERED: unanswered.listed(),
        }[self]


def any_subject(today: date) -> Q:
    """Return which visits wait at all."""
    found = Q()
    for subject in Subject:
        found |= subject.condition(today)
    return found


def subject_of(visit: Intervention) -> Subject:
    """Return why a visit waits, as `condition` says it in SQL."""
    if visit.status == Status.DRAFT:
        return Subject.DRAFTS if visit.declared_start is None else Subject.UNATTACHED
    return {
        Status.ARBITRATION: Subject.ARBITRATION,
        Status.CONTESTED: Subject.CONTESTED,
        Status.PLANNED: Subject.OVERDUE,
        Status.DONE: Subject.UNANSWERED,
    }[Status(visit.status)]


def visits(actor: Actor, today: date, subject: Subject | None = None) -> Any:
    """Return the visits that wait (for one reason, or for any), each with `since`, those that wait longest first.

    A visit left to be done waits since its end, any other since the last act.
    """
    condition = subject.condition(today) if subject else any_subject(today)
    since = Case(When(status=Status.PLANNED, then=F("retained_end")), default="last_at", output_field=DateTimeField())
    found = Intervention.objects.visible_to(actor).filter(condition).annotate(since=since)
    return found.select_related("client", "intervenant", "prestation", "motif").order_by("since", "id")


def groups(actor: Actor, today: date, subject: Subject) -> Any:
    """Return what waits for one reason, one row for all visits of one client and one intervenant.

    Each has `n`, `oldest` (the longest wait), `first` and `last` day, `one` (a visit's key); the longest wait first.
    """
    found = visits(actor, today, subject).order_by().values("client_id", "intervenant_id")
    grouped = found.annotate(n=Count("pk"), oldest=Min("since"), first=Min("day"), last=Max("day"), one=Min("pk"))
    return grouped.order_by("oldest", "one")


def mails_back(actor: Actor) -> Any:
    """Return the mails that reached nobody and were not sent again, as far as the actor sees what they were about."""
    found: Any = Mail.objects.visible_to(actor)
    return found.filter(fate__in=CAME_BACK, resent_as__isnull=True)


def clients_without_mails(actor: Actor, today: date) -> Any:
    """Return the clients whom no mail reaches, by name."""
    return Client.objects.visible_to(actor).current().without_mails(today).by_name()


def counts(request: ActorRequest) -> dict[str, int]:
    """Return how many wait for each subject, and of mails and clients; read once a request, in one statement."""
    known: dict[str, int] | None = getattr(request, "waiting_counts", None)
    if known is None:
        names, statement, values = _counting(request.actor, request.actor.today(request.now))
        with prepared(), connection.cursor() as cursor:
            cursor.execute(statement, values)
            known = dict(zip(names, cursor.fetchone() or (), strict=True))
        request.waiting_counts = known  # type: ignore[attr-defined]
    return known


@lru_cache(maxsize=1024)
def _counting(actor: Actor, today: date) -> tuple[list[str], str, list[Any]]:
    """Return the names of what is counted, and the statement that counts it with its values.

    Every page of the portal counts: writing this statement anew took Django longer than the database needs for it, and
    planning it longer than running it. It hangs on who asks and on the day, and on nothing else.
    """
    lists = {subject.name: visits(actor, today, subject) for subject in Subject}
    lists |= {"MAILS": mails_back(actor), "CLIENTS": clients_without_mails(actor, today)}
    parts = [size_of(found) for found in lists.values()]
    statement = "SELECT " + ", ".join(part for part, _values in parts)
    return list(lists), *with_words(statement, [value for _part, values in parts for value in values])


def size_of(found: Any) -> tuple[str, tuple[Any, ...]]:
    """Return the number of rows of a list as a value in SQL."""
    try:
        inner, values = found.order_by().values("pk").query.sql_with_params()
    except EmptyResultSet:
        # Somebody without any secteur sees nothing, which no statement needs to be asked.
        return "0", ()
    return f"(SELECT count(*) FROM ({inner}) AS found)", values  # noqa: S608 - Django wrote it
